/** When, or at what cost, a curve reaches a target. */

/**
 * Where a curve first reaches `target`, on straight lines between its points; `null` if it never does.
 *
 * @param x ascending, e.g. seconds or multiply-adds so far.
 * @param y as many, the values there. A curve that starts at the target reaches it at its first point.
 * @throws {RangeError} if the two are not equally long.
 */
export function firstReach(
  x: readonly number[],
  y: readonly number[],
  target: number,
  better: 'higher' | 'lower',
): number | null {
  if (x.length !== y.length)
    throw new RangeError(`A curve has an x for each y; got ${x.length} and ${y.length}.`);
  const sign = better === 'higher' ? 1 : -1;
  const there = y.findIndex((value) => sign * value >= sign * target);
  if (there === -1) return null;
  const [right, value] = [x[there] as number, y[there] as number];
  if (there === 0) return right;
  const [left, before] = [x[there - 1] as number, y[there - 1] as number];
  return left + ((target - before) / (value - before)) * (right - left);
}
