import { expect, test } from 'vitest';
import { bytesNeeded, runGrowth } from '../../src/benchmarks/growth.ts';
import { wideLsh } from '../../src/benchmarks/wide/task.ts';
import { expectFigures, TINY, valuesOf } from './tiny.ts';

test('growth compares with the fewest labels, and tells the memory', { timeout: 60_000 }, async () => {
  const result = await runGrowth([100, 1000], TINY, { steps: 1 });
  const figures = ['step_ms_100', 'step_ms_1k', 'memory_ratio_1k'];
  expectFigures(result, [...figures, ...figures.map((figure) => `uniform_${figure}`)]);
  expect(result.rows.map(({ name, baseline }) => [name, baseline])).toEqual([
    ['lsh, 100 labels', true],
    ['lsh, 1000 labels', false],
    ['uniform, 100 labels', true],
    ['uniform, 1000 labels', false],
  ]);
  expect(valuesOf(result)['memory_ratio_1k']).toBeGreaterThan(1);
});

test('bytes that a network needs, counted by hand', () => {
  const { family } = wideLsh(TINY);
  const { tables, bits } = family;
  // 400 rows of 16 floats, their two moments and a count; 8 + 100 biases with two moments; 100 labels in each table.
  expect(bytesNeeded(TINY, family)).toBe(
    400 * (3 * 64 + 4) + 108 * 12 + tables * (100 + 2 ** (bits as number) + 1) * 4,
  );
});
