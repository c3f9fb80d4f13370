import { expect, test } from 'vitest';
import { runTfjs, tfjsBenchmark } from '../../src/benchmarks/tfjs.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const SMALL = { rows: 8, words: 2, vocabulary: 20, embedding: 4, hidden: 16 };

test('tfjs compares steps with equally many classes, by turns', { timeout: 60_000 }, async () => {
  const told: string[] = [];
  const result = await runTfjs(
    { classes: 3000, steps: 3, onProgress: (text) => void told.push(text) },
    SMALL,
  );
  expectFigures(result, ['dense_ms', 'hashed_ms', 'step_ratio_wasm']);
  const { dense_ms: dense, hashed_ms: hashed, step_ratio_wasm: ratio } = valuesOf(result);
  expect(ratio).toBeCloseTo(dense! / hashed!, 10);
  expect(result.rows.map(({ sample, baseline = false }) => [sample.count, baseline])).toEqual([
    [3, true],
    [30, false],
  ]);
  expect(told).toEqual(['turn 1 of 3', 'turn 2 of 3', 'turn 3 of 3']);
  expect(result.notes).toHaveLength(3);
  expect(result.notes![0]).toMatch(/^Of the processor a step took [\d.]+ ms dense and [\d.]+ ms hashed/);
});

test('tfjs takes the number of classes', () => {
  expect(tfjsBenchmark.options).toMatchObject({
    classes: { defaultValue: 100_000 },
    steps: { defaultValue: 5 },
  });
});
