import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Searcher } from '../src/search/searcher.ts';
import { type NamedVectors, readFile, readWords } from '../src/search/vectors.ts';

let words: NamedVectors;

beforeAll(async () => {
  words = await readWords(await openAsBlob(join(import.meta.dirname, '../data/words.txt.gz')), 'words');
});

test('by angle a day is nearest to days, in all ways', () => {
  using searcher = new Searcher(words, 'cosine');
  const results = searcher.search('monday');
  expect(results.map(({ way }) => way)).toEqual(['exact', 'mips', 'lsh']);
  for (const { hits, milliseconds, recall } of results) {
    expect(hits.slice(0, 4).map(({ word }) => word)).toContain('tuesday');
    expect(hits.map(({ word }) => word)).not.toContain('monday');
    expect(milliseconds).toBeGreaterThan(0);
    expect(recall).toBeGreaterThanOrEqual(0.8);
  }
  expect(results[0]).toMatchObject({ recall: 1 });
  expect(results[0]!.hits).toHaveLength(10);
});

test('by inner product scores are true products', () => {
  using searcher = new Searcher(words, 'innerProduct');
  const [exact] = searcher.search('music');
  const vector = (word: string): Float32Array => {
    const at = words.words!.indexOf(word) * words.dimensions;
    return words.vectors.subarray(at, at + words.dimensions);
  };
  const query = vector('music');
  const product = (word: string): number => vector(word).reduce((sum, x, i) => sum + x * query[i]!, 0);
  for (const { word, score } of exact!.hits) expect(score).toBeCloseTo(product(word), 3);
});

test('recall is the share of the exact ten that a way has, and misses are marked', () => {
  using searcher = new Searcher(words, 'innerProduct');
  let missed = 0;
  for (const word of ['music', 'monday', 'house', 'water', 'king', 'red', 'london', 'computer']) {
    const [exact, ...hashed] = searcher.search(word);
    const truth = new Set(exact!.hits.map((hit) => hit.word));
    for (const { hits, recall } of hashed) {
      const found = hits.filter((hit) => truth.has(hit.word));
      expect(recall).toBeCloseTo(found.length / 10, 9);
      expect(hits.filter(({ best }) => best)).toEqual(found);
      missed += 10 - found.length;
    }
  }
  // Otherwise this would say nothing of misses.
  expect(missed).toBeGreaterThan(0);
});

test('a text is completed by the words that begin with it, the word itself first', () => {
  using searcher = new Searcher(words, 'cosine');
  expect(searcher.complete('mond')).toContain('monday');
  expect(searcher.complete('Monday')[0]).toBe('monday');
  expect(searcher.complete('a')[0]).toBe('a');
  expect(searcher.complete('a')).toHaveLength(9);
  expect(new Set(searcher.complete('a')).size).toBe(9);
  expect(searcher.complete('xqzw')).toEqual([]);
  expect(searcher.complete(' ')).toEqual([]);
});

/** A file of NumPy, version 1.0. */
function npy(descr: string, shape: string, data: ArrayBuffer): File {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  const header = `${text.padEnd(117)}\n`;
  return new File([Uint8Array.of(0x93), 'NUMPY', Uint8Array.of(1, 0, 118, 0), header, data], 'own.npy');
}

test('an array of NumPy is rows of vectors, whatever its numbers are; one of other dimensions is refused', async () => {
  const doubles = Float64Array.from({ length: 12 }, (_, i) => i / 4);
  const named = await readFile(npy('<f8', '4, 3', doubles.buffer));
  expect(named).toMatchObject({
    size: 4,
    dimensions: 3,
    words: undefined,
    vectors: Float32Array.from(doubles),
  });
  await expect(readFile(npy('<f8', '2, 2, 3', doubles.buffer))).rejects.toThrow(
    'own.npy: expected an array of rows',
  );
});

test('files of vectors without words go by their numbers; what is no such file is refused by its name', async () => {
  const vectors = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * i));
  const rows = Array.from({ length: 10 }, (_, row) => [
    Uint8Array.of(4, 0, 0, 0),
    new Uint8Array(vectors.slice(row * 4, row * 4 + 4).buffer),
  ]);
  const named = await readFile(new File(rows.flat(), 'own.fvecs'));
  expect(named).toMatchObject({
    name: 'own.fvecs',
    words: undefined,
    size: 10,
    dimensions: 4,
    cut: false,
    vectors,
  });
  using searcher = new Searcher(named, 'cosine');
  expect(searcher.complete('#3')).toEqual(['#3']);
  expect(searcher.complete('3')).toEqual(['#3']);
  expect(searcher.complete('10')).toEqual([]);
  expect(searcher.search('#3')[0]!.hits).toHaveLength(9);
  await expect(readFile(new File(['no vectors at all'], 'letter.txt'))).rejects.toThrow('letter.txt');
});
