/** Which trial of tuning is the best of its point. */
import type { TrialRecord } from '../engine/record.ts';
import { type MetricInfo, metricValue } from './metrics.ts';

/** The places of the records that have the metric, the best first; of equal ones the first first. */
export function bestFirst(records: readonly TrialRecord[], metric: MetricInfo): number[] {
  const sign = metric.better === 'higher' ? 1 : -1;
  return records
    .map((record, place) => ({ place, value: metricValue(record, metric.name) }))
    .filter((each): each is { place: number; value: number } => each.value !== undefined)
    .toSorted((a, b) => sign * (b.value - a.value) || a.place - b.place)
    .map(({ place }) => place);
}

/**
 * The best trial of tuning, or none if none has the metric.
 *
 * @param records those of one point, in the order in which they were tried.
 * @param search of successive halving only the trials with the most epochs count: the others were not trained to the end.
 */
export function bestTuned(
  records: readonly TrialRecord[],
  metric: MetricInfo,
  search: string,
): TrialRecord | undefined {
  const most = Math.max(...records.map(epochsOf));
  const last = search === 'halving' ? records.filter((record) => epochsOf(record) === most) : records;
  const [best] = bestFirst(last, metric);
  return best === undefined ? undefined : last[best];
}

function epochsOf({ trial }: TrialRecord): number {
  return Number(trial.tuned['epochs'] ?? 0);
}
