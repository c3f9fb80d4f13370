/** Why a planned comparison has no difference: what is wanting of its arms. */
import type { TrialRecord } from '../engine/record.ts';
import { metricValue, type MetricInfo } from './metrics.ts';
import type { Runs } from './runs.ts';

/**
 * `run`: an arm has no finished trial, or none with a seed (and, for times, a block) of the other's. `value`: trials have ended,
 * but one of the arms has no such metric, or no such cost. `quiet`: times were taken beside other work. `reach`: the other arm's
 * curve does not reach the cost.
 */
export type Lack = 'run' | 'value' | 'quiet' | 'reach';

/** A metric's value, if it may be compared: not a time of a trial that shared its machine. */
export function comparable(record: TrialRecord, metric: MetricInfo): number | undefined {
  return record.shared && !metric.deterministic ? undefined : metricValue(record, metric.name);
}

/** What a comparison without a difference lacks. `wanted` are its metric and, at equal cost, the cost. */
export function lackOf(
  first: Runs,
  others: readonly Runs[],
  wanted: readonly MetricInfo[],
  atCost: boolean,
): Lack {
  const arms = [first.finished, others.flatMap(({ finished }) => finished)];
  if (arms.some((records) => records.length === 0)) return 'run';
  const every = (has: (record: TrialRecord, metric: MetricInfo) => boolean): boolean =>
    arms.every((records) => records.some((record) => wanted.every((metric) => has(record, metric))));
  if (!every((record, { name }) => metricValue(record, name) !== undefined)) return 'value';
  if (!every((record, metric) => comparable(record, metric) !== undefined)) return 'quiet';
  return atCost ? 'reach' : 'run';
}

/** In a table and in an answer. */
export const LACKING: Readonly<Record<Lack, string>> = {
  run: 'not measured yet',
  value: 'has no value',
  quiet: 'not comparable',
  reach: 'out of reach',
};

/** Of how many comparisons it is true: of one, of several. */
export const LACKING_COUNT: Readonly<Record<Lack, readonly [string, string]>> = {
  run: ['is not measured yet', 'are not measured yet'],
  value: ['has no value on one side', 'have no value on one side'],
  quiet: ['is of times that were taken beside other work', 'are of times that were taken beside other work'],
  reach: ['is out of reach of equal cost', 'are out of reach of equal cost'],
};
