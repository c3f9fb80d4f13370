/** Which points no other beats in both cost and value. */

/** Something that costs and is worth something. Cost is better lower. */
export interface Priced {
  readonly cost: number;
  readonly value: number;
}

/**
 * The Pareto front: the points to which no other is at least as good in cost and value, and better in one. By ascending cost.
 * Of points that are equal in both, the first stays.
 *
 * @param better whether a higher or a lower value is better.
 */
export function paretoFront<T extends Priced>(points: readonly T[], better: 'higher' | 'lower'): T[] {
  const sign = better === 'higher' ? 1 : -1;
  const ordered = points.toSorted((a, b) => a.cost - b.cost || sign * (b.value - a.value));
  let best = -Infinity;
  return ordered.filter(({ value }) => {
    if (sign * value <= best) return false;
    best = sign * value;
    return true;
  });
}
