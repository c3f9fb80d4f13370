import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Readme } from '../../../../testing/readme.ts';
import { MinHashIndex } from '../../src/index.ts';
import { chooseBands, shareProbability } from '../../src/minhash-index/bands.ts';

/** The criterion, by a sum over many thin strips. */
function errorOf(
  threshold: number,
  { hashes, tables }: { readonly hashes: number; readonly tables: number },
  [falsePositives, falseNegatives]: readonly [number, number],
): number {
  const strips = 20_000;
  let error = 0;
  for (let i = 0; i < strips; i++) {
    const s = (i + 0.5) / strips;
    const found = 1 - (1 - s ** hashes) ** tables;
    error += s < threshold ? falsePositives * found : falseNegatives * (1 - found);
  }
  return error / strips;
}

describe('chooseBands', () => {
  test('is what the documentation of datasketch says: 5 tables of 25 for 0.9 and 128', () => {
    const weights = { falsePositives: 0.5, falseNegatives: 0.5 };
    expect(chooseBands(0.9, 128, weights)).toEqual({ hashes: 25, tables: 5 });
  });

  test.each([
    [0.2, 0.5, 0.5],
    [0.5, 0.5, 0.5],
    [0.8, 0.1, 0.9],
    [0.95, 0.9, 0.1],
  ])('has the least error for threshold %d and weights %d, %d', (threshold, p, n) => {
    const chosen = chooseBands(threshold, 32, { falsePositives: p, falseNegatives: n });
    const least = errorOf(threshold, chosen, [p, n]);
    for (let tables = 1; tables <= 32; tables++) {
      for (let hashes = 1; hashes * tables <= 32; hashes++) {
        expect(errorOf(threshold, { hashes, tables }, [p, n])).toBeGreaterThan(least - 1e-4);
      }
    }
  });

  test('at the ends', () => {
    const weights = { falsePositives: 0.1, falseNegatives: 0.9 };
    expect(chooseBands(1, 16, weights)).toEqual({ hashes: 16, tables: 1 });
    expect(chooseBands(1e-9, 16, weights)).toEqual({ hashes: 1, tables: 16 });
    expect(chooseBands(0.5, 1, weights)).toEqual({ hashes: 1, tables: 1 });
  });
});

test('shareProbability is 1 - (1 - s^K)^L', () => {
  expect(shareProbability(0.5, 2, 3)).toBeCloseTo(1 - 0.75 ** 3, 12);
  expect([shareProbability(0, 2, 3), shareProbability(1, 2, 3)]).toEqual([0, 1]);
});

test('the README says what is chosen, and what that finds', () => {
  const [, ...rows] = new Readme(join(import.meta.dirname, '../..')).table('threshold');
  expect(rows.length).toBe(4);
  for (const [threshold, ...cells] of rows) {
    const t = Number(threshold);
    using index = new MinHashIndex({ threshold: t });
    const recall = (s: number, digits: number): string => index.recall(s).toFixed(digits);
    const { hashes, tables } = index;
    expect(cells).toEqual([
      `${hashes}, ${tables}`,
      recall(t, 2),
      recall(t + (1 - t) / 4, 2),
      recall(t / 2, 3),
    ]);
  }
});
