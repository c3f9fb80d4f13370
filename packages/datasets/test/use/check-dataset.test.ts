import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../src/index.ts';
import type { DenseDataset, SparseDataset } from '../../src/index.ts';

const dense: DenseDataset = {
  name: 'set',
  rows: 2,
  columns: 3,
  classes: 2,
  inputs: Float32Array.of(0, 1, 2, 3, 4, 5),
  labels: Int32Array.of(1, 0),
};
const sparse: SparseDataset = {
  name: 'set',
  rows: 2,
  columns: 5,
  classes: 3,
  offsets: Int32Array.of(0, 2, 3),
  ids: Int32Array.of(1, 4, 0),
  values: Float32Array.of(1, -2, 3),
  labelOffsets: Int32Array.of(0, 0, 2),
  labels: Int32Array.of(0, 2),
};

describe('checkDataset', () => {
  it('accepts what is sound, a row without labels too', () => {
    expect(() => checkDataset(dense)).not.toThrow();
    expect(() => checkDataset({ ...dense, shape: [3, 1] })).not.toThrow();
    expect(() => checkDataset(sparse)).not.toThrow();
  });

  it.each([
    [{ rows: 0 }, 'set: rows must be a whole number from 1 up, but it is 0.'],
    [{ classes: NaN }, 'set: classes must be a whole number from 1 up, but it is NaN.'],
    [{ inputs: new Float32Array(5) }, 'set: inputs must have 6 entries (2 rows x 3 columns), but it has 5.'],
    [{ labels: new Int32Array(3) }, 'set: labels must have 2 entries (one a row), but it has 3.'],
    [{ shape: [2, 2] }, 'set: a row has the shape 2 x 2, but 3 columns.'],
    [
      { inputs: Float32Array.of(0, 1, 2, 3, NaN, 5) },
      'set: row 1, column 1: expected a finite number, found NaN.',
    ],
    [
      { inputs: Float32Array.of(0, 1, -Infinity, 3, 4, 5) },
      'set: row 0, column 2: expected a finite number, found -Infinity.',
    ],
    [{ labels: Int32Array.of(0, 2) }, 'set: row 1: expected a label from 0 to 1, found 2.'],
    [{ labels: Int32Array.of(-1, 0) }, 'set: row 0: expected a label from 0 to 1, found -1.'],
  ])('refuses dense data with %o', (change, message) => {
    expect(() => checkDataset({ ...dense, ...change })).toThrow(message);
  });

  it.each([
    [{ offsets: Int32Array.of(0, 3) }, 'set: offsets must have 3 entries (rows + 1), but it has 2.'],
    [{ offsets: Int32Array.of(1, 2, 3) }, 'set: offsets must begin with 0, not 1.'],
    [
      { labelOffsets: Int32Array.of(0, 3, 2) },
      'set: labelOffsets must not fall, but from row 1 on it goes from 3 to 2.',
    ],
    [{ offsets: Int32Array.of(0, 2, 2) }, 'set: offsets must end with 3, the number of entries, not 2.'],
    [{ values: new Float32Array(2) }, 'set: values must have 3 entries (as many as ids), but it has 2.'],
    [{ ids: Int32Array.of(1, 5, 0) }, 'set: row 0: expected features from 0 to 4, found 5.'],
    [{ ids: Int32Array.of(1, 1, 0) }, 'set: row 0: expected ascending features, found 1 after 1.'],
    [
      { values: Float32Array.of(1, 2, Infinity) },
      'set: row 1, column 0: expected a finite number, found Infinity.',
    ],
    [{ labels: Int32Array.of(0, 3) }, 'set: row 1: expected a label from 0 to 2, found 3.'],
    [{ labels: Int32Array.of(2, 0) }, 'set: row 1: expected ascending labels, found 0 after 2.'],
  ])('refuses sparse data with %o', (change, message) => {
    expect(() => checkDataset({ ...sparse, ...change })).toThrow(message);
  });
});
