import type { Examples } from '@hashgrad/sparse-nn';
import { describe, expect, test } from 'vitest';
import { batchesOf } from '../../../src/benchmarks/lib/batches.ts';

describe('batches', () => {
  const dense: Examples = {
    rows: 5,
    columns: 2,
    inputs: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    labels: Int32Array.from([0, 1, 0, 1, 0]),
  };

  test('dense rows, the rest left out', () => {
    const batches = batchesOf(dense, 2, 10);
    expect(batches).toHaveLength(2);
    expect(batches[1]).toEqual({
      rows: 2,
      columns: 2,
      inputs: Float32Array.from([4, 5, 6, 7]),
      labels: Int32Array.from([0, 1]),
    });
  });

  test('sparse rows, with offsets of their own', () => {
    const sparse: Examples = {
      rows: 4,
      columns: 9,
      offsets: Int32Array.from([0, 2, 3, 3, 6]),
      ids: Int32Array.from([1, 5, 2, 0, 3, 8]),
      values: Float32Array.from([1, 2, 3, 4, 5, 6]),
      labelOffsets: Int32Array.from([0, 1, 3, 4, 5]),
      labels: Int32Array.from([7, 6, 5, 4, 3]),
    };
    expect(batchesOf(sparse, 2, 10)[1]).toEqual({
      rows: 2,
      columns: 9,
      offsets: Int32Array.from([0, 0, 3]),
      ids: Int32Array.from([0, 3, 8]),
      values: Float32Array.from([4, 5, 6]),
      labelOffsets: Int32Array.from([0, 1, 2]),
      labels: Int32Array.from([4, 3]),
    });
  });

  test('no whole batch', () => {
    expect(() => batchesOf(dense, 6, 1)).toThrow('A batch of 6 needs as many rows; there are 5.');
  });
});
