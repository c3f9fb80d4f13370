/** Tables whose numbers are worked out from records, on made-up ones of which the numbers are known. */
import { expect, test } from 'vitest';
import { madeUp } from '../../packages/bench/test/made-up.ts';
import type { TrialRecord } from '../../packages/bench/src/engine/record.ts';
import type { Study } from '../../packages/bench/src/engine/study.ts';
import { indexTable } from './index-table.ts';
import { sensitivityTable } from './site/sensitivity.ts';

/** The rows of a table, without its head and what stands below. */
function rowsOf(table: string): string[] {
  return table.split('\n\n')[0]!.split('\n').slice(2);
}

/** A trial that took so much work. */
function worked(
  arm: string,
  size: string,
  seed: number,
  accuracy: number,
  multiplyAdds: number,
  words = 0,
): TrialRecord {
  const cost = { all: { multiplyAdds, words, comparisons: 0, additions: 0, entries: 0, candidates: 0 } };
  return madeUp({ arm, size }, seed, { 'accuracy.sparse': accuracy }, { cost });
}

/** A trial that searched words. */
function searched(
  method: string,
  seed: number,
  metrics: Record<string, number>,
  series: Record<string, number[]>,
): TrialRecord {
  return madeUp({ method, corpus: 'words' }, seed, metrics, { series }, { config: { within: 0.05 } });
}

test('at equal work with other weights, all counts but multiply-adds are worth more or less', () => {
  // A word counts as 10: 400 more, 200 or 800. The rival gains a tenth whenever its work doubles.
  const list = [1, 2].flatMap((seed) => [
    worked('hashed', 'whole', seed, 0.5 + seed / 1000, 0, 40),
    ...[100, 200, 400, 800].map((work, i) => worked('plain', `${i}`, seed, 0.1 * i, work)),
  ]);
  const study = {
    name: 'made-up',
    metrics: ['accuracy.sparse'],
    seeds: [1, 2],
    factors: {},
  } as unknown as Study;
  const contrast = {
    arms: [{ arm: 'hashed' }, { arm: 'plain' }],
    metric: 'accuracy.sparse',
    at: { cost: 'work', along: 'size' },
  } as const;
  const [row] = rowsOf(sensitivityTable(study, list, [contrast]));
  const means = [...row!.matchAll(/(−?[\d.]+) \(/g)].map(([, mean]) => mean);
  expect(means).toEqual(['40.15', '30.15', '20.15']);
});

test('of indexes it has the recall within the share, or at the least effort what that scores', () => {
  const list = [1, 2].flatMap((seed) => [
    searched('tables', seed, { recallWithin: 0.2 * seed }, { recall: [0.9], examined: [0.01] }),
    searched('bits', seed, {}, { recall: [0.1 * seed, 1], examined: [0.1 * seed, 0.6] }),
    searched('graph', seed, {}, { recall: [0.5] }),
    searched('exact', seed, {}, { recall: [1], examined: [1] }),
  ]);
  const methods = Object.fromEntries(['graph', 'exact', 'bits', 'tables'].map((name) => [name, {}]));
  const study = { factors: { method: methods, corpus: { words: {} } } } as unknown as Study;
  expect(rowsOf(indexTable(study, list))).toEqual(['| bits | 0.15 (15 %) |', '| tables | 0.30 |']);
  expect(indexTable(study, list)).toContain('where 5 % of the vectors are scored, means over 2 seeds;');
});
