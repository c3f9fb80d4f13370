import { rectangles } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { runMlp } from '../../src/benchmarks/mlp.ts';
import { expectFigures } from './tiny.ts';

test('mlp has all arms, and dense at its fastest batch size', { timeout: 60_000 }, async () => {
  const data = rectangles({ train: 128, test: 32, seed: 1 });
  const settings = { hidden: [24, 24], fraction: 0.25, batchSize: 32, denseBatchSizes: [16, 64], epochs: 2 };
  const result = await runMlp(data, settings, {});
  expectFigures(result, ['samples_per_s_1t', 'samples_per_s_2t', 'dense_samples_per_s_2t']);
  expect(result.rows.map(({ name }) => name)).toEqual([
    ...['lsh', 'signatures', 'random', 'fixed', 'narrow'].flatMap((arm) => [
      `${arm} 25 %, one thread`,
      `${arm} 25 %, two threads`,
    ]),
    expect.stringMatching(/^dense, batch (?:16|64), two threads$/),
  ]);
  expect(result.tables?.map(({ rows }) => rows.length)).toEqual([6, 2]);
});
