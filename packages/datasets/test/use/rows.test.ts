import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDataset,
  plantedLabels,
  rectangles,
  selectRows,
  shuffleRows,
  takeRows,
} from '../../src/index.ts';
import type { SparseDataset } from '../../src/index.ts';
import { firstDifference, row } from '../helpers/images.ts';

const dense = rectangles({ train: 40, test: 1 }).train;
const sparse = plantedLabels({ train: 40, test: 1, features: 300, labels: 50, nonZeros: 12 }).train;

const sparseRow = (dataset: SparseDataset, i: number): unknown => ({
  ids: dataset.ids.slice(dataset.offsets[i], dataset.offsets[i + 1]),
  values: dataset.values.slice(dataset.offsets[i], dataset.offsets[i + 1]),
  labels: dataset.labels.slice(dataset.labelOffsets[i], dataset.labelOffsets[i + 1]),
});

const rowTexts = (dataset: SparseDataset): string[] =>
  Array.from({ length: dataset.rows }, (_, i) => JSON.stringify(sparseRow(dataset, i)));

describe('selectRows', () => {
  it('gives the rows that were named, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(39), { minLength: 1 }), (order) => {
        const chosen = selectRows(dense, order);
        const chosenSparse = selectRows(sparse, order);
        checkDataset(chosen);
        checkDataset(chosenSparse);
        for (const [i, from] of order.entries()) {
          expect(firstDifference(row(chosen, i), row(dense, from))).toBeUndefined();
          expect(chosen.labels[i]).toBe(dense.labels[from]);
          expect(sparseRow(chosenSparse, i)).toEqual(sparseRow(sparse, from));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a row that is not there', () => {
    expect(() => selectRows(dense, [0, 40])).toThrow(
      'The row of rectangles at place 1 must be a whole number from 0 to 39, but it is 40.',
    );
  });
});

describe('takeRows', () => {
  it('takes the first rows, and all of them', () => {
    expect(takeRows(dense, 3)).toEqual(selectRows(dense, [0, 1, 2]));
    expect(takeRows(sparse, 40)).toEqual(sparse);
  });

  it.each([0, 41, 1.5])('refuses to take %d', (count) => {
    expect(() => takeRows(dense, count)).toThrow(
      `The number of rows to take from rectangles must be a whole number from 1 to 40, but it is ${count}.`,
    );
  });
});

describe('shuffleRows', () => {
  it('keeps every row, in an order that depends on the seed alone', () => {
    const shuffled = shuffleRows(sparse, 3);
    expect(rowTexts(shuffled).toSorted()).toEqual(rowTexts(sparse).toSorted());
    expect(rowTexts(shuffled)).not.toEqual(rowTexts(sparse));
    expect(shuffleRows(sparse, 3)).toEqual(shuffled);
    expect(shuffleRows(sparse, 4)).not.toEqual(shuffled);
  });
});
