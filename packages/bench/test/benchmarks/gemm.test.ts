import { expect, test } from 'vitest';
import { runGemm } from '../../src/benchmarks/gemm.ts';
import { fakeBlas, NO_BLAS } from './fake-blas.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const SHORT = { rounds: 1, seconds: 0.001 };
const OWN = ['gflops_1t', 'gflops_1t_no_fma'];

test('gemm is held against OpenBLAS with all instructions, and in 128 bits', { timeout: 60_000 }, () => {
  const { program, calls } = fakeBlas();
  const result = runGemm({}, SHORT, program);
  const blas = ['openblas_gflops_1t', 'openblas_128_gflops_1t', 'share_of_openblas', 'share_of_openblas_128'];
  expectFigures(result, [...OWN, ...blas]);
  const figures = valuesOf(result);
  // 256 x 1000 x 784 multiply-adds in 2 ms.
  expect(figures['openblas_gflops_1t']).toBeCloseTo((2 * 256 * 1000 * 784) / 0.002 / 1e9, 6);
  expect(figures['share_of_openblas']).toBeCloseTo(figures['gflops_1t']! / figures['openblas_gflops_1t']!, 6);
  expect(calls).toEqual([
    'product 256 1000 784 B 0.001',
    'product 256 1000 784 B 0.001 Nehalem',
    'product 1000 784 256 A 0.001',
    'product 1000 784 256 A 0.001 Nehalem',
    'product 256 784 1000 none 0.001',
    'product 256 784 1000 none 0.001 Nehalem',
  ]);
  expect(result.rows).toHaveLength(15);
  expect(result.rows.filter(({ baseline }) => baseline)).toHaveLength(3);
});

test('gemm without OpenBLAS says so', { timeout: 60_000 }, () => {
  const result = runGemm({}, SHORT, NO_BLAS);
  expectFigures(result, OWN);
  expect(result.rows).toHaveLength(9);
  expect(result.notes).toContain(NO_BLAS);
});
