import { rectangles } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { runDense } from '../../src/benchmarks/dense.ts';
import { fakeBlas, NO_BLAS } from './fake-blas.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const { train } = rectangles({ train: 64, test: 1, seed: 1 });
const SMALL = { hidden: [12, 8], batchSize: 16, rounds: 2 };
const OWN = ['samples_per_s_1t', 'samples_per_s_2t'];

test('dense takes turns with OpenBLAS on as many threads', { timeout: 60_000 }, async () => {
  const { program, calls } = fakeBlas();
  const result = await runDense(train, SMALL, {}, program);
  const blas = ['openblas_samples_per_s_1t', 'openblas_samples_per_s_2t', 'share_of_openblas_2t'];
  expectFigures(result, [...OWN, ...blas]);
  expect(valuesOf(result)['openblas_samples_per_s_2t']).toBeCloseTo(16 / 0.002, 6);
  const one = 'train 784,12,8,2 16 1 0.003 20 20';
  expect(calls).toEqual([one, 'train 784,12,8,2 16 2 0.003 20 20', ...calls.slice(2)]);
  expect(calls).toHaveLength(6);
  expect(result.rows.map(({ name, sample, baseline }) => [name, sample.count, baseline])).toEqual([
    ['one thread', 2, true],
    ['two threads', 2, false],
    ['OpenBLAS, one thread', 2, false],
    ['OpenBLAS, two threads', 2, false],
  ]);
});

test('dense without OpenBLAS says so', { timeout: 60_000 }, async () => {
  const result = await runDense(train, SMALL, {}, NO_BLAS);
  expectFigures(result, OWN);
  expect(result.rows).toHaveLength(2);
  expect(result.notes).toContain(NO_BLAS);
});
