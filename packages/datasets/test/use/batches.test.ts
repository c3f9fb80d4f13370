import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches, checkDataset, plantedLabels, rectangles } from '../../src/index.ts';
import { rowTexts } from '../helpers/rows.ts';

const dense = rectangles({ train: 50, test: 1 }).train;
const sparse = plantedLabels({ train: 50, test: 1, features: 300, labels: 50, nonZeros: 12 }).train;

describe('batches', () => {
  it.each([dense, sparse])('have each row of $name once, and are data sets', (dataset) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.boolean(), fc.boolean(), (size, shuffle, dropLast) => {
        const made = [...batches(dataset, { size, shuffle, dropLast })];
        for (const batch of made) checkDataset(batch);
        expect(made.slice(0, -1).every(({ rows }) => rows === size)).toBe(true);
        expect(made).toHaveLength(dropLast ? Math.floor(50 / size) : Math.ceil(50 / size));
        const rows = made.flatMap(rowTexts);
        const all = rowTexts(dataset);
        // In order, these are the first ones; else any, but none twice.
        const expected = shuffle
          ? all.filter((row) => rows.includes(row)).toSorted()
          : all.slice(0, rows.length);
        expect(shuffle ? rows.toSorted() : rows).toEqual(expected);
        expect(rows.length).toBe(dropLast ? 50 - (50 % size) : 50);
      }),
      { numRuns: 20 },
    );
  });

  it('come in an order that the seed and the epoch alone decide, each time that they are iterated', () => {
    const order = (seed: number, epoch: number): string[] =>
      [...batches(dense, { size: 7, seed, epoch })].flatMap(rowTexts);
    expect(order(1, 1)).toEqual(order(1, 1));
    expect(order(1, 2)).not.toEqual(order(1, 1));
    expect(order(2, 1)).not.toEqual(order(1, 1));
    const iterable = batches(dense, { size: 7 });
    expect([...iterable]).toEqual([...iterable]);
  });

  it('share memory where they keep the order', () => {
    const [, second] = [...batches(dense, { size: 20, shuffle: false })];
    expect(second!.inputs.buffer).toBe(dense.inputs.buffer);
    const [, sparseSecond] = [...batches(sparse, { size: 20, shuffle: false })];
    expect(sparseSecond!.values.buffer).toBe(sparse.values.buffer);
  });

  it('refuse sizes, seeds and epochs that are none, at once', () => {
    expect(() => batches(dense, { size: 0 })).toThrow(
      'size must be a whole number from 1 to 2147483647, but it is 0.',
    );
    expect(() => batches(dense, { seed: -1 })).toThrow('seed must be');
    expect(() => batches(dense, { epoch: 1.5 })).toThrow('epoch must be');
  });
});
