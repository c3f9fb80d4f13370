import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateVectors } from '@hashgrad/datasets';
import { afterAll, expect, test, vi } from 'vitest';
import { cachedTruth, corpusFolder } from '../../../src/benchmarks/mips/cache.ts';

const cache = mkdtempSync(join(tmpdir(), 'hashgrad-cache-'));
afterAll(() => rmSync(cache, { recursive: true }));

test('a folder is of one corpus: its name, size, seed, and the vectors themselves', () => {
  const corpus = generateVectors('flat', { vectors: 50, queries: 2, dimensions: 8, seed: 3 });
  const folder = corpusFolder(cache, corpus, 3);
  expect(folder).toMatch(/flat-50x8-seed3-[0-9a-f]{8}$/);
  expect(
    corpusFolder(cache, generateVectors('flat', { vectors: 50, queries: 9, dimensions: 8, seed: 3 }), 3),
  ).toBe(folder);
  const other = { ...corpus, vectors: corpus.vectors.slice() };
  other.vectors[17] = 0.5;
  expect(corpusFolder(cache, other, 3)).not.toBe(folder);
});

test('true results are computed once for the same queries and k', () => {
  const compute = vi.fn<() => Uint32Array>(() => Uint32Array.of(7, 4_000_000_000, 1));
  const queries = Float32Array.of(1, 2);
  const folder = join(cache, 'some');
  const first = cachedTruth(folder, queries, 3, compute);
  expect(cachedTruth(folder, queries.slice(), 3, compute)).toEqual(first);
  expect(compute).toHaveBeenCalledTimes(1);
  cachedTruth(folder, Float32Array.of(1, 3), 3, compute);
  cachedTruth(folder, queries, 2, compute);
  cachedTruth(undefined, queries, 3, compute);
  expect(compute).toHaveBeenCalledTimes(4);
  expect(readdirSync(folder)).toHaveLength(3);
});
