import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestOfRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { Memory } from '../memory.ts';

/** Rows with many equal values among any floats: -0, infinities and the smallest ones too. */
const rows = fc.array(
  fc.array(fc.oneof(fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity), fc.float({ noNaN: true })), {
    maxLength: 90,
  }),
  { minLength: 1, maxLength: 4 },
);

function expected(list: readonly number[], k: number): number[] {
  return [...bestOfRows(Float32Array.from(list), k)];
}

describe.each(BUILDS)('bestOfRows, $name', (build) => {
  const arena = arenaOf(build);

  /** The choice from rows one after the other, as places in each row. */
  function fromLists(lists: readonly ArrayLike<number>[], k: number): number[][] {
    using memory = new Memory(arena);
    // The first row starts somewhere.
    const offsets = [3];
    for (const list of lists) offsets.push(offsets.at(-1) + list.length);
    const values = memory.float32(new Float32Array(offsets.at(-1)).fill(Infinity));
    lists.forEach((list, s) => values.set(list, offsets[s]));
    const at = memory.at(memory.int32(offsets));
    return run(memory, memory.at(values), [at, 0, 0], offsets, k);
  }

  /** The same from rows of equal length, garbage between them. */
  function fromMatrix(lists: readonly ArrayLike<number>[], k: number): number[][] {
    using memory = new Memory(arena);
    const width = lists[0].length;
    const stride = width + 3;
    const values = memory.float32(new Float32Array(lists.length * stride).fill(Infinity));
    lists.forEach((list, s) => values.set(list, s * stride));
    const starts = lists.map((_, s) => s * stride);
    return run(memory, memory.at(values), [0, stride, width], [...starts, 0], k);
  }

  function run(
    memory: Memory,
    values: number,
    shape: readonly [number, number, number],
    starts: readonly number[],
    k: number,
  ): number[][] {
    const count = starts.length - 1;
    const positions = memory.int32(count * k);
    const lengths = memory.int32(count);
    const scratch = memory.scratch(arena.kernels.bestOfRowsScratchBytes(k));
    arena.kernels.bestOfRows(
      memory.at(positions),
      memory.at(lengths),
      values,
      ...shape,
      k,
      0,
      count,
      scratch,
    );
    memory.check();
    return Array.from({ length: count }, (_, s) =>
      Array.from(positions.subarray(s * k, s * k + lengths[s]), (position) => position - starts[s]),
    );
  }

  test('is the ranking of the reference, of rows of any length', () => {
    check(fc.tuple(rows, fc.integer({ min: 1, max: 100 })), ([lists, k]) => {
      expect(fromLists(lists, k)).toEqual(lists.map((list) => expected(list, k)));
    });
  });

  test('is the ranking of the reference, of the rows of a matrix', () => {
    check(fc.tuple(rows, fc.integer({ min: 1, max: 100 })), ([[list], k]) => {
      const lists = [list, list.toReversed()];
      expect(fromMatrix(lists, k)).toEqual(lists.map((row) => expected(row, k)));
    });
  });

  test('takes the earlier of equals, wherever they stand', () => {
    expect(fromMatrix([new Float32Array(200)], 3)).toEqual([[0, 1, 2]]);
    expect(fromMatrix([[2, 5, 2, 9, 5, 2, 9, 5]], 4)).toEqual([[3, 6, 1, 4]]);
    const late = new Float32Array(200);
    late[199] = 1;
    late[77] = 1;
    expect(fromMatrix([late], 3)).toEqual([[77, 199, 0]]);
  });
});
