import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTables, lookup, sortIds } from '../../src/reference/index.ts';
import type { LookupResult, Tables } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { codes, lists, randomOf } from '../data.ts';
import type { Lists } from '../data.ts';
import { Memory } from '../memory.ts';

interface Query {
  readonly limit: number;
  readonly ranked: boolean;
  readonly forced?: Lists | undefined;
  readonly withCollisions?: boolean;
  readonly minCollisions?: number;
  readonly probes?: number;
}

describe.each(BUILDS)('lookup, $name', (build) => {
  const arena = arenaOf(build);

  /** Asks for all queries at once; `queries` has query s's code p of table t at [(t * probes + p) * count + s]. */
  function ask(tables: Tables, queries: Uint32Array, count: number, query: Query): LookupResult[] {
    const { limit, ranked, forced, withCollisions = true, minCollisions = 1, probes = 1 } = query;
    using memory = new Memory(arena);
    const ids = memory.int32(count * limit);
    const collisions = memory.int32(new Int32Array(count * limit).fill(-1));
    const lengths = memory.int32(new Int32Array(count).fill(-1));
    const candidates = memory.int32(new Int32Array(count).fill(-1));
    const visited = memory.int32(new Int32Array(count).fill(-1));
    arena.kernels.lookup(
      memory.at(ids),
      memory.at(lengths),
      withCollisions ? memory.at(collisions) : 0,
      memory.at(candidates),
      memory.at(visited),
      memory.at(memory.uint32(queries)),
      count,
      probes,
      memory.at(memory.int32(tables.starts)),
      1,
      tables.buckets + 1,
      memory.at(memory.int32(tables.items)),
      tables.count,
      tables.tables,
      tables.count,
      limit,
      minCollisions,
      Number(ranked),
      memory.at(forced && memory.int32(forced.offsets)),
      memory.at(forced && memory.int32(forced.ids)),
      0,
      count,
      memory.scratch(arena.kernels.lookupScratchBytes(tables.count, tables.tables)),
    );
    memory.check();
    return Array.from(lengths, (length, s) => ({
      ids: ids.slice(s * limit, s * limit + length),
      collisions: collisions.slice(s * limit, s * limit + length),
      candidates: candidates[s],
      visited: visited[s],
    }));
  }

  const cases = fc.record({
    seed: seeds,
    count: fc.integer({ min: 1, max: 60 }),
    tables: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 })),
    buckets: fc.integer({ min: 1, max: 9 }),
    queries: fc.integer({ min: 1, max: 5 }),
    limit: fc.integer({ min: 0, max: 62 }),
    ranked: fc.boolean(),
    withForced: fc.boolean(),
    withCollisions: fc.boolean(),
    most: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 })),
    probes: fc.integer({ min: 1, max: 5 }),
  });

  test('finds what the reference finds, in the same order', () => {
    check(
      cases,
      ({ seed, count, tables, buckets, queries, limit, ...rest }) => {
        const random = randomOf(seed);
        const built = buildTables(codes(random, tables * count, buckets), tables, count, buckets);
        const minCollisions = Math.min(rest.most, tables);
        const probes = Math.min(rest.probes, buckets);
        // Distinct codes in a table: one at random, and those after it.
        const home = codes(random, tables * queries, buckets);
        const asked = Uint32Array.from({ length: probes * home.length }, (_, i) => {
          const [row, s] = [Math.floor(i / queries), i % queries];
          return (home[Math.floor(row / probes) * queries + s] + (row % probes)) % buckets;
        });
        const forced = rest.withForced ? lists(random, queries, count, 6) : undefined;
        const { ranked, withCollisions } = rest;
        const options = { limit, ranked, minCollisions, probes };
        const found = ask(built, asked, queries, { ...options, forced, withCollisions });
        for (let s = 0; s < queries; s++) {
          const own = Array.from({ length: tables * probes }, (_, row) => asked[row * queries + s]);
          const ofQuery = forced?.ids.subarray(forced.offsets[s], forced.offsets[s + 1]) ?? [];
          const expected = lookup(built, own, { ...options, forced: ofQuery });
          if (!withCollisions) expected.collisions.fill(-1);
          expect(found[s]).toEqual(expected);
        }
      },
      500,
    );
  });

  // Item 0 collides in tables 1 and 2, item 1 in 0 and 1, item 2 in all, item 3 in 0, item 4 nowhere.
  const tables = buildTables(Uint32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1), 3, 5, 2);
  const query = new Uint32Array(3);

  test('ranked: the most collisions, of equals those met first, in the order of meeting', () => {
    const [two] = ask(tables, query, 1, { limit: 2, ranked: true });
    expect(two).toEqual({
      ids: Int32Array.of(1, 2),
      collisions: Int32Array.of(2, 3),
      candidates: 4,
      visited: 3,
    });
    const [three] = ask(tables, query, 1, { limit: 3, ranked: true });
    expect(three).toEqual({
      ids: Int32Array.of(1, 2, 0),
      collisions: Int32Array.of(2, 3, 2),
      candidates: 4,
      visited: 3,
    });
  });

  test('union: no further table once the limit is met', () => {
    const [two] = ask(tables, query, 1, { limit: 2, ranked: false });
    expect(two).toEqual({
      ids: Int32Array.of(1, 2),
      collisions: Int32Array.of(1, 1),
      candidates: 3,
      visited: 1,
    });
    const [four] = ask(tables, query, 1, { limit: 4, ranked: false });
    expect(four).toEqual({
      ids: Int32Array.of(1, 2, 3, 0),
      collisions: Int32Array.of(2, 2, 1, 1),
      candidates: 4,
      visited: 2,
    });
  });

  test('a threshold: so many collisions at least', () => {
    const [ranked] = ask(tables, query, 1, { limit: 5, ranked: true, minCollisions: 2 });
    expect(ranked).toEqual({
      ids: Int32Array.of(1, 2, 0),
      collisions: Int32Array.of(2, 3, 2),
      candidates: 3,
      visited: 3,
    });
    // Items 1 and 2 have two collisions after table 1.
    const [union] = ask(tables, query, 1, { limit: 2, ranked: false, minCollisions: 2 });
    expect(union).toEqual({
      ids: Int32Array.of(1, 2),
      collisions: Int32Array.of(2, 2),
      candidates: 2,
      visited: 2,
    });
    const [none] = ask(tables, Uint32Array.of(1, 1, 0), 1, { limit: 2, ranked: true, minCollisions: 3 });
    expect(none).toEqual({
      ids: new Int32Array(0),
      collisions: new Int32Array(0),
      candidates: 0,
      visited: 3,
    });
  });

  test('probes: several buckets of a table', () => {
    const both = Uint32Array.of(0, 1, 1, 0, 0, 1);
    const [all] = ask(tables, both, 1, { limit: 5, ranked: true, probes: 2 });
    expect(all).toEqual({
      ids: Int32Array.of(1, 2, 3, 0, 4),
      collisions: Int32Array.of(3, 3, 3, 3, 3),
      candidates: 5,
      visited: 3,
    });
  });

  test.each([true, false])('forced items come first, met or not, each once (ranked: %s)', (ranked) => {
    const forced = { offsets: Int32Array.of(0, 3), ids: Int32Array.of(4, 3, 4) };
    const [found] = ask(tables, query, 1, { limit: 3, ranked, forced });
    expect(found.ids).toEqual(ranked ? Int32Array.of(4, 3, 2) : Int32Array.of(4, 3, 1));
    expect(found.collisions.slice(0, 2)).toEqual(Int32Array.of(0, 0));
  });

  test('one query leaves nothing behind for the next', () => {
    const twice = ask(tables, new Uint32Array(6), 2, { limit: 5, ranked: true });
    expect(twice[1]).toEqual(twice[0]);
  });
});

describe.each(BUILDS)('sortIds, $name', (build) => {
  const arena = arenaOf(build);

  test('sorts each list in place and leaves what follows it alone', () => {
    const cases = fc.record({
      seed: seeds,
      batch: fc.nat({ max: 5 }),
      count: fc.integer({ min: 1, max: 200 }),
    });
    check(cases, ({ seed, batch, count }) => {
      const given = lists(randomOf(seed), batch, count, 70);
      const stride = 71;
      using memory = new Memory(arena);
      const ids = memory.int32(new Int32Array(batch * stride).fill(-1));
      const lengths = memory.int32(
        Array.from({ length: batch }, (_, s) => given.offsets[s + 1] - given.offsets[s]),
      );
      const expected = ids.slice();
      for (let s = 0; s < batch; s++) {
        const list = given.ids.subarray(given.offsets[s], given.offsets[s + 1]);
        ids.set(list, s * stride);
        expected.set(sortIds(list), s * stride);
      }
      const scratch = memory.scratch(8 * Math.ceil(count / 64));
      arena.kernels.sortIds(memory.at(ids), stride, memory.at(lengths), count, 0, batch, scratch);
      memory.check();
      expect(ids).toEqual(expected);
    });
  });
});
