import { expect, test } from 'vitest';
import { runPredict } from '../../src/benchmarks/predict.ts';
import { expectFigures, TINY, valuesOf } from './tiny.ts';

test('predict compares with exact predictions of as many rows', { timeout: 60_000 }, async () => {
  const result = await runPredict({ ...TINY, test: 128 }, {}, { rounds: 1, seconds: 0.01 });
  const ways = ['exact', 'int8', 'tables', 'signatures', 'int8_signatures'];
  expectFigures(result, [
    ...ways.flatMap((way) => [`${way}_us`, `${way}_us_batched`]),
    'scan_us',
    'int8_scan_us',
    'signatures_speed_up',
    'signatures_recall',
    'tables_recall',
  ]);
  const figures = valuesOf(result);
  const fastest = Math.min(figures['exact_us']!, figures['scan_us']!);
  expect(figures['signatures_speed_up']).toBeCloseTo(fastest / figures['signatures_us']!, 6);
  expect(figures['signatures_recall']).toBeGreaterThan(0.85);
  expect(result.rows.filter(({ baseline }) => baseline).map(({ name }) => name)).toEqual([
    'float32, all labels, one row',
    'float32, all labels, 32 rows',
  ]);
  expect(result.rows).toHaveLength(12);
  const quality = result.tables![0]!.rows;
  expect(quality.map(([, recall]) => Number(recall))).toEqual([1, ...Array(4).fill(expect.any(Number))]);
  expect(Number(quality[3]![1])).toBeCloseTo(figures['signatures_recall']!, 3);
});
