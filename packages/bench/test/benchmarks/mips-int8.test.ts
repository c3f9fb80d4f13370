import { ExactIndex } from '@hashgrad/mips';
import { expect, test } from 'vitest';
import { runMipsInt8, streamedTruth } from '../../src/benchmarks/mips-int8.ts';
import { CORPORA, queryRows, vectorBatches } from '../../src/tasks/made-up-vectors.ts';
import { expectFigures, valuesOf } from './tiny.ts';

const size = { vectors: 1000, queries: 6, dimensions: 24, seed: 5 };

test('vectors that are drawn in batches are those that are drawn at once', () => {
  for (const name of ['lognormal', 'clustered', 'flat'] as const) {
    const corpus = CORPORA[name](size);
    const drawn = [...vectorBatches(name, size, 300)].length;
    expect(drawn).toBe(4);
    let from = 0;
    for (const rows of vectorBatches(name, size, 300)) {
      expect(rows).toEqual(corpus.vectors.subarray(from, from + rows.length));
      from += rows.length;
    }
    expect(from).toBe(corpus.vectors.length);
    expect(queryRows(name, size)).toEqual(corpus.queries);
  }
});

test('results found batch by batch are those of all vectors', () => {
  const { vectors, queries, dimensions } = CORPORA.clustered(size);
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
