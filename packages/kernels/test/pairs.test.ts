import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PairsFields } from '../src/index.ts';
import { layPairs } from '../src/index.ts';
import { sortPairs } from '../src/reference/index.ts';
import { BUILDS, arenaOf } from './builds.ts';
import { check, seeds } from './check.ts';
import { lists, randomOf } from './data.ts';
import type { Lists } from './data.ts';
import { Memory } from './memory.ts';

describe.each(BUILDS)('sortPairs, $name', (build) => {
  const arena = arenaOf(build);

  /** Sorted by the kernel, rows in the ranges between `cuts`, last range first. */
  function sort({ offsets, ids }: Lists, rows: number, cuts: readonly number[] = []): PairsFields {
    using memory = new Memory(arena);
    const pairs = {
      starts: memory.int32(new Int32Array(rows + 1).fill(-1)),
      positions: memory.int32(ids.length),
      samples: memory.int32(ids.length),
    };
    const record = layPairs(arena, pairs);
    const [offsetsAt, idsAt] = [memory.at(memory.int32(offsets)), memory.at(memory.int32(ids))];
    const bounds = [0, ...cuts, rows];
    for (let i = bounds.length - 2; i >= 0; i--) {
      const [begin, end] = [bounds[i], bounds[i + 1]];
      arena.kernels.sortPairs(memory.at(record), offsetsAt, idsAt, offsets.length - 1, begin, end);
    }
    memory.check();
    arena.free(record);
    return {
      starts: pairs.starts.slice(),
      positions: pairs.positions.slice(),
      samples: pairs.samples.slice(),
    };
  }

  const cases = fc.record({
    seed: seeds,
    rows: fc.integer({ min: 1, max: 130 }),
    batch: fc.integer({ min: 0, max: 10 }),
    cuts: fc.array(fc.nat({ max: 129 }), { maxLength: 4 }),
  });

  test('is the stable sort of the reference, whichever ranges of rows are sorted apart', () => {
    check(cases, ({ seed, rows, batch, cuts }) => {
      const choices = lists(randomOf(seed), batch, rows, 40);
      const ranges = cuts.map((cut) => Math.min(cut, rows)).toSorted((a, b) => a - b);
      expect(sort(choices, rows, ranges)).toEqual(sortPairs(choices.offsets, choices.ids, rows));
    });
  });

  test('keeps the pairs of a row in the order of samples', () => {
    const choices = { offsets: Int32Array.of(0, 2, 2, 4, 5), ids: Int32Array.of(2, 0, 0, 2, 2) };
    expect(sort(choices, 4)).toEqual({
      starts: Int32Array.of(0, 2, 2, 5, 5),
      positions: Int32Array.of(1, 2, 0, 3, 4),
      samples: Int32Array.of(0, 2, 0, 2, 3),
    });
  });
});
