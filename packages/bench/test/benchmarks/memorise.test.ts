import type { DenseDataset } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { runMemorise } from '../../src/benchmarks/memorise.ts';
import { loadRows } from '../../src/tasks/index.ts';
import { memorise } from '../../src/tasks/memorise.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const ARMS = ['persistent', 'lshFrozen', 'blocks'];

test('memorise compares each arm with a dense network of equal work', { timeout: 60_000 }, async () => {
  const { train } = await loadRows(memorise({ rows: 96, dimensions: 16, classes: 8 }));
  const settings = { hidden: 512, active: 32, batchSizes: [16, 48], threads: [1], epochs: 2 };
  const told: string[] = [];
  const result = await runMemorise(train as DenseDataset, settings, {
    onProgress: (text) => void told.push(text),
  });
  const names = ARMS.flatMap((arm) =>
    [16, 48].flatMap((size) => [`${arm}_s_${size}_1t`, `${arm}_ratio_${size}_1t`]),
  );
  expectFigures(result, names);
  const { rows } = result;
  expect(rows).toHaveLength(12);
  for (let i = 0; i < rows.length; i += 2) {
    const [own, narrow] = rows.slice(i, i + 2);
    expect([own!.baseline, narrow!.baseline]).toEqual([false, true]);
    expect(own!.group).toBe(narrow!.group);
  }
  const [first, second] = rows.map(({ sample }) => sample);
  expect(valuesOf(result)['persistent_ratio_16_1t']).toBeCloseTo(first!.median / second!.median, 10);
  // Whole units come as near to the work as one unit is of it.
  const works = result.tables![0]!.rows.map(([, work]) => Number.parseFloat(work!.replace(' k', '')));
  for (let i = 0; i < works.length; i += 2) {
    expect(Math.abs(works[i]! / works[i + 1]! - 1)).toBeLessThan(0.03);
  }
  expect(told.at(-1)).toMatch(/epoch 2 of 2 done$/);
});
