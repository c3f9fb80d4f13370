import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topK } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { Memory } from '../memory.ts';

/** Rows with many equal values among any floats: -0, infinities and the smallest ones too. */
const values = fc.array(
  fc.oneof(fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity), fc.float({ noNaN: true })),
  { minLength: 1, maxLength: 130 },
);

describe.each(BUILDS)('topK, $name', (build) => {
  const arena = arenaOf(build);

  function choose(rows: readonly ArrayLike<number>[], k: number): number[][] {
    const width = rows[0].length;
    const stride = width + 3;
    using memory = new Memory(arena);
    const x = memory.float32(new Float32Array(rows.length * stride).fill(Infinity));
    rows.forEach((row, s) => x.set(row, s * stride));
    const ids = memory.int32(rows.length * k);
    const scratch = memory.scratch(arena.kernels.topKScratchBytes(width));
    arena.kernels.topK(memory.at(ids), memory.at(x), stride, width, k, 0, rows.length, scratch);
    memory.check();
    return rows.map((_, s) => Array.from(ids.subarray(s * k, (s + 1) * k)));
  }

  test('is the choice of the reference', () => {
    check(fc.tuple(values, fc.double({ min: 0, max: 1, noNaN: true })), ([row, share]) => {
      const k = Math.round(share * row.length);
      const reversed = row.toReversed();
      const expected = [row, reversed].map((list) => [...topK(Float32Array.from(list), k)]);
      expect(choose([row, reversed], k)).toEqual(expected);
    });
  });

  test('takes the lower of equal columns', () => {
    expect(choose([[2, 5, 2, 2, 9, 2]], 3)).toEqual([[0, 1, 4]]);
    expect(choose([new Float32Array(129)], 128)[0]).toEqual(Array.from({ length: 128 }, (_, i) => i));
  });

  test('tells neighbouring floats apart', () => {
    const next = 1 + 2 ** -23;
    expect(choose([[1, next, -next, -1, 1]], 1)).toEqual([[1]]);
    expect(choose([[-next, -1, -next, -2]], 2)).toEqual([[0, 1]]);
    expect(choose([[0, 2 ** -149, -(2 ** -149), -0]], 3)).toEqual([[0, 1, 3]]);
  });
});
