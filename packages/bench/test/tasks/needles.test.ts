import { exactAttention } from '@hashgrad/sparse-nn';
import { expect, test } from 'vitest';
import { checkTask, loadCorpus, loadKeyValues, loadRows } from '../../src/tasks/index.ts';
import { needles } from '../../src/tasks/needles.ts';

const SIZE = { keys: 4000, queries: 40, dimensions: 32, needles: 3 };

/** Attention of each query to each key: values that are one-hot would be as many as keys, so it is taken key by key. */
async function weights(task: ReturnType<typeof needles>): Promise<number[][]> {
  const { queries, keys, dimensions } = await loadKeyValues(task);
  const { logPartitions } = exactAttention(queries, keys, keys, { dimensions });
  return Array.from(logPartitions, (partition, q) =>
    Array.from({ length: keys.length / dimensions }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) sum += queries[q * dimensions + k]! * keys[j * dimensions + k]!;
      return Math.exp(sum / Math.sqrt(dimensions) - partition);
    }),
  );
}

test.each([0.1, 0.5, 0.9])('needles have the share of attention that is asked for: %s', async (mass) => {
  const found = await weights(needles({ ...SIZE, mass }));
  const best = found.map((row) =>
    row
      .toSorted((a, b) => b - a)
      .slice(0, 3)
      .reduce((sum, weight) => sum + weight, 0),
  );
  const mean = best.reduce((sum, each) => sum + each, 0) / best.length;
  // The rest's own sum varies, by about a twentieth here.
  expect(Math.abs(mean - mass)).toBeLessThan(0.03);
});

test('without needles the logits spread as is asked for', async () => {
  const found = await weights(needles({ ...SIZE, mass: 0, spread: 0.5 }));
  for (const row of found) {
    const logs = row.map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
    // Four standard errors of a standard deviation.
    expect(Math.abs(spread / 0.5 - 1)).toBeLessThan(4 / Math.sqrt(2 * logs.length));
  }
});

test('the same seed draws the same, another one others', async () => {
  const first = await loadKeyValues(needles(SIZE));
  expect(await loadKeyValues(needles({ ...SIZE, queries: 40 }))).toEqual(first);
  expect((await loadKeyValues(needles({ ...SIZE, seed: 2 }))).keys[0]).not.toBe(first.keys[0]);
});

test('what cannot be drawn, and other uses of it, are refused', async () => {
  expect(() => checkTask(needles({ mass: 1 }))).toThrow('task.mass is a share from 0 to below 1; got 1.');
  expect(() => checkTask(needles({ spread: 0 }))).toThrow('task.spread is above 0 and up to 10; got 0.');
  expect(() => checkTask(needles({ keys: 100, queries: 30 }))).toThrow(
    '30 queries with 4 needles each need 120 keys; got 100.',
  );
  expect(() => checkTask(needles({ needles: 0 }))).toThrow(
    'task.needles is a whole number of at least 1; got 0.',
  );
  const few = needles({ keys: 8, queries: 1, dimensions: 2 });
  await expect(loadRows(few)).rejects.toThrow(
    'the task needles has keys to attend to, but no rows to train on.',
  );
  await expect(loadCorpus(few)).rejects.toThrow(
    'the task needles has keys to attend to, but no vectors to search.',
  );
});
