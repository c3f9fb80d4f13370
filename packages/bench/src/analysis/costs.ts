/** What counts of different work are worth in one unit, so that they can be added and compared. */
import { COST_WEIGHTS, OPERATIONS, type Operation } from '@hashgrad/sparse-nn';
import type { Cost, TrialRecord } from '../engine/record.ts';

/** The counts in multiply-adds, by {@link COST_WEIGHTS}. */
export function weighted(cost: Cost): number {
  return OPERATIONS.reduce((sum, name) => sum + cost[name] * COST_WEIGHTS[name], 0);
}

/** All parts together, in multiply-adds. */
export function totalWork(parts: Readonly<Record<string, Cost>>): number {
  return Object.values(parts).reduce((sum, cost) => sum + weighted(cost), 0);
}

/**
 * A series of a record over training; `work` is what its counts so far are worth together, where it has all of them.
 * `undefined` if it has no such series.
 */
export function seriesOf({ series }: TrialRecord, name: string): readonly number[] | undefined {
  if (name !== 'work' || series[name] !== undefined) return series[name];
  if (OPERATIONS.some((count) => series[count] === undefined)) return undefined;
  return series['multiplyAdds']?.map((_, place) =>
    OPERATIONS.reduce((sum, count) => sum + (series[count]?.[place] as number) * COST_WEIGHTS[count], 0),
  );
}

/** The table of weights as the end of a sentence, for every report that shows work. */
export function weightsText(): string {
  const weights = OPERATIONS.filter((name) => name !== 'multiplyAdds').map(
    (name, index) => `${COUNT_NAMES[name]} ${index === 0 ? 'counts as ' : ''}${COST_WEIGHTS[name]}`,
  );
  return `work is in multiply-adds, of which ${weights.join(', ')}.`;
}

/** What one of each count is called. */
export const COUNT_NAMES: Readonly<Record<Operation, string>> = {
  multiplyAdds: 'a multiply-add',
  comparisons: 'a comparison',
  additions: 'an addition',
  words: 'a word of 64 bits compared',
  entries: 'an entry of a bucket',
  candidates: 'a candidate ranked',
};
