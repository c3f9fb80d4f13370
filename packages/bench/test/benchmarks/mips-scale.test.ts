import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { measureGrowthApart } from '../../src/benchmarks/mips/growth.ts';
import { runMipsScale } from '../../src/benchmarks/mips-scale.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const cache = mkdtempSync(join(tmpdir(), 'hashgrad-scale-'));
afterAll(() => rmSync(cache, { recursive: true }));

const QUICK = { rounds: 2, seconds: 0.01 };

test('mips-scale has a row for each size, smallest first, and the growth', { timeout: 60_000 }, async () => {
  const options = { dimensions: 16, queries: 20, seed: 1, cache };
  const result = await runMipsScale({ ...options, vectors: [4000, 500], corpus: ['flat'] }, QUICK);
  const figures = ['qps_500', 'qps_4k', 'growth', 'build_s', 'tune_s', 'bytes_per_vector'];
  expectFigures(
    result,
    figures.map((figure) => `flat_${figure}`),
  );
  expect(result.rows.map(({ name, baseline }) => [name, baseline])).toEqual([
    ['flat, 500 vectors', true],
    ['flat, 4,000 vectors', false],
  ]);
  const { flat_qps_500: few = 0, flat_qps_4k: many = 1, flat_growth: growth } = valuesOf(result);
  expect(growth).toBeCloseTo(few / many, 12);
  // A vector of 16 floats takes more than its floats, and not many times as much.
  expect(valuesOf(result)['flat_bytes_per_vector']).toBeGreaterThan(64);
  expect(valuesOf(result)['flat_bytes_per_vector']).toBeLessThan(2000);
  await expect(runMipsScale({ ...options, vectors: [10], corpus: ['words'] })).rejects.toThrow(
    'no corpus "words" here',
  );
});

test('a process that fails is an error', async () => {
  const size = { vectors: 10, queries: 2, dimensions: 0, seed: 1 };
  await expect(measureGrowthApart({ corpus: 'flat', size, cache, timing: QUICK })).rejects.toThrow(
    'Measuring 10 vectors of flat failed: dimensions must be a whole number from 1 to 2147483647, but it is 0.',
  );
});
