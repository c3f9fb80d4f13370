import { simHash } from '@hashgrad/lsh';
import { hidden, lsh, softmax } from '@hashgrad/sparse-nn';
import { expect, test } from 'vitest';
import { conflictShare } from '../../src/benchmarks/conflicts.ts';
import { runUpdateModes } from '../../src/benchmarks/update-modes.ts';
import type { UpdateModesTask } from '../../src/benchmarks/update-modes.ts';
import { wideData } from '../../src/benchmarks/wide/task.ts';
import { expectFigures, TINY } from './tiny.ts';

function sets(...lists: readonly number[][]): { offsets: Int32Array; ids: Int32Array } {
  const offsets = [0];
  for (const list of lists) offsets.push((offsets.at(-1) as number) + list.length);
  return { offsets: Int32Array.from(offsets), ids: Int32Array.from(lists.flat()) };
}

test('conflicts, counted by hand', () => {
  const batch = sets([1, 2, 3], [3, 4], [5], [1, 5, 6]);
  expect(conflictShare([batch], 1)).toBe(0);
  // 3 is in both of the first two, 5 in both of the last two.
  expect(conflictShare([batch], 2)).toBe(4 / 9);
  // All at once: 1, 3 and 5 twice each.
  expect(conflictShare([batch], 4)).toBe(6 / 9);
  expect(conflictShare([batch], 64)).toBe(6 / 9);
  expect(conflictShare([batch, sets([1], [2])], 2)).toBe(4 / 11);
  expect(conflictShare([], 8)).toBe(0);
  expect(() => conflictShare([batch], 0)).toThrow('Threads are 1 or more; got 0.');
});

test('conflicts of random sets follow their law', () => {
  // With n of N rows a sample, another's update is met with the probability 1 - (1 - n / N)^(T - 1).
  const [rows, each] = [2000, 20];
  const samples = 640;
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const lists = Array.from({ length: samples }, () => {
    const list = new Set<number>();
    while (list.size < each) list.add(next(rows));
    return [...list];
  });
  for (const threads of [2, 16, 64]) {
    const expected = 1 - (1 - each / rows) ** (threads - 1);
    const sigma = Math.sqrt((2 * expected * (1 - expected)) / (samples * each));
    expect(Math.abs(conflictShare([sets(...lists)], threads) - expected)).toBeLessThan(4 * sigma);
  }
});

test('the update modes are timed, and what they learn is measured', { timeout: 60_000 }, async () => {
  const tables = lsh({ count: 20, family: simHash({ bits: 3, tables: 8 }) });
  const { train } = wideData(TINY);
  const task: UpdateModesTask = {
    train,
    // Rows that were learned from: of so few others all might be missed.
    test: train,
    name: 'tiny',
    layers: [hidden(8), softmax(TINY.labels, tables)],
    batchSize: 16,
    rate: 0.1,
    sampleRate: 0.1,
  };
  const result = await runUpdateModes([task], { seeds: [1] });
  const arms = ['batch_1', 'neuron_1t', 'neuron_2t', 'sample_1t', 'hogwild_2t', 'union_1t', 'union_2t'];
  expectFigures(result, [
    ...arms.flatMap((arm) => [`tiny_${arm}_us`, `tiny_${arm}_accuracy`]),
    'tiny_conflicts_64t',
  ]);
  expect(result.rows.filter(({ baseline }) => baseline)).toHaveLength(1);
});
