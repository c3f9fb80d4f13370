import { expect, test } from 'vitest';
import { runPredict } from '../../src/benchmarks/predict.ts';
import { expectFigures, TINY } from './tiny.ts';

test('predict compares with exact predictions of as many rows', { timeout: 60_000 }, async () => {
  const result = await runPredict({ ...TINY, test: 64 }, {}, { rounds: 1, seconds: 0.01 });
  const ways = ['exact', 'tables', 'int8'];
  expectFigures(
    result,
    ways.flatMap((way) => [`${way}_ms`, `${way}_ms_batched`]),
  );
  expect(result.rows.filter(({ baseline }) => baseline).map(({ name }) => name)).toEqual([
    'float32, all labels, one row',
    'float32, all labels, 32 rows',
  ]);
  expect(result.rows).toHaveLength(8);
  const [[, , , , same]] = result.tables?.[0]?.rows ?? [[]];
  expect(same).toBe('100');
});
