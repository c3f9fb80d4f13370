import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsOf, editTables, NONE } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { codes, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  tables: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 120 }),
  buckets: fc.constantFrom(1, 2, 3, 10, 200),
  steps: fc.integer({ min: 1, max: 30 }),
  most: fc.constantFrom(1, 4, 40),
});

describe.each(BUILDS)('editTables, $name', (build) => {
  const arena = arenaOf(build);

  test('leaves buckets as a fresh table of the same codes would have them, after any edits', () => {
    check(
      cases,
      ({ seed, tables, count, buckets, steps, most }) => {
        const random = randomOf(seed);
        using memory = new Memory(arena);
        const slotCount = arena.kernels.editSlots(count);
        const bounds = memory.int32(tables * buckets * 3);
        const tails = memory.int32(new Int32Array(tables).fill(-1));
        const slots = memory.int32(new Int32Array(tables * slotCount).fill(-1));
        const own = memory.uint32(new Uint32Array(tables * count).fill(NONE));
        const expected = own.slice();
        const edit = (ids: Int32Array, given: Uint32Array | undefined): void => {
          using step = new Memory(arena);
          const held = [memory.at(bounds), memory.at(tails), memory.at(slots), memory.at(own)] as const;
          const idsAt = step.at(step.int32(ids));
          const givenAt = given ? step.at(step.uint32(given)) : 0;
          arena.kernels.editTables(...held, count, buckets, idsAt, givenAt, ids.length, 0, tables);
          step.check();
          memory.check();
          editTables(expected, tables, count, ids, given);
          expect(own).toEqual(expected);
        };
        // Without edits it lays out what the codes say.
        own.set(codes(random, own.length, buckets));
        expected.set(own);
        edit(new Int32Array(0), undefined);
        for (let step = 0; step < steps; step++) {
          const ids = Int32Array.from({ length: 1 + random.integer(most) }, () => random.integer(count));
          // Mostly into few of the buckets, so that some grow and grow.
          const into = 1 + random.integer(buckets);
          edit(ids, random.integer(4) === 0 ? undefined : codes(random, tables * ids.length, into));
        }
        for (let t = 0; t < tables; t++) {
          const held = Array.from({ length: buckets }, (_, b) => {
            const [start, end, room] = bounds.subarray((t * buckets + b) * 3);
            expect(end).toBeLessThanOrEqual(room);
            return Array.from(slots.subarray(t * slotCount + start, t * slotCount + end));
          });
          expect(held).toEqual(bucketsOf(expected.subarray(t * count, (t + 1) * count), buckets));
        }
      },
      100,
    );
  });
});
