/**
 * The share of `trueIds` that `foundIds` has, from 0 to 1: recall at k where both are a query's k best. The order does not
 * matter, and an id that comes twice counts once. 1 where there was nothing to find.
 */
export function recall(foundIds: ArrayLike<number>, trueIds: ArrayLike<number>): number {
  const found = new Set(Array.from(foundIds));
  const wanted = [...new Set(Array.from(trueIds))];
  return wanted.length === 0 ? 1 : wanted.filter((id) => found.has(id)).length / wanted.length;
}
