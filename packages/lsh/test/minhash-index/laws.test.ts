import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { mean, standardDeviation } from './statistics.ts';
import { describe, expect, test } from 'vitest';
import { estimateSimilarity, estimateSize, mergeSignatures, MinHashIndex } from '../../src/index.ts';

const team = Team.single(new Arena());

/** Pairs of sets of three kinds that have `shared` elements in common, and `alone` each for itself. */
const KINDS = {
  consecutive: (i: number) => i,
  'multiples of 2^16': (i: number) => (i * 2 ** 16) % 2 ** 32,
  strings: (i: number) => `element ${i}`,
} as const;

function pairOf(
  make: (i: number) => number | string,
  shared: number,
  alone: number,
): [(number | string)[], (number | string)[]] {
  const all = Array.from({ length: shared + 2 * alone }, (_, i) => make(i));
  return [all.slice(0, shared + alone), [...all.slice(0, shared), ...all.slice(shared + alone)]];
}

describe.each(Object.entries(KINDS))('%s', (_, make) => {
  test.each([
    [10, 15],
    [50, 25],
    [40, 5],
  ])(
    '%i shared elements and %i alone: estimates have the mean and the variance of the law',
    (shared, alone) => {
      const [a, b] = pairOf(make, shared, alone);
      const s = shared / (shared + 2 * alone);
      const estimates = Array.from({ length: 300 }, (__, seed) => {
        using index = new MinHashIndex({ hashes: 4, tables: 16, seed, team });
        return estimateSimilarity(index.signature(a), index.signature(b));
      });
      const error = Math.sqrt((s * (1 - s)) / 64);
      expect(Math.abs(mean(estimates) - s)).toBeLessThan((4 * error) / Math.sqrt(300));
      // The standard deviation of 300 numbers is off by a share of 1 / sqrt(600), some 4 %.
      expect(standardDeviation(estimates) / error).toBeGreaterThan(0.83);
      expect(standardDeviation(estimates) / error).toBeLessThan(1.17);
    },
  );

  test.each([
    [30, 20, 2, 5],
    [40, 10, 4, 8],
    [45, 5, 8, 4],
  ])('%i shared, %i alone: found as often as 1 - (1 - s^%i)^%i says', (shared, alone, hashes, tables) => {
    const [a, b] = pairOf(make, shared, alone);
    const draws = 600;
    let found = 0;
    let law = 0;
    for (let seed = 0; seed < draws; seed++) {
      using index = new MinHashIndex({ hashes, tables, seed, team });
      law = index.recall(shared / (shared + 2 * alone));
      index.add(a);
      found += index.query(b, { limit: 1 }).length;
    }
    expect(Math.abs(found / draws - law)).toBeLessThan(4 * Math.sqrt((law * (1 - law)) / draws));
  });
});

test('the signature of a union is the merged one, and its size is estimated without bias', () => {
  const random = randomStream(1, 'sizes');
  const sizes = Array.from({ length: 200 }, (_, seed) => {
    using index = new MinHashIndex({ hashes: 1, tables: 128, seed, team });
    const a = Array.from({ length: 300 }, () => random.integer(2 ** 32));
    const b = [...a.slice(0, 100), ...Array.from({ length: 200 }, () => random.integer(2 ** 32))];
    const merged = mergeSignatures(index.signature(a), index.signature(b));
    expect(merged).toEqual(index.signature([...a, ...b]));
    return estimateSize(merged);
  });
  const error = 500 / Math.sqrt(126);
  expect(Math.abs(mean(sizes) - 500)).toBeLessThan((4 * error) / Math.sqrt(200));
  expect(standardDeviation(sizes) / error).toBeGreaterThan(0.8);
  expect(standardDeviation(sizes) / error).toBeLessThan(1.2);
});

test('signatures of empty sets', () => {
  using index = new MinHashIndex({ threshold: 0.5 });
  const empty = index.signature([]);
  expect(empty).toEqual(new Uint32Array(128).fill(0xffffffff));
  expect(estimateSize(empty)).toBe(0);
  expect(estimateSimilarity(empty, empty)).toBe(1);
  expect(mergeSignatures(empty, index.signature(['a']))).toEqual(index.signature(['a']));
});

test('signatures of other lengths are refused', () => {
  const [a, b] = [new Uint32Array(3), new Uint32Array(4)];
  const message = 'Signatures have equally many minima, 1 or more; got 3 and 4.';
  expect(() => estimateSimilarity(a, b)).toThrow(new RangeError(message));
  expect(() => mergeSignatures(a, b)).toThrow(new RangeError(message));
});
