import { describe, expect, it } from 'vitest';
import { checkDataset, convex, loadIdxFolder } from '../../src/index.ts';
import { fillsItsHull } from '../helpers/hull.ts';
import { firstDifference, meanOn, row, rowsOf, sum } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';

describe('convex', () => {
  it('makes sets that fill their convex hulls, and others that do not', () => {
    const { train } = convex({ train: 3_000, test: 1, seed: 11 });
    checkDataset(train);
    for (const label of [0, 1]) {
      const rows = rowsOf(train, label);
      expect(Math.abs(rows.length - 1_500)).toBeLessThan(4 * Math.sqrt(750));
      expect(rows.every((i) => fillsItsHull(row(train, i)) === (label === 1))).toBe(true);
    }
    expect(train.inputs.every((value) => value === 0 || value === 1)).toBe(true);
  });

  it('has as many rows as the published files by default, and as many pixels on, to 3 %', () => {
    const { train, test } = convex();
    expect([train.rows, test.rows, train.shape]).toEqual([8_000, 50_000, [28, 28]]);
    // The standard error of the generated means is 240 / sqrt(25,000), or 0.5 %.
    for (const [label, published] of [
      [0, 303.4],
      [1, 301.4],
    ] as const) {
      expect(Math.abs(meanOn(test, label) / published - 1)).toBeLessThan(0.03);
    }
  });

  it('keeps to the least areas', () => {
    const { train } = convex({ train: 5_000, test: 1, seed: 2 });
    const areas = (label: number): number[] => rowsOf(train, label).map((i) => sum(row(train, i)));
    expect(Math.min(...areas(1))).toBe(20);
    expect(Math.min(...areas(0))).toBeGreaterThanOrEqual(12);
  });

  it('depends on the seed alone, row by row', () => {
    const first = convex({ train: 50, test: 60, seed: 4 });
    const again = convex({ train: 80, test: 60, seed: 4 });
    const other = convex({ train: 50, test: 60, seed: 5 });
    expect(firstDifference(first.train.inputs, again.train.inputs.subarray(0, 50 * 784))).toBeUndefined();
    expect(firstDifference(first.test.inputs, again.test.inputs)).toBeUndefined();
    expect(firstDifference(first.train.inputs, other.train.inputs)).toBeDefined();
  });

  it.skipIf(!realData)('keeps the rule that the real files keep', async () => {
    const { train, test } = await loadIdxFolder(realPath('convex'));
    for (let i = 0; i < train.rows; i++) {
      if (fillsItsHull(row(train, i)) !== (train.labels[i] === 1))
        throw new Error(`Row ${i} breaks the rule.`);
    }
    // Sorted by class, as the description says.
    expect(test.labels.findIndex((label) => label !== test.labels[0])).toBe(25_000);
    expect(meanOn(test, 0)).toBeCloseTo(303.4, 1);
    expect(meanOn(test, 1)).toBeCloseTo(301.4, 1);
  });
});
