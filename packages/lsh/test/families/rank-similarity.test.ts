import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankSimilarity } from '../../src/index.ts';

/** All subsets of `size` of the numbers below `n`. */
function subsets(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  const smaller = subsets(n, size - 1);
  return smaller.flatMap((subset) =>
    Array.from({ length: n - 1 - (subset.at(-1) ?? -1) }, (_, i) => [
      ...subset,
      (subset.at(-1) ?? -1) + 1 + i,
    ]),
  );
}

/** The place of the largest coordinate that is not 0, or -1. */
function winner(x: readonly number[], bin: readonly number[]): number {
  const present = bin.filter((k) => x[k] !== 0);
  return present.reduce((best, k) => (best < 0 || (x[k] ?? 0) > (x[best] ?? 0) ? k : best), -1);
}

const binSizes = fc.integer({ min: 1, max: 4 });
const ranks = (n: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.double({ noNaN: true }), { minLength: n, maxLength: n })
    .map((keys) => keys.map((_, k) => k + 1).toSorted((a, b) => (keys[a - 1] ?? 0) - (keys[b - 1] ?? 0)));

describe('rankSimilarity', () => {
  test('is the share of bins that have the same winner', () => {
    fc.assert(
      fc.property(ranks(9), ranks(9), binSizes, (x, y, size) => {
        const bins = subsets(9, size);
        const same = bins.filter((bin) => winner(x, bin) === winner(y, bin)).length;
        expect(rankSimilarity(x, y, size)).toBeCloseTo(same / bins.length, 12);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('with zeros: of bins that are not empty in both; those empty in one count 1 / binSize', () => {
    const zeros = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(ranks(9), ranks(9), zeros, zeros, binSizes, (a, b, inX, inY, size) => {
        const x = a.map((value, k) => (inX[k] ? 0 : value - 20));
        const y = b.map((value, k) => (inY[k] ? 0 : value));
        fc.pre(x.some((value) => value !== 0) || y.some((value) => value !== 0));
        const winners = subsets(9, size).map((bin) => [winner(x, bin), winner(y, bin)] as const);
        const counted = winners.filter(([i, j]) => i >= 0 || j >= 0);
        const total = counted.reduce((sum, [i, j]) => {
          if (i < 0 || j < 0) return sum + 1 / size;
          return i === j ? sum + 1 : sum;
        }, 0);
        // Where no bin is empty in neither, none is to be divided by.
        fc.pre(counted.length > 0);
        expect(rankSimilarity(x, y, size)).toBeCloseTo(total / counted.length, 10);
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  test("in bins of 2 it follows Kendall's tau", () => {
    fc.assert(
      fc.property(ranks(12), ranks(12), (x, y) => {
        const order = subsets(12, 2).map(([i = 0, j = 0]) =>
          Math.sign(((x[i] ?? 0) - (x[j] ?? 0)) * ((y[i] ?? 0) - (y[j] ?? 0))),
        );
        const tau = order.reduce((sum, sign) => sum + sign, 0) / order.length;
        expect(rankSimilarity(x, y, 2)).toBeCloseTo((1 + tau) / 2, 12);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  test('by hand', () => {
    expect(rankSimilarity([1, 2, 3], [10, 20, 30], 3)).toBe(1);
    expect(rankSimilarity([1, 2, 3], [3, 2, 1], 2)).toBe(0);
    expect(rankSimilarity([0, 0, 0], [0, 0, 0], 2)).toBe(1);
    // Of (0, 1), (0, 2) and (1, 2) the first is empty in both and the others in y.
    expect(rankSimilarity([0, 0, 3], [0, 0, 0], 2)).toBe(0.5);
  });

  test('zeros are values if that is asked for', () => {
    expect(rankSimilarity([1, 0, -1], [5, 4, 3], 3, { zeros: 'values' })).toBe(1);
    expect(rankSimilarity([1, 0, -1], [5, 4, 3], 2, { zeros: 'values' })).toBe(1);
    expect(rankSimilarity([1, 0, -1], [5, 4, 3], 2)).toBeLessThan(1);
    expect(rankSimilarity([0, 1, 2], [2, 1, 0], 2, { zeros: 'values' })).toBe(0);
  });

  test('refuses what cannot be compared', () => {
    expect(() => rankSimilarity([1, 2], [1], 1)).toThrow('Vectors to compare have one length; got 2 and 1.');
    expect(() => rankSimilarity([1, 2], [1, 2], 3)).toThrow('A bin has from 1 to all 2 coordinates; got 3.');
    expect(() => rankSimilarity([1, 2], [1, 2], 1.5)).toThrow('got 1.5');
    expect(() => rankSimilarity([1, 2], [1, 2], 1, { zero: 'values' } as never)).toThrow(
      'There is no option zero of rankSimilarity; there are zeros.',
    );
  });
});
