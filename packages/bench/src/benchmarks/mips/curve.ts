/** Recall against calls a second, and what is read off between the points that were measured. */

/** One setting of a way of searching. */
export interface CurvePoint {
  /** Mean recall, 0 to 1. */
  readonly recall: number;
  /** Calls a second. */
  readonly rate: number;
}

/** The points that no other beats in recall without being slower; ascending in recall, so descending in rate. */
export function frontier(points: readonly CurvePoint[]): CurvePoint[] {
  const kept: CurvePoint[] = [];
  let fastest = 0;
  for (const point of points.toSorted((a, b) => b.recall - a.recall || b.rate - a.rate)) {
    if (point.rate <= fastest) continue;
    fastest = point.rate;
    kept.unshift(point);
  }
  return kept;
}

/**
 * Calls a second at a recall: between neighbours of the {@link frontier} the logarithm of the rate is linear in the recall.
 * Below the least recall that was measured it is the rate there, which is a lower bound.
 *
 * @returns undefined above the greatest recall that was measured.
 */
export function rateAtRecall(points: readonly CurvePoint[], recall: number): number | undefined {
  const curve = frontier(points);
  const above = curve.findIndex((point) => point.recall >= recall);
  const high = curve[above];
  const low = curve[above - 1];
  if (high === undefined || low === undefined) return high?.rate;
  const along = (recall - low.recall) / (high.recall - low.recall);
  return low.rate * (high.rate / low.rate) ** along;
}
