import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { ExactIndex, type SearchResult } from '../src/index.ts';
import { dot, flat, length, normals } from './vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

interface Plain {
  readonly ids: number[];
  readonly scores: number[];
}

/** The k best by a plain scan: best first, among equals those with lower ids. */
function scan(rows: readonly number[][], ids: readonly number[], query: readonly number[], k: number): Plain {
  const matches = rows
    .map((row, i) => ({ id: ids[i] as number, score: dot(row, query) }))
    .toSorted((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, k);
  return { ids: matches.map(({ id }) => id), scores: matches.map(({ score }) => score) };
}

function plain({ ids, scores }: SearchResult): Plain {
  return { ids: Array.from(ids), scores: Array.from(scores) };
}

interface Case {
  readonly dimensions: number;
  /** What is added, call by call; ids are left to the index where there are none. */
  readonly parts: readonly { readonly rows: number[][]; readonly ids: number[] | undefined }[];
  readonly queries: number[][];
  readonly k: number;
}

/** Small integers, so that every sum is exact and many are equal. */
const cases: fc.Arbitrary<Case> = fc.constantFrom(1, 3, 16, 127, 129).chain((dimensions) => {
  const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: dimensions, maxLength: dimensions });
  const part = fc.array(row, { maxLength: 25 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      ids: fc.option(
        fc.array(fc.oneof(fc.nat(40), fc.constant(2 ** 32 - 1)), {
          minLength: rows.length,
          maxLength: rows.length,
        }),
        { nil: undefined },
      ),
    }),
  );
  return fc.record({
    dimensions: fc.constant(dimensions),
    parts: fc.array(part, { maxLength: 3 }),
    queries: fc.array(row, { minLength: 1, maxLength: 5 }),
    k: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 6, max: 100 })),
  });
});

describe('against a plain scan', () => {
  test.each([
    ['one thread', team],
    ['two threads', pair],
  ])('on %s, exactly: odd dimensions, ties, empty, own ids, k above and below the size', (_, worker) => {
    const { usedBytes } = worker.arena;
    fc.assert(
      fc.property(cases, ({ dimensions, parts, queries, k }) => {
        using index = new ExactIndex({ dimensions, team: worker });
        const rows: number[][] = [];
        const ids: number[] = [];
        for (const part of parts) {
          const positions = part.rows.map((_row, i) => rows.length + i);
          const added = index.add(flat(part.rows), part.ids && Uint32Array.from(part.ids));
          expect(Array.from(added)).toEqual(positions);
          rows.push(...part.rows);
          ids.push(...(part.ids ?? positions));
        }
        expect([index.size, index.dimensions]).toEqual([rows.length, dimensions]);
        const expected = queries.map((query) => scan(rows, ids, query, k));
        const found = index.searchBatch(flat(queries), k).map(plain);
        expect(found).toEqual(expected);
        expect(queries.map((query) => plain(index.search(flat([query]), k)))).toEqual(found);
      }),
      { numRuns: 200 },
    );
    expect(worker.arena.usedBytes - usedBytes).toBeLessThan(2 ** 21);
  });

  test('real numbers: scores are the inner products to float precision', () => {
    for (const dimensions of [1, 3, 127, 129, 300]) {
      const rows = normals(500, dimensions, dimensions);
      const queries = normals(7, dimensions, dimensions + 1);
      using index = new ExactIndex({ dimensions, team });
      index.add(flat(rows));
      for (const [s, { ids, scores }] of index.searchBatch(flat(queries), 20).entries()) {
        const query = queries[s] as number[];
        const expected = scan(rows, [...rows.keys()], query, 20);
        for (const [i, id] of ids.entries()) {
          const tolerance = 1e-6 * length(query) * length(rows[id] as number[]);
          expect(Math.abs((scores[i] as number) - dot(query, rows[id] as number[]))).toBeLessThan(tolerance);
        }
        expect(Array.from(ids)).toEqual(expected.ids);
      }
    }
  });

  test('more scores than are computed at a time: blocks of queries and of vectors', () => {
    const [count, asked] = [17_000, 260];
    const rows = Array.from({ length: count }, (_, i) => [((i * 7919) % 401) - 200, (i % 23) - 11]);
    const queries = Array.from({ length: asked }, (_, s) => [(s % 7) - 3, (s % 11) - 5]);
    const descending = rows.map((_, i) => count - i);
    using ordered = new ExactIndex({ dimensions: 2, team });
    using reversed = new ExactIndex({ dimensions: 2, team });
    ordered.add(flat(rows));
    reversed.add(flat(rows), descending);
    const found = ordered.searchBatch(flat(queries), 3).map(plain);
    const foundReversed = reversed.searchBatch(flat(queries), 3).map(plain);
    expect([found.length, foundReversed.length]).toEqual([asked, asked]);
    for (let s = 0; s < asked; s += 13) {
      const query = queries[s] as number[];
      expect(found[s]).toEqual(scan(rows, [...rows.keys()], query, 3));
      expect(foundReversed[s]).toEqual(scan(rows, descending, query, 3));
    }
  });
});

describe('results', () => {
  test('by hand: best first, scores larger for better, ids as given', () => {
    using index = new ExactIndex({ dimensions: 2, team });
    expect(Array.from(index.add(Float32Array.of(1, 0, 0, 2), [30, 10]))).toEqual([0, 1]);
    expect(Array.from(index.add(Float32Array.of(3, 4), [20]))).toEqual([2]);
    expect(plain(index.search(Float32Array.of(1, 2), 2))).toEqual({ ids: [20, 10], scores: [11, 4] });
    expect(plain(index.search(Float32Array.of(-1, 0), 9))).toEqual({
      ids: [10, 30, 20],
      scores: [0, -1, -3],
    });
  });

  test('of an empty index are empty', () => {
    using index = new ExactIndex({ dimensions: 3, team });
    expect(plain(index.search(new Float32Array(3), 5))).toEqual({ ids: [], scores: [] });
    expect(index.searchBatch(new Float32Array(6), 5).map(plain)).toEqual([
      { ids: [], scores: [] },
      { ids: [], scores: [] },
    ]);
    expect(index.searchBatch(new Float32Array(0), 5)).toEqual([]);
    expect(Array.from(index.add(new Float32Array(0)))).toEqual([]);
    expect(index.size).toBe(0);
  });

  test('a product that underflows to -0 ties with 0, and is given as 0', () => {
    // In the last coordinate before any padding: adding a later 0 would make it 0 again.
    const rows = [-1e-30, 0, -1].map((last) => [...Array.from({ length: 15 }, () => 0), last]);
    using index = new ExactIndex({ dimensions: 16, team });
    index.add(flat(rows));
    const query = new Float32Array(16).fill(1e-30);
    expect(plain(index.search(query, 1))).toEqual({ ids: [0], scores: [0] });
  });

  test('are not found room for: the arena has what it had', () => {
    const small = Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
    using index = new ExactIndex({ dimensions: 1, team: small });
    index.add(new Float32Array(8000));
    const { usedBytes } = small.arena;
    expect(() => index.searchBatch(new Float32Array(200), 1)).toThrow(
      'No room for an array of 6400000 bytes',
    );
    expect(small.arena.usedBytes).toBe(usedBytes);
  });

  test('have the same bits alone, in a batch, and on 1 and 2 threads', () => {
    const rows = flat(normals(1000, 37, 1));
    const queries = normals(13, 37, 2);
    using one = new ExactIndex({ dimensions: 37, team });
    using two = new ExactIndex({ dimensions: 37, team: pair });
    one.add(rows);
    two.add(rows);
    const results = one.searchBatch(flat(queries), 40).map(plain);
    expect(two.searchBatch(flat(queries), 40).map(plain)).toEqual(results);
    expect(queries.map((query) => plain(one.search(flat([query]), 40)))).toEqual(results);
  });

  test('do not change when the index does', () => {
    using index = new ExactIndex({ dimensions: 1, team });
    index.add(Float32Array.of(1, 2));
    const result = index.search(Float32Array.of(1), 1);
    index.add(Float32Array.of(5));
    index.search(Float32Array.of(-1), 1);
    expect(plain(result)).toEqual({ ids: [1], scores: [2] });
  });
});

describe('memory', () => {
  test('is what memoryUsage says: rows padded to 16 floats, and an id each', () => {
    using index = new ExactIndex({ dimensions: 17, team });
    expect(index.memoryUsage()).toBe(0);
    index.add(new Float32Array(17 * 10));
    expect(index.memoryUsage()).toBe(10 * (32 * 4 + 4));
  });

  test('an index without a team has its own, and two of them grow in turn', () => {
    using a = new ExactIndex({ dimensions: 100 });
    using b = new ExactIndex({ dimensions: 100 });
    const rows = flat(normals(3000, 100, 3));
    for (let i = 0; i < 4; i++) {
      a.add(rows);
      b.add(rows);
    }
    expect(plain(a.search(rows.subarray(0, 100), 8))).toEqual(plain(b.search(rows.subarray(0, 100), 8)));
    expect(a.size).toBe(12_000);
  });

  test('create and dispose in a loop does not grow the arena', () => {
    const rows = flat(normals(500, 20, 4));
    const cycle = (): void => {
      using index = new ExactIndex({ dimensions: 20, team });
      for (let i = 0; i < 5; i++) index.add(rows);
      index.searchBatch(rows.subarray(0, 200), 3);
    };
    cycle();
    const { usedBytes, bytes } = team.arena;
    for (let i = 0; i < 100; i++) cycle();
    expect(team.arena.usedBytes).toBe(usedBytes);
    expect(team.arena.bytes).toBe(bytes);
  });

  test('adding one by one makes room for more now and then only', () => {
    using index = new ExactIndex({ dimensions: 1, team });
    const sizes = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      index.add(Float32Array.of(i));
      sizes.add(index.memoryUsage());
    }
    expect(sizes.size).toBeLessThan(25);
    expect(plain(index.search(Float32Array.of(1), 2))).toEqual({ ids: [999, 998], scores: [999, 998] });
  });

  test('that is full is refused, and the index stays as it was', () => {
    const small = Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
    using index = new ExactIndex({ dimensions: 16, team: small });
    index.add(flat(normals(1000, 16, 5)));
    const before = plain(index.search(new Float32Array(16).fill(1), 3));
    expect(() => index.add(new Float32Array(16 * 20_000))).toThrow(
      /^No room for an array of 1344000 bytes: the arena holds/,
    );
    expect(index.size).toBe(1000);
    expect(plain(index.search(new Float32Array(16).fill(1), 3))).toEqual(before);
  });
});
