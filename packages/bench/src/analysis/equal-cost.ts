/** What arms are worth at the same cost, though none was measured at exactly the other's. */
import type { Priced } from './pareto.ts';

/**
 * The value at `cost` on straight lines between points, over the logarithm of the cost; `null` outside of what was measured,
 * since a line says nothing there.
 *
 * @param points of one arm, costs above 0, in any order. Of equal costs the mean value counts.
 * @param cost above 0, in the points' unit.
 */
export function valueAtCost(points: readonly Priced[], cost: number): number | null {
  const ordered = [...Map.groupBy(points, (point) => point.cost)]
    .map(([at, group]) => ({
      cost: at,
      value: group.reduce((sum, { value }) => sum + value, 0) / group.length,
    }))
    .toSorted((a, b) => a.cost - b.cost);
  for (const { cost: at } of ordered) {
    if (!(at > 0))
      throw new RangeError(`Costs are interpolated by their logarithm, so they are above 0; got ${at}.`);
  }
  const next = ordered.findIndex((point) => point.cost >= cost);
  const above = ordered[next];
  if (above === undefined) return null;
  if (above.cost === cost) return above.value;
  const below = ordered[next - 1];
  if (below === undefined) return null;
  const share = Math.log(cost / below.cost) / Math.log(above.cost / below.cost);
  return below.value + share * (above.value - below.value);
}
