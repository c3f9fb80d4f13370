import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildBitmaps, buildTables, countBitmaps } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { codes, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

describe.each(BUILDS)('countBitmaps, $name', (build) => {
  const arena = arenaOf(build);

  const cases = fc.record({
    seed: seeds,
    count: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 100, max: 400 })),
    // Numbers of collisions of up to eight bits; eight bitmaps are added at a time.
    tables: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70 }), fc.constant(130)),
    buckets: fc.integer({ min: 1, max: 9 }),
    queries: fc.integer({ min: 1, max: 4 }),
    limit: fc.oneof(fc.integer({ min: 1, max: 62 }), fc.integer({ min: 1, max: 400 })),
    most: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 })),
    probes: fc.integer({ min: 1, max: 4 }),
  });

  test('finds what a look-up in the buckets ranks first, ascending', () => {
    check(
      cases,
      ({ seed, count, tables, buckets, queries, limit, ...rest }) => {
        const random = randomOf(seed);
        const minCollisions = Math.min(rest.most, tables);
        const probes = Math.min(rest.probes, buckets);
        const own = codes(random, tables * count, buckets);
        const home = codes(random, tables * queries, buckets);
        // Distinct codes in a table: one at random, and those after it.
        const asked = Uint32Array.from({ length: probes * home.length }, (_, i) => {
          const [row, s] = [Math.floor(i / queries), i % queries];
          return (home[Math.floor(row / probes) * queries + s] + (row % probes)) % buckets;
        });
        using memory = new Memory(arena);
        const { kernels } = arena;
        // What was there before does not matter.
        const bitmaps = memory.int32(
          new Int32Array((tables * buckets * kernels.bitmapBytes(count)) / 4).fill(-1),
        );
        const ownAt = memory.at(memory.uint32(own));
        kernels.buildBitmaps(memory.at(bitmaps), ownAt, count, count, buckets, 0, tables);
        const ids = memory.int32(new Int32Array(queries * limit).fill(-1));
        const lengths = memory.int32(queries);
        const candidates = memory.int32(queries);
        kernels.countBitmaps(
          memory.at(ids),
          memory.at(lengths),
          memory.at(candidates),
          memory.at(memory.uint32(asked)),
          queries,
          probes,
          memory.at(bitmaps),
          buckets,
          tables,
          count,
          limit,
          minCollisions,
          0,
          queries,
          memory.scratch(kernels.countBitmapsScratchBytes(count, tables, probes)),
        );
        memory.check();
        expect(bitmaps).toEqual(buildBitmaps(own, tables, count, buckets));
        const built = buildTables(own, tables, count, buckets);
        for (let s = 0; s < queries; s++) {
          const query = Array.from({ length: tables * probes }, (_, row) => asked[row * queries + s]);
          const expected = countBitmaps(built, query, { limit, minCollisions, probes });
          expect(ids.slice(s * limit, s * limit + lengths[s])).toEqual(expected.ids);
          expect(candidates[s]).toBe(expected.candidates);
          // Nothing is written behind the list.
          expect(ids.slice(s * limit + lengths[s], (s + 1) * limit).every((id) => id === -1)).toBe(true);
        }
      },
      400,
    );
  });
});
