import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { HashTables, inclusionProbability, type QueryOptions } from '../../src/index.ts';
import { byTable, emptyResult, lists } from '../queries.ts';

const team = Team.single(new Arena());

/** Tables of items with these codes (by item), and a function to ask them with one query. */
function askable(itemCodes: readonly number[][], buckets: number) {
  const { arena } = team;
  const tables = itemCodes[0]?.length ?? 1;
  const hashTables = new HashTables({ items: itemCodes.length, tables, buckets, team });
  hashTables.build(byTable(arena, itemCodes, tables));
  const ask = (codes: number[], options: QueryOptions): Record<string, unknown> => {
    const result = emptyResult(arena, 1, options.limit);
    hashTables.query(byTable(arena, [codes], tables), 1, options, result);
    const length = result.lengths[0] as number;
    return {
      ids: Array.from(result.ids.subarray(0, length)),
      collisions: Array.from(result.collisions?.subarray(0, length) ?? []),
      candidates: result.candidates[0],
    };
  };
  return { hashTables, ask };
}

describe('queries by hand', () => {
  // In the buckets of (1, 1, 1): table 0 has items 0, 2; table 1 has 2, 3; table 2 has 0, 2, 4.
  const { hashTables, ask } = askable(
    [
      [1, 0, 1],
      [0, 0, 0],
      [1, 1, 1],
      [0, 1, 0],
      [0, 0, 1],
    ],
    2,
  );

  test('entries are the items of all buckets that are read, in the tables that were asked', () => {
    const codes = byTable(
      team.arena,
      [
        [1, 1, 1],
        [0, 0, 0],
      ],
      3,
    );
    // 2 + 2 + 3, and 3 + 3 + 2.
    expect(hashTables.entries(codes, 2)).toBe(15);
    const visited = team.arena.int32(2);
    visited.set([2, 0]);
    expect(hashTables.entries(codes, 2, { visited })).toBe(4);
    codes[5] = 2;
    expect(() => hashTables.entries(codes, 2)).toThrow('Codes are from 0 to 1; vector 1 has 2 in table 2.');
    expect(hashTables.entries(codes, 0)).toBe(0);
  });

  test('count: the most collisions; among equals those met first; in the order met', () => {
    expect(ask([1, 1, 1], { limit: 5 })).toEqual({
      ids: [0, 2, 3, 4],
      collisions: [2, 3, 1, 1],
      candidates: 4,
    });
    expect(ask([1, 1, 1], { limit: 3 })).toEqual({ ids: [0, 2, 3], collisions: [2, 3, 1], candidates: 4 });
    expect(ask([1, 1, 1], { limit: 1 })).toEqual({ ids: [2], collisions: [3], candidates: 4 });
  });

  test('union: tables in order until there are enough', () => {
    expect(ask([1, 1, 1], { limit: 2, rank: 'union' })).toEqual({
      ids: [0, 2],
      collisions: [1, 1],
      candidates: 2,
    });
    expect(ask([1, 1, 1], { limit: 1, rank: 'union' })).toEqual({ ids: [0], collisions: [1], candidates: 2 });
    expect(ask([1, 1, 1], { limit: 3, rank: 'union' })).toEqual({
      ids: [0, 2, 3],
      collisions: [1, 2, 1],
      candidates: 3,
    });
  });

  test('forced ids come first, whatever collides, and count as candidates', () => {
    const forced = lists(team.arena, [[1, 4, 1]]);
    expect(ask([1, 1, 1], { limit: 3, forced })).toEqual({
      ids: [1, 4, 2],
      collisions: [0, 0, 3],
      candidates: 5,
    });
    expect(ask([1, 1, 1], { limit: 3, forced, rank: 'union' })).toEqual({
      ids: [1, 4, 0],
      collisions: [0, 0, 1],
      candidates: 4,
    });
    expect(ask([1, 1, 1], { limit: 1, forced })).toEqual({ ids: [1], collisions: [0], candidates: 5 });
  });

  test('a threshold: so many collisions at least, with either rank', () => {
    expect(ask([1, 1, 1], { limit: 5, minCollisions: 2 })).toEqual({
      ids: [0, 2],
      collisions: [2, 3],
      candidates: 2,
    });
    expect(ask([1, 1, 1], { limit: 1, minCollisions: 2 })).toEqual({
      ids: [2],
      collisions: [3],
      candidates: 2,
    });
    // Item 2 has two collisions after table 1, item 0 only after table 2.
    expect(ask([1, 1, 1], { limit: 1, minCollisions: 2, rank: 'union' })).toEqual({
      ids: [2],
      collisions: [2],
      candidates: 1,
    });
  });

  test('ascending takes the collisions along', () => {
    const forced = lists(team.arena, [[4]]);
    expect(ask([1, 1, 1], { limit: 3, forced, ascending: true })).toEqual({
      ids: [0, 2, 4],
      collisions: [2, 3, 0],
      candidates: 4,
    });
  });

  test('building again replaces what was there', () => {
    hashTables.build(
      byTable(
        team.arena,
        Array.from({ length: 5 }, (_, i) => [i === 3 ? 1 : 0, 0, 0]),
        3,
      ),
    );
    expect(ask([1, 1, 1], { limit: 5 })).toEqual({ ids: [3], collisions: [1], candidates: 1 });
  });

  test('tables that were never built are empty', () => {
    const tables = new HashTables({ items: 3, tables: 1, buckets: 2, team });
    const result = emptyResult(team.arena, 1, 2);
    tables.query(team.arena.uint32(1), 1, { limit: 2 }, result);
    expect([result.lengths[0], result.candidates[0]]).toEqual([0, 0]);
  });
});

const collisionProbability = (query: number, id: number): number => [0.5, 0.25][query]! + id / 10;

describe('inclusion probabilities', () => {
  const { hashTables } = askable(
    [
      [1, 0, 1],
      [0, 0, 0],
      [1, 1, 1],
    ],
    2,
  );
  const codes = byTable(
    team.arena,
    [
      [1, 1, 1],
      [1, 0, 0],
    ],
    3,
  );
  const ask = (options: QueryOptions): number[][] => {
    const inclusion = new Float64Array(2 * options.limit).fill(-7);
    const result = { ...emptyResult(team.arena, 2, options.limit, false), inclusion };
    hashTables.query(codes, 2, { ...options, collisionProbability }, result);
    return [0, 1].map((s) => [...inclusion.subarray(s * options.limit, (s + 1) * options.limit)]);
  };

  test('are those of all tables for whole lists, of one collision or more', () => {
    const [first, second] = ask({ limit: 3 });
    expect(first).toEqual([inclusionProbability(0.5, 3), inclusionProbability(0.7, 3), -7]);
    // Met in the order 0, 2, 1.
    expect(second).toEqual([0.25, 0.45, 0.35].map((p) => inclusionProbability(p, 3)));
    expect(ask({ limit: 3, minCollisions: 2 })[0]).toEqual([
      inclusionProbability(0.5, 3, 2),
      inclusionProbability(0.7, 3, 2),
      -7,
    ]);
  });

  test('are unknown for ranked lists that were cut, and follow the ids when these are sorted', () => {
    expect(ask({ limit: 2 })[1]).toEqual([Number.NaN, Number.NaN]);
    expect(ask({ limit: 3, ascending: true })[1]).toEqual(
      [0.25, 0.35, 0.45].map((p) => inclusionProbability(p, 3)),
    );
  });

  test('are those of the tables that a union visited, and 1 for forced ids', () => {
    expect(ask({ limit: 2, rank: 'union' })[1]).toEqual([0.25, 0.45].map((p) => inclusionProbability(p, 1)));
    const forced = lists(team.arena, [[1], [1]]);
    expect(ask({ limit: 3, forced })[0]).toEqual([
      1,
      inclusionProbability(0.5, 3),
      inclusionProbability(0.7, 3),
    ]);
  });
});

test('cleared tables find nothing, in the order met or ascending', () => {
  const { hashTables, ask } = askable(
    [
      [0, 1],
      [0, 2],
    ],
    4,
  );
  hashTables.clear();
  expect(ask([0, 1], { limit: 4 }).ids).toEqual([]);
  const result = emptyResult(team.arena, 1, 4, false);
  hashTables.query(byTable(team.arena, [[0, 1]], 2), 1, { limit: 4, ascending: true }, result);
  expect([result.lengths[0], result.candidates[0]]).toEqual([0, 0]);
});

test('a ranked query visits all tables, whichever way it is answered', () => {
  const { hashTables } = askable(
    [
      [0, 1],
      [0, 2],
    ],
    4,
  );
  const codes = byTable(team.arena, [[0, 1]], 2);
  for (const ascending of [true, false]) {
    const visited = team.arena.int32(2).fill(-7);
    hashTables.query(codes, 1, { limit: 4, ascending }, { ...emptyResult(team.arena, 1, 4, false), visited });
    expect(visited).toEqual(Int32Array.of(2, -7));
  }
});

describe('statistics', () => {
  test('by hand', () => {
    // Table 0 has buckets of 3, 0, 0, 1 items; table 1 of 1, 2, 1, 0.
    const { hashTables } = askable(
      [
        [0, 1],
        [0, 2],
        [0, 1],
        [3, 0],
      ],
      4,
    );
    expect(hashTables.statistics()).toEqual({
      occupancy: 5 / 8,
      largestBucket: 3,
      // An item drawn at random: (3 * 3 + 1) / 4 in table 0, (1 + 2 * 2 + 1) / 4 in table 1.
      meanBucketOfItem: (10 / 4 + 6 / 4) / 2,
      // Bounds and items as words, and a bitmap of 16 bytes for each bucket.
      bytes: 4 * (2 * 5 + 2 * 4) + 16 * 2 * 4,
      queries: 0,
      candidatesPerQuery: 0,
    });
    const codes = byTable(
      team.arena,
      [
        [0, 1],
        [1, 3],
        [3, 2],
      ],
      2,
    );
    hashTables.query(codes, 3, { limit: 1 }, emptyResult(team.arena, 3, 1));
    expect(hashTables.statistics()).toMatchObject({ queries: 3, candidatesPerQuery: (3 + 0 + 2) / 3 });
  });

  test('of no items', () => {
    const tables = new HashTables({ items: 0, tables: 2, buckets: 4, team });
    tables.build(team.arena.uint32(0));
    expect(tables.statistics()).toMatchObject({
      occupancy: 0,
      largestBucket: 0,
      meanBucketOfItem: 0,
      bytes: 40,
    });
  });
});

test('create and dispose in a loop does not grow the arena', () => {
  const { arena } = team;
  const codes = arena.uint32(8 * 1000).map((_, i) => i % 64);
  const own = arena.uint32(8 * 1000);
  own.set(codes);
  const result = emptyResult(arena, 1000, 4);
  const cycle = (): void => {
    const tables = new HashTables({ items: 1000, tables: 8, buckets: 64, team });
    tables.build(own);
    tables.query(own, 1000, { limit: 4, ascending: true }, result);
    tables[Symbol.dispose]();
  };
  cycle();
  const { usedBytes, bytes } = arena;
  for (let i = 0; i < 200; i++) cycle();
  expect(arena.usedBytes).toBe(usedBytes);
  expect(arena.bytes).toBe(bytes);
});

test('tables that do not fit take nothing', () => {
  const small = Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
  const { usedBytes } = small.arena;
  expect(() => new HashTables({ items: 10_000, tables: 20, buckets: 10_000, team: small })).toThrow(
    'No room for an array of 1600080 bytes',
  );
  expect(small.arena.usedBytes).toBe(usedBytes);
});
