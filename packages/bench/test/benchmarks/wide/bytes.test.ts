import { describe, expect, test } from 'vitest';
import { bytesMoved, totalBytes } from '../../../src/benchmarks/wide/bytes.ts';
import type { WideTraffic } from '../../../src/benchmarks/wide/bytes.ts';

describe('bytes moved in a step', () => {
  const traffic: WideTraffic = {
    batchSize: 2,
    labels: 1000,
    rowBytes: 64,
    momentBytes: 128,
    nonZeros: 10,
    features: 7,
    pairs: 30,
    visited: 20,
    tables: 5,
    entries: 50,
    rehashEvery: 10,
  };

  test('counted by hand', () => {
    expect(bytesMoved(traffic)).toEqual({
      // Activations of 2 rows, 10 codes.
      hashing: 128 + 40,
      // 20 bounds, 50 entries, 30 chosen.
      choose: 80 + 200 + 120,
      // Non-zeros read and written, ids and values; rows of 7 features; activations; pairs: sorting moves 6 numbers, the
      // walk writes one, the softmax moves 3; rows and biases of 20 labels.
      forward: 10 * 16 + 7 * 64 + 128 + 30 * (24 + 4 + 12) + 20 * (64 + 4),
      // Walks; 20 rows of weights, moments and a count, biases with two moments, all read and written; the non-zeros
      // sorted and walked; 7 rows; gradients of the activations.
      backward: 30 * 12 + 20 * (2 * (64 + 128 + 4) + 24) + 10 * (24 + 4) + 7 * 2 * (64 + 128 + 4) + 256,
      optimizer: 0,
      // 1000 rows read twice, 5 codes written and read twice, 5 labels written, every 10th step.
      rehash: (1000 * (2 * 64 + 5 * 16)) / 10,
    });
  });

  test('without tables nothing is hashed', () => {
    const bytes = bytesMoved({ ...traffic, tables: 0 });
    expect(bytes).toMatchObject({ hashing: 0, choose: 120, rehash: 0 });
    expect(totalBytes(bytes)).toBe(120 + bytes.forward + bytes.backward);
  });
});
