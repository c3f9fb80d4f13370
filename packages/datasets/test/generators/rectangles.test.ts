import { describe, expect, it } from 'vitest';
import { checkDataset, loadIdxFolder, rectangles } from '../../src/index.ts';
import type { DenseDataset } from '../../src/index.ts';
import { firstDifference, row, sum } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';

/** The smallest rectangle around all pixels that are not 0. */
function boundingBox(image: Float32Array): { height: number; width: number } {
  let [top, bottom, left, right] = [28, -1, 28, -1];
  for (let i = 0; i < 784; i++) {
    if (image[i] === 0) continue;
    const [y, x] = [Math.floor(i / 28), i % 28];
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    left = Math.min(left, x);
    right = Math.max(right, x);
  }
  return { height: bottom - top + 1, width: right - left + 1 };
}

/** Counts of (height, width), after checking that each image is the border of a rectangle with the right label. */
function checkedSides(dataset: DenseDataset): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < dataset.rows; i++) {
    const image = row(dataset, i);
    const { height, width } = boundingBox(image);
    const on = sum(image);
    // A border fills its bounding box's border, which has just so many pixels; one elsewhere would leave one missing.
    if (on !== 2 * (height + width) - 4 || image.some((value) => value !== 0 && value !== 1)) {
      throw new Error(`Row ${i} is not the border of a rectangle.`);
    }
    if (dataset.labels[i] !== Number(height > width)) throw new Error(`Row ${i} has the wrong label.`);
    const key = `${height} x ${width}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe('rectangles', () => {
  it('draws borders whose label says whether they are higher than wide', () => {
    const { train, test } = rectangles({ train: 300, test: 200, seed: 7 });
    checkDataset(train);
    checkDataset(test);
    expect([train.rows, test.rows, train.columns, train.classes]).toEqual([300, 200, 784, 2]);
    expect(checkedSides(train).size).toBeGreaterThan(150);
  });

  it('draws each of the 506 pairs of sides about equally often', () => {
    const { train } = rectangles({ train: 20_240, test: 1, seed: 3 });
    const counts = checkedSides(train);
    expect(counts.size).toBe(506);
    // Chi squared with 505 degrees of freedom: mean 505, standard deviation 32.
    const chi = [...counts.values()].reduce((total, count) => total + (count - 40) ** 2 / 40, 0);
    expect(chi).toBeGreaterThan(505 - 4 * 32);
    expect(chi).toBeLessThan(505 + 4 * 32);
  });

  it('has the published number of rows by default', () => {
    const { train, test } = rectangles();
    expect([train.rows, test.rows]).toEqual([1_200, 50_000]);
  });

  it('depends on the seed alone, row by row', () => {
    const first = rectangles({ train: 50, test: 60, seed: 4 });
    const again = rectangles({ train: 80, test: 60, seed: 4 });
    const other = rectangles({ train: 50, test: 60, seed: 5 });
    expect(firstDifference(first.train.inputs, again.train.inputs.subarray(0, 50 * 784))).toBeUndefined();
    expect(firstDifference(first.test.inputs, again.test.inputs)).toBeUndefined();
    expect(firstDifference(first.train.inputs, other.train.inputs)).toBeDefined();
    expect(firstDifference(first.train.inputs, first.test.inputs.subarray(0, 50 * 784))).toBeDefined();
  });

  it.each([
    [{ train: 0 }, 'train must be a whole number from 1 to 2739137, but it is 0.'],
    [{ test: 1.5 }, 'test must be a whole number from 1 to 2739137, but it is 1.5.'],
    [{ seed: -1 }, 'seed must be a whole number from 0 to 4294967295, but it is -1.'],
  ])('refuses %j', (options, message) => {
    expect(() => rectangles({ train: 1, test: 1, ...options })).toThrow(message);
  });

  it.skipIf(!realData)('draws what the real file holds', async () => {
    const { train, test } = await loadIdxFolder(realPath('rectangles'));
    expect(checkedSides(train).size).toBeGreaterThan(400);
    expect(checkedSides(test).size).toBe(506);
  });
});
