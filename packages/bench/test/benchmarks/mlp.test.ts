import { rectangles } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { runMlp } from '../../src/benchmarks/mlp.ts';
import { fakeBlas, NO_BLAS } from './fake-blas.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const DATA = rectangles({ train: 128, test: 32, seed: 1 });
const SMALL = { hidden: [24, 24], fraction: 0.25, batchSize: 32, denseBatchSizes: [16, 64], epochs: 2 };
const OWN = ['samples_per_s_1t', 'samples_per_s_2t', 'dense_samples_per_s_2t'];

test('mlp has all arms, and dense at its fastest batch size', { timeout: 60_000 }, async () => {
  const result = await runMlp(DATA, SMALL, {}, NO_BLAS);
  expectFigures(result, OWN);
  expect(result.notes).toContain(NO_BLAS);
  expect(result.rows.map(({ name }) => name)).toEqual([
    ...['lsh', 'signatures', 'random', 'fixed', 'narrow'].flatMap((arm) => [
      `${arm} 25 %, one thread`,
      `${arm} 25 %, two threads`,
    ]),
    expect.stringMatching(/^dense, batch (?:16|64), two threads$/),
  ]);
  expect(result.tables?.map(({ rows }) => rows.length)).toEqual([6, 2]);
});

test('mlp is held against OpenBLAS at its own fastest batch size', { timeout: 60_000 }, async () => {
  const { program, calls } = fakeBlas();
  const result = await runMlp(DATA, SMALL, {}, program);
  const ratios = ['openblas_samples_per_s_2t', 'ratio_to_openblas', 'signatures_ratio_to_openblas'];
  expectFigures(result, [...OWN, ...ratios]);
  const figures = valuesOf(result);
  // Any batch takes 2 ms here, so that the larger one is faster.
  expect(figures['openblas_samples_per_s_2t']).toBeCloseTo(64 / 0.002, 6);
  expect(figures['ratio_to_openblas']).toBeCloseTo(figures['samples_per_s_2t']! / (64 / 0.002), 6);
  expect(calls[0]).toBe('train 784,24,24,2 16 2 0.003 128 512');
  expect(calls.slice(-2)).toEqual(Array(2).fill('train 784,24,24,2 64 2 0.003 32 128'));
  expect(result.rows.at(-1)?.name).toBe('OpenBLAS, batch 64, two threads');
  expect(result.tables?.map(({ rows }) => rows.length)).toEqual([11, 6, 4]);
});
