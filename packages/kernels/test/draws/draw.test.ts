import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawKeyed, drawUnits } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { lists, randomOf } from '../data.ts';
import { drawCases, sharedLists } from './shared-lists.ts';
import type { Lists } from '../data.ts';
import { Memory } from '../memory.ts';

const words = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe.each(BUILDS)('drawUnits, $name', (build) => {
  const arena = arenaOf(build);

  /** Fills all lists, none of which is longer than `limit`; list s is at s * limit in the result. */
  function fill(
    { offsets, ids }: Lists,
    limit: number,
    units: number,
    seed: number,
    step: number,
    shared = 1,
    corrected?: Float32Array,
  ): Int32Array {
    const batch = offsets.length - 1;
    using memory = new Memory(arena);
    const filled = memory.int32(new Int32Array(batch * limit).fill(-1));
    for (let s = 0; s < batch; s++) filled.set(ids.subarray(offsets[s], offsets[s + 1]), s * limit);
    const lengths = memory.int32(Array.from({ length: batch }, (_, s) => offsets[s + 1] - offsets[s]));
    const scratch = memory.scratch(arena.kernels.drawSharedScratchBytes(units, limit));
    const [idsAt, lengthsAt] = [memory.at(filled), memory.at(lengths)];
    const corrections = corrected && memory.float32(new Float32Array(batch * limit).fill(7));
    const at = [idsAt, lengthsAt, memory.at(corrections)] as const;
    const groups = Math.ceil(batch / shared);
    arena.kernels.drawUnits(...at, limit, units, seed, step, shared, batch, 0, groups, scratch);
    memory.check();
    if (corrections) corrected.set(corrections);
    expect(lengths).toEqual(new Int32Array(batch).fill(limit));
    return filled.slice();
  }

  test('draws what the reference draws, after what is there', () => {
    check(
      fc.tuple(drawCases, seeds, words, words),
      ([{ units, batch, share, certain, shared }, data, seed, step]) => {
        const limit = Math.round(share * units);
        const given = lists(randomOf(data), batch, units, Math.round(certain * limit));
        const corrections = new Float32Array(batch * limit);
        const filled = fill(given, limit, units, seed, step, shared, corrections);
        expect(fill(given, limit, units, seed, step, shared)).toEqual(filled);
        const all = sharedLists(given, shared, (list, most, g) =>
          drawUnits(list, Math.min(limit, most), units, seed, step, g),
        );
        for (let s = 0; s < batch; s++) {
          const list = given.ids.subarray(given.offsets[s], given.offsets[s + 1]);
          const expected = all[s];
          expect(filled.slice(s * limit, (s + 1) * limit)).toEqual(expected);
          expect(new Set(expected).size).toBe(limit);
          // Of so many units that were left, so many were drawn.
          const log = Math.log((units - list.length) / (limit - list.length));
          const wanted = Float32Array.from({ length: limit }, (_, i) => (i < list.length ? 0 : log));
          const own = corrections.subarray(s * limit, (s + 1) * limit);
          expect(own).toBeWithinRoundings(2, wanted, wanted);
        }
      },
      150,
    );
  });

  test('draws all units alike, and others for another seed, step and sample', () => {
    const empty = { offsets: new Int32Array(2001), ids: new Int32Array() };
    const filled = fill(empty, 5, 10, 1, 2);
    const counts = new Int32Array(10);
    for (const id of filled) counts[id]++;
    // Of 10,000 draws 1,000 each; without repetition the variance is 5/9 of a binomial's 900. Chi squared with 9 degrees
    // of freedom: 27.9 is exceeded once in a thousand seeds.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / (1000 * (5 / 9)), 0);
    expect(chiSquared).toBeLessThan(27.9);
    expect(fill(empty, 5, 10, 2, 2)).not.toEqual(filled);
    expect(fill(empty, 5, 10, 1, 3)).not.toEqual(filled);
    expect(filled.slice(0, 5000)).not.toEqual(filled.slice(5000));
  });
});

describe.each(BUILDS)('drawKeyed, $name', (build) => {
  const arena = arenaOf(build);

  test('draws what the reference draws: the same for the same codes, whatever the sample', () => {
    const sizes = fc.record({
      units: fc.integer({ min: 1, max: 200 }),
      batch: fc.nat({ max: 5 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      tables: fc.integer({ min: 1, max: 5 }),
    });
    check(fc.tuple(sizes, seeds, words), ([{ units, batch, share, tables }, data, seed]) => {
      const random = randomOf(data);
      const limit = Math.round(share * units);
      const { offsets, ids } = lists(random, batch, units, limit);
      const codes = Uint32Array.from({ length: tables * batch }, () => random.integer(3));
      using memory = new Memory(arena);
      const filled = memory.int32(new Int32Array(batch * limit).fill(-1));
      for (let s = 0; s < batch; s++) filled.set(ids.subarray(offsets[s], offsets[s + 1]), s * limit);
      const lengths = memory.int32(Array.from({ length: batch }, (_, s) => offsets[s + 1] - offsets[s]));
      const at = [memory.at(filled), memory.at(lengths), limit, units, seed] as const;
      const codesAt = memory.at(memory.uint32(codes));
      const scratch = memory.scratch(arena.kernels.drawScratchBytes(units));
      arena.kernels.drawKeyed(...at, codesAt, batch, tables, 0, batch, scratch);
      memory.check();
      for (let s = 0; s < batch; s++) {
        const own = Array.from({ length: tables }, (_, t) => codes[t * batch + s]);
        const list = ids.subarray(offsets[s], offsets[s + 1]);
        const expected = drawKeyed(list, limit, units, seed, own);
        expect(filled.slice(s * limit, (s + 1) * limit)).toEqual(expected);
      }
    });
  });
});
