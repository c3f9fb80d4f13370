import { expect, test } from 'vitest';
import { runPredictRow } from '../../src/benchmarks/predict-row.ts';
import { expectFigures } from './tiny.ts';

test('predict-row compares with other runtimes, which give the same outputs', async () => {
  const result = await runPredictRow([12, 30, 20, 5], {}, { rounds: 2, calls: 3 });
  const names = result.rows.map(({ name }) => name.replace(/ \d.*$/, ''));
  expect(names).toEqual(['float32', 'int8', 'onnxruntime-web', 'TensorFlow.js']);
  expect(result.rows.filter(({ baseline }) => baseline).map(({ name }) => name)).toEqual(['float32']);
  expectFigures(result, ['float32_ms', 'int8_ms', 'onnxruntime_ms', 'tensorflow_ms']);
  const distances = result.notes?.[1]?.match(/\d+e[-+]\d+/g)?.map(Number) ?? [];
  expect(distances).toHaveLength(4);
  for (const i of [0, 2, 3]) expect(distances[i]).toBeLessThan(1e-5);
  // 8 bits round.
  expect(distances[1]).toBeGreaterThan(1e-5);
  expect(distances[1]).toBeLessThan(0.1);
});
