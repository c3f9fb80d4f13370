import { expect, test } from 'vitest';
import { COST_WEIGHTS } from '@hashgrad/sparse-nn';
import { runCosts } from '../../src/benchmarks/costs.ts';
import { valuesOf } from './tiny.ts';

test('costs times every kind of work, beside the weights in use', async () => {
  const size = { batch: 16, inputs: 64, units: 400, active: 20, tables: 30, bucket: 40 };
  const result = await runCosts(size, {}, { rounds: 1, seconds: 0.02 });
  const kinds = ['multiply_add', 'comparison', 'addition', 'word', 'entry', 'candidate'];
  expect(Object.keys(result.figures)).toEqual([
    ...kinds.map((kind) => `${kind}_ns`),
    ...kinds.slice(1).map((kind) => `${kind}_weight`),
  ]);
  // Differences of such short times may come out as anything; these are no differences.
  const values = valuesOf(result);
  for (const kind of ['multiply_add', 'comparison', 'addition'])
    expect(values[`${kind}_ns`]).toBeGreaterThan(0);
  expect(values['comparison_weight']).toBeCloseTo(
    (values['comparison_ns'] as number) / (values['multiply_add_ns'] as number),
    9,
  );
  expect(result.tables?.[0]?.rows.map((row) => Number(row.at(-1)))).toEqual(Object.values(COST_WEIGHTS));
});
