import { generateVectors } from '@hashgrad/datasets';
import { ExactIndex } from '@hashgrad/mips';
import { expect, test } from 'vitest';
import { runMipsInt8, streamedTruth } from '../../src/benchmarks/mips-int8.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const size = { vectors: 1000, queries: 6, dimensions: 24, seed: 5 };

test('results found batch by batch are those of all vectors', () => {
  const { vectors, queries, dimensions } = generateVectors('clustered', size);
  using exact = new ExactIndex({ dimensions });
  exact.add(vectors);
  const each = Array.from({ length: 6 }, (_, s) => queries.subarray(s * dimensions, (s + 1) * dimensions));
  expect(streamedTruth('clustered', size, 300, each)).toEqual(
    each.map((query) => exact.search(query, 10).ids),
  );
});

const options = { vectors: 1000, dimensions: 24, queries: 20, seed: 1, corpus: 'clustered' } as const;

test('mips-int8 states memory, recall and rate', { timeout: 60_000 }, () => {
  const result = runMipsInt8(options, 300, { rounds: 2, seconds: 0.01 });
  expectFigures(result, [
    ...['build_s', 'tune_s', 'bytes_per_vector', 'peak_mib', 'tuned_peak_mib'].map((name) => `int8_${name}`),
    ...['qps', 'tuned_qps', 'recall', 'tuned_recall'].map((name) => `int8_${name}`),
  ]);
  expect(valuesOf(result)['int8_recall']).toBeGreaterThan(0.8);
  expect(valuesOf(result)['int8_recall']).toBeLessThanOrEqual(1);
});
