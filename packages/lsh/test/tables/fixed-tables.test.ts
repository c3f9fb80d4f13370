import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { FixedTables, type FixedTablesOptions } from '../../src/index.ts';
import { byTable, emptyResult } from '../queries.ts';

const team = Team.single(new Arena());
const { arena } = team;

function contents(tables: FixedTables): number[][] {
  return Array.from({ length: tables.tables * tables.buckets }, (_, i) =>
    Array.from(tables.bucket(Math.floor(i / tables.buckets), i % tables.buckets)),
  );
}

test('FIFO holds the newest items of each bucket', () => {
  const tables = new FixedTables({ items: 9, tables: 1, buckets: 2, capacity: 3, replacement: 'fifo', team });
  tables.build(
    byTable(
      arena,
      [0, 0, 0, 1, 0, 0, 0, 0, 0].map((code) => [code]),
      1,
    ),
  );
  expect(contents(tables).map((ids) => ids.toSorted())).toEqual([[6, 7, 8], [3]]);
  const more = arena.int32(2);
  more.set([0, 1]);
  tables.insert(more, byTable(arena, [[0], [1]], 1));
  expect(contents(tables).map((ids) => ids.toSorted())).toEqual([
    [0, 7, 8],
    [1, 3],
  ]);
});

/** Buckets of a reservoir that 200 items went into. */
function build(owner: Team, seed: number): number[][] {
  const tables = new FixedTables({
    items: 200,
    tables: 9,
    buckets: 3,
    capacity: 4,
    replacement: 'reservoir',
    seed,
    team: owner,
  });
  const codes = owner.arena.uint32(9 * 200);
  for (let i = 0; i < codes.length; i++) codes[i] = (i * 7) % 3;
  tables.build(codes);
  return contents(tables);
}

describe('a reservoir', () => {
  const [items, capacity, draws] = [60, 6, 4000];

  /** How often each item is held, over tables with a stream each, when inserted in two parts. */
  function held(replacement: 'fifo' | 'reservoir'): number[] {
    const tables = new FixedTables({
      items,
      tables: draws,
      buckets: 1,
      capacity,
      replacement,
      seed: 5,
      team,
    });
    const ids = arena.int32(items);
    for (let i = 0; i < items; i++) ids[i] = i;
    const codes = arena.uint32(draws * items);
    tables.insert(ids.subarray(0, 23), codes);
    tables.insert(ids.subarray(23), codes);
    const counts = Array.from({ length: items }, () => 0);
    for (let t = 0; t < draws; t++) for (const id of tables.bucket(t, 0)) counts[id]!++;
    expect(tables.statistics()).toMatchObject({ kept: capacity / items, largestBucket: capacity });
    tables[Symbol.dispose]();
    for (const view of [ids, codes]) arena.free(view);
    return counts;
  }

  test('holds every item of its stream with probability capacity / n, the first and the last alike', () => {
    const p = capacity / items;
    const counts = held('reservoir');
    for (const [id, count] of counts.entries()) {
      expect(Math.abs(count / draws - p), `item ${id}`).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
    }
    // All at once: the sum of squares is chi-squared with 59 degrees of freedom, less what a fixed sum takes.
    const chi = counts.reduce((sum, count) => sum + (count - draws * p) ** 2 / (draws * p * (1 - p)), 0);
    expect(chi).toBeGreaterThan(25);
    expect(chi).toBeLessThan(105);
    // FIFO, for comparison, has no such law.
    expect(held('fifo').slice(0, 3)).toEqual([0, 0, 0]);
  });

  test('draws pairs as one draws without replacement', () => {
    const tables = new FixedTables({
      items: 6,
      tables: 20_000,
      buckets: 1,
      capacity: 2,
      replacement: 'reservoir',
      seed: 9,
      team,
    });
    tables.build(arena.uint32(20_000 * 6));
    const pairs = new Map<string, number>();
    for (let t = 0; t < tables.tables; t++) {
      const key = [...tables.bucket(t, 0)].toSorted().join();
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
    expect(pairs.size).toBe(15);
    const [p, n] = [1 / 15, 20_000];
    for (const count of pairs.values())
      expect(Math.abs(count / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
    tables[Symbol.dispose]();
  });

  test('is the same for the same seed on any number of threads, and another for another', async () => {
    const pair = await Team.create(new Arena(), { threads: 2 });
    expect(build(pair, 3)).toEqual(build(team, 3));
    expect(build(team, 4)).not.toEqual(build(team, 3));
    pair[Symbol.dispose]();
  });
});

test('queries and statistics are those of other tables', () => {
  const options = { items: 4, tables: 2, buckets: 3, capacity: 2, replacement: 'fifo' } as const;
  const tables = new FixedTables({ ...options, team });
  tables.build(
    byTable(
      arena,
      [
        [0, 0],
        [0, 1],
        [1, 1],
        [0, 1],
      ],
      2,
    ),
  );
  const result = emptyResult(arena, 1, 4);
  tables.query(byTable(arena, [[0, 1]], 2), 1, { limit: 4, minCollisions: 1, ascending: true }, result);
  // Item 0 had to leave bucket 0 of table 0, item 1 bucket 1 of table 1.
  expect([...result.ids.subarray(0, result.lengths[0])]).toEqual([1, 2, 3]);
  expect([...result.collisions!.subarray(0, 3)]).toEqual([1, 1, 2]);
  expect(tables.statistics()).toEqual({
    occupancy: 4 / 6,
    largestBucket: 2,
    meanBucketOfItem: (4 + 1 + 1 + 4) / 6,
    bytes: 4 * (2 * 2 + 2 * 3 * (2 + 3)),
    queries: 1,
    candidatesPerQuery: 3,
    kept: 6 / 8,
  });
  tables.clear();
  expect(contents(tables).flat()).toEqual([]);
  expect(tables.statistics().kept).toBe(1);
});

test('an item that is inserted again counts as often as it is held', () => {
  const tables = new FixedTables({ items: 1, tables: 2, buckets: 1, capacity: 3, replacement: 'fifo', team });
  for (let i = 0; i < 3; i++) tables.insert(arena.int32(1), arena.uint32(2));
  const result = emptyResult(arena, 1, 2);
  tables.query(arena.uint32(2), 1, { limit: 2 }, result);
  expect([result.lengths[0], result.ids[0], result.candidates[0]]).toEqual([1, 0, 1]);
  // Never more than there are tables, which would be taken for a forced id.
  expect(result.collisions![0]).toBe(2);
});

describe('FixedTables refuses', () => {
  const options: FixedTablesOptions = {
    items: 3,
    tables: 2,
    buckets: 4,
    capacity: 2,
    replacement: 'fifo',
    team,
  };

  test.each([
    [{ items: -1 }, 'FixedTables: items is an integer from 0 to 536870912; got -1.'],
    [{ tables: 0 }, 'FixedTables: tables is'],
    [{ buckets: 0.5 }, 'FixedTables: buckets is'],
    [{ capacity: 0 }, 'FixedTables: capacity is an integer from 1 to 268435456; got 0.'],
    [{ seeds: 2 }, 'There is no option seeds of FixedTables; there are items, tables, buckets, capacity,'],
    [{ replacement: 'lru' as 'fifo' }, "FixedTables: replacement is 'fifo' or 'reservoir'; got 'lru'."],
    [{ buckets: 2 ** 27, capacity: 128 }, 'No room for an array of'],
    [{ seed: 0.5 }, 'A seed is an integer; got 0.5.'],
  ])('options %o', (change, message) => {
    const { usedBytes } = arena;
    expect(() => new FixedTables({ ...options, ...change })).toThrow(message);
    expect(arena.usedBytes).toBe(usedBytes);
  });

  test('ids and codes out of range', () => {
    const tables = new FixedTables(options);
    const ids = arena.int32(1).fill(3);
    expect(() => tables.insert(ids, arena.uint32(2))).toThrow('insert: item 3 is none; ids are from 0 to 2.');
    expect(() => tables.build(arena.uint32(5))).toThrow('2 codes for each of 3 vectors are 6 codes; got 5.');
    expect(() => tables.build(arena.uint32(6).fill(4))).toThrow('Codes are from 0 to 3');
    expect(contents(tables).flat()).toEqual([]);
  });
});

test('a union counts an item that a bucket holds twice once', () => {
  const tables = new FixedTables({ items: 3, tables: 3, buckets: 1, capacity: 4, replacement: 'fifo', team });
  const ids = arena.int32(3);
  ids.set([0, 0, 1]);
  tables.insert(
    ids,
    byTable(
      arena,
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      3,
    ),
  );
  const result = emptyResult(arena, 1, 2);
  tables.query(arena.uint32(3), 1, { limit: 2, minCollisions: 2, rank: 'union' }, result);
  // Item 1 is met for the second time in the second table.
  expect([...result.ids]).toEqual([0, 1]);
  expect([...result.visited!]).toEqual([2]);
});
