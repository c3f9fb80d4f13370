/** Times and amounts of work as multiples of the baseline's, seed by seed. */
import type { Point, TrialRecord } from '../engine/record.ts';
import type { StudyFacts } from './aggregate.ts';
import { compared } from './contrasts.ts';
import type { Estimate } from './estimate.ts';
import { pointKey, runsByPoint } from './runs.ts';

/**
 * How many times the baseline's value each point has: each run is divided by the baseline's run of the same seed (times: of
 * the same block), and the geometric mean over seeds taken with its interval.
 *
 * @param metric one that is compared by ratios, see `isRatio`.
 * @returns by `pointKey`; points without a baseline of the same other levels are left out. The deviation is of logarithms.
 */
export function relative(
  study: StudyFacts,
  records: readonly TrialRecord[],
  metric: string,
  baseline: Point,
): ReadonlyMap<string, Estimate> {
  const runs = runsByPoint(records);
  const found = new Map<string, Estimate>();
  for (const { point } of runs) {
    const [outcome] = compared(study, { arms: [point, baseline], metric }, runs);
    if (outcome === undefined || outcome.difference === null) continue;
    const { n, mean, deviation, low, high } = outcome.difference;
    found.set(pointKey(point), { n, mean: Math.exp(mean), deviation, low: times(low), high: times(high) });
  }
  return found;
}

function times(logarithm: number | null): number | null {
  return logarithm === null ? null : Math.exp(logarithm);
}
