import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import { ExactIndex, type SearchResult } from '../../src/index.ts';
import { dot, flat, length, normals, scaled } from '../vectors.ts';

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

/** What is done to an index: vectors added under ids, replaced, or removed. */
type Step =
  | { readonly kind: 'add'; readonly rows: number[][]; readonly own: boolean }
  | { readonly kind: 'update' | 'remove'; readonly picks: number[]; readonly rows: number[][] };

interface Case {
  readonly dimensions: number;
  readonly steps: readonly Step[];
  readonly queries: number[][];
  readonly k: number;
}

/** Small integers, so that every sum is exact and many are equal. */
const cases: fc.Arbitrary<Case> = fc.constantFrom(1, 3, 16, 127, 129).chain((dimensions) => {
  const row = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: dimensions, maxLength: dimensions });
  const add = fc.record({
    kind: fc.constant('add' as const),
    rows: fc.array(row, { maxLength: 25 }),
    own: fc.boolean(),
  });
  const change = fc.array(fc.nat(), { maxLength: 10 }).chain((picks) =>
    fc.record({
      kind: fc.constantFrom('update' as const, 'remove' as const),
      picks: fc.constant(picks),
      rows: fc.array(row, { minLength: picks.length, maxLength: picks.length }),
    }),
  );
  return fc.record({
    dimensions: fc.constant(dimensions),
    steps: fc.array(fc.oneof(add, change), { maxLength: 5 }),
    queries: fc.array(row, { minLength: 1, maxLength: 6 }),
    k: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 6, max: 100 })),
  });
});

/** Does the steps to an index and to a plain map, which it gives, with the ids that `add` gave and should have. */
function apply(
  index: ExactIndex,
  steps: readonly Step[],
): { kept: Map<number, number[]>; given: number[]; due: number[] } {
  const kept = new Map<number, number[]>();
  const given: number[] = [];
  const due: number[] = [];
  let greatest = -1;
  for (const step of steps) {
    if (step.kind === 'add') {
      // Ids of one's own leave gaps.
      const ids = step.rows.map((_row, i) => greatest + 1 + (step.own ? 3 * (step.rows.length - i) : i));
      const added = index.add(flat(step.rows), step.own ? ids : undefined);
      given.push(...added);
      due.push(...ids);
      greatest = Math.max(greatest, ...ids);
      for (const [i, id] of added.entries()) kept.set(id, step.rows[i] as number[]);
      continue;
    }
    const known = [...kept.keys()];
    const ids =
      known.length === 0 ? [] : [...new Set(step.picks.map((pick) => known[pick % known.length] as number))];
    const rows = step.rows.slice(0, ids.length);
    if (step.kind === 'update') index.update(ids, flat(rows));
    else index.remove(ids);
    for (const [i, id] of ids.entries()) {
      if (step.kind === 'update') kept.set(id, rows[i] as number[]);
      else kept.delete(id);
    }
  }
  return { kept, given, due };
}

const KINDS = [
  ['one thread', team, false],
  ['two threads', pair, false],
  ['one thread, int8', team, true],
  ['two threads, int8', pair, true],
] as const;

describe('against a plain scan', () => {
  test.each(KINDS)(
    'on %s, exactly: odd dimensions, ties, changes, k above and below the size',
    (_, worker, int8) => {
      fc.assert(
        fc.property(cases, ({ dimensions, steps, queries, k }) => {
          using index = new ExactIndex({ dimensions, team: worker, int8 });
          const { kept, given, due } = apply(index, steps);
          expect(given).toEqual(due);
          expect([index.size, index.dimensions]).toEqual([kept.size, dimensions]);
          const expected = queries.map((query) => scan([...kept.values()], [...kept.keys()], query, k));
          const found = index.searchBatch(flat(queries), k).map(plain);
          expect(found).toEqual(expected);
          expect(queries.map((query) => plain(index.search(flat([query]), k)))).toEqual(found);
        }),
        { numRuns: 100, seed: 1 },
      );
    },
  );

  test.each([false, true])(
    'real numbers: scores are the inner products to float precision (int8: %s)',
    (int8) => {
      for (const dimensions of [1, 3, 127, 129, 300]) {
        const rows = normals(500, dimensions, dimensions);
        const queries = normals(7, dimensions, dimensions + 1);
        using index = new ExactIndex({ dimensions, team, int8 });
        index.add(flat(rows));
        for (const [s, { ids, scores }] of index.searchBatch(flat(queries), 20).entries()) {
          const query = queries[s] as number[];
          const best = scan(rows, [...rows.keys()], query, 20);
          expect(new Set(ids).size).toBe(20);
          for (const [i, id] of ids.entries()) {
            const tolerance = 1e-6 * length(query) * length(rows[id] as number[]);
            const product = dot(query, rows[id] as number[]);
            expect(Math.abs((scores[i] as number) - product)).toBeLessThan(tolerance);
            // In place i is the i-th best, or one that rounding does not tell from it.
            expect(Math.abs(product - (best.scores[i] as number))).toBeLessThan(2 * tolerance);
          }
        }
      }
    },
  );

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
    expect(Array.from(index.add(Float32Array.of(1, 0, 0, 2), [30, 10]))).toEqual([30, 10]);
    expect(Array.from(index.add(Float32Array.of(3, 4), [20]))).toEqual([20]);
    expect(Array.from(index.add(Float32Array.of(-9, -9)))).toEqual([31]);
    index.remove([31]);
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

  test('are not found room for: the index stays as it was', () => {
    const small = Team.single(new Arena({ shared: false, capacity: 2 ** 20 }));
    using index = new ExactIndex({ dimensions: 1, team: small });
    index.add(new Float32Array(8000));
    expect(() => index.searchBatch(new Float32Array(64), 8000)).toThrow(/^No room for an array of \d+ bytes/);
    expect(index.search(Float32Array.of(1), 3).ids).toHaveLength(3);
  });

  test('have the same bits alone, in a batch, on 1 and 2 threads, with int8 and without', () => {
    // Lengths and coordinates of many sizes, among them some that 8 bits, or the squares of 32-bit floats, do not hold.
    const rows = normals(3000, 37, 1).map((row, i) => scaled(row, Math.exp((i % 7) - 3)));
    for (let i = 0; i < 40; i++) rows[50 * i] = scaled(rows[50 * i] as number[], 10 ** (i - 30));
    const queries = [
      ...normals(13, 37, 2),
      ...normals(1, 37, 3).map((row) => scaled(row, 1e-32)),
      normals(1, 37, 4)[0]?.map(() => 0) ?? [],
    ];
    const results = KINDS.map(([, worker, int8]) => {
      using index = new ExactIndex({ dimensions: 37, team: worker, int8 });
      index.add(flat(rows));
      const batch = index.searchBatch(flat(queries), 40).map(plain);
      expect(queries.map((query) => plain(index.search(flat([query]), 40)))).toEqual(batch);
      return batch;
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test('searchInto writes into arrays of the caller', () => {
    using index = new ExactIndex({ dimensions: 2, team });
    index.add(Float32Array.of(1, 0, 0, 2, 3, 3));
    const [ids, scores] = [new Uint32Array(4), new Float32Array(4)];
    expect(index.searchInto(Float32Array.of(1, 1), 2, ids, scores)).toBe(2);
    expect([...ids, ...scores]).toEqual([2, 1, 0, 0, 6, 2, 0, 0]);
    expect(index.searchInto(Float32Array.of(1, 1), 10, ids, scores)).toBe(3);
    expect(() => index.searchInto(Float32Array.of(1, 1), 3, ids.subarray(2), scores)).toThrow(
      new RangeError('3 results do not fit into arrays of 2 ids and 4 scores.'),
    );
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
  test('is what memoryUsage says: rows padded to 16 floats, an id each, and 8-bit copies', () => {
    for (const int8 of [false, true]) {
      using index = new ExactIndex({ dimensions: 17, team, int8 });
      const before = index.memoryUsage();
      index.add(new Float32Array(17 * 10));
      expect(index.memoryUsage() - before).toBe(10 * (32 * 4 + 4 + (int8 ? 32 + 12 : 0)));
    }
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
      index.remove([3, 5]);
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
