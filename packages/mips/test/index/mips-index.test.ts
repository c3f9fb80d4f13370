import * as fc from 'fast-check';
import { Arena, Team } from '@hashgrad/kernels';
import { crossPolytope, minHash, pStable, simHash, type FamilySpec } from '@hashgrad/lsh';
import { afterAll, describe, expect, test } from 'vitest';
import {
  asymmetricMinHash,
  ExactIndex,
  identity,
  l2Alsh,
  MipsIndex,
  type MipsIndexOptions,
  normRanging,
  qnf,
  recall,
  saAlsh,
  type SearchOptions,
  type SearchResult,
  signAlsh,
  simpleAlsh,
  simpleLsh,
  type TransformSpec,
  xbox,
} from '../../src/index.ts';
import { flat, length, manyLengths, normals, plantedRows, scaled } from '../vectors.ts';

const team = Team.single(new Arena());
const pair = await Team.create(new Arena(), { threads: 2 });
afterAll(() => pair[Symbol.dispose]());

const bits = simHash({ bits: 5, tables: 60, projection: 'hadamard' });
const narrowCells = pStable({ hashes: 2, tables: 60, width: 3 });
const cells = pStable({ hashes: 2, tables: 60, width: 2.5 });

/** Every transform with the families that fit it. */
const PAIRS: readonly [TransformSpec, FamilySpec][] = [
  [identity(), bits],
  [simpleLsh(), bits],
  [simpleLsh(), crossPolytope({ bits: 6, tables: 40, size: 64 })],
  [simpleAlsh(), bits],
  [signAlsh(), bits],
  [l2Alsh(), cells],
  [xbox(), bits],
  [xbox(), narrowCells],
  [qnf({ most: 300, scan: 20 }), bits],
  [qnf({ most: 300, scan: 20 }), pStable({ hashes: 2, tables: 60, width: 3, cells: 64 })],
  [saAlsh({ most: 300, scan: 20 }), bits],
  [normRanging({ blocks: 8 }), bits],
];

const METHODS: readonly [string, Omit<MipsIndexOptions, 'dimensions'>, SearchOptions][] = [
  // So much slack that all vectors are scored, and so many candidates.
  ['signatures', {}, { slack: 1000, reach: 1000 }],
  ['64 bits', { bits: 64 }, { slack: 1000, reach: 1000 }],
  ['320 bits', { bits: 320 }, { slack: 1000, reach: 1000 }],
  ...PAIRS.map(([transform, family]): [string, Omit<MipsIndexOptions, 'dimensions'>, SearchOptions] => [
    `tables of ${transform.kind} and ${family.kind}`,
    { method: 'tables', transform, family },
    { candidates: 5000 },
  ]),
];

function plain({ ids, scores }: SearchResult): { ids: number[]; scores: number[] } {
  return { ids: [...ids], scores: [...scores] };
}

describe('while vectors come and go', () => {
  interface Step {
    readonly kind: 'add' | 'update' | 'remove';
    readonly count: number;
    readonly seed: number;
    /** What lengths are multiplied with: later ones outgrow the first. */
    readonly size: number;
  }
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom('add' as const, 'update' as const, 'remove' as const),
      count: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 600 })),
      seed: fc.nat(),
      size: fc.constantFrom(0.2, 1, 5),
    }),
    { minLength: 1, maxLength: 6 },
  );

  /** Does the steps to an index and an exact one. */
  function apply(index: MipsIndex, exact: ExactIndex, list: readonly Step[]): void {
    let known: number[] = [];
    for (const { kind, count, seed, size } of list) {
      const rows = flat(manyLengths(count, index.dimensions, seed).map((row) => scaled(row, size)));
      if (kind === 'add') {
        const ids = index.add(rows);
        exact.add(rows, ids);
        known = [...known, ...ids];
        continue;
      }
      const ids = known.filter((_, i) => (i * 7 + seed) % 3 === 0).slice(0, count);
      for (const each of [index, exact]) {
        if (kind === 'remove') each.remove(ids);
        else each.update(ids, rows.subarray(0, ids.length * index.dimensions));
      }
      if (kind === 'remove') known = known.filter((id) => !ids.includes(id));
    }
  }

  test.each(METHODS.slice(0, 3))(
    '%s: with all of them scored, what is found is what there is',
    (_, options, all) => {
      fc.assert(
        fc.property(steps, fc.constantFrom(1, 7, 40), (list, k) => {
          using index = new MipsIndex({ dimensions: 9, team, ...options });
          using exact = new ExactIndex({ dimensions: 9, team });
          apply(index, exact, list);
          expect(index.size).toBe(exact.size);
          const queries = flat(normals(5, 9, 3));
          expect(index.searchBatch(queries, k, all)).toEqual(exact.searchBatch(queries, k));
        }),
        { numRuns: 25, seed: 1 },
      );
    },
  );

  test.each(METHODS.slice(3))('%s: scores are true, and most of the best are found', (_, options, all) => {
    let [found, wanted] = [0, 0];
    fc.assert(
      fc.property(steps, (list) => {
        using index = new MipsIndex({ dimensions: 9, team, ...options });
        using exact = new ExactIndex({ dimensions: 9, team });
        apply(index, exact, list);
        expect(index.size).toBe(exact.size);
        const queries = flat(normals(3, 9, 3));
        const truth = exact.searchBatch(queries, exact.size + 1);
        for (const [s, result] of index.searchBatch(queries, 5, all).entries()) {
          const scores = new Map([...(truth[s]?.ids ?? [])].map((id, i) => [id, truth[s]?.scores[i]]));
          expect([...result.scores]).toEqual([...result.ids].map((id) => scores.get(id)));
          expect([...result.scores]).toEqual([...result.scores].toSorted((a, b) => b - a));
          expect(new Set(result.ids).size).toBe(result.ids.length);
          const best = truth[s]?.ids.slice(0, 5) ?? [];
          found += recall(result.ids, best) * best.length;
          wanted += best.length;
        }
      }),
      { numRuns: 8, seed: 1 },
    );
    // Five bits and 60 tables miss little of so few. Longer codes do, and cells that are narrow for the longest vectors.
    const narrow =
      options.family?.kind === 'crossPolytope' ||
      (options.transform?.kind === 'xbox' && options.family === narrowCells);
    expect(found / wanted).toBeGreaterThan(narrow ? 0.5 : 0.85);
  });
});

describe('of 1,000 vectors of many lengths the one with the greatest inner product is found', () => {
  const DIMENSIONS = 32;
  // Of length 1, as distances of XBOX need them: its term |q|^2 says nothing.
  const queries = normals(20, DIMENSIONS, 3).map((q) => scaled(q, 1 / length(q)));
  const rows = plantedRows(queries);
  const planted = queries.map((_, s) => 2 * s);

  test.each([['signatures', {}, {}] as const, ...METHODS.slice(3)])('by %s', (_, options) => {
    using index = new MipsIndex({ dimensions: DIMENSIONS, team, ...options });
    index.add(flat(rows));
    const effort = index.method === 'tables' ? { candidates: 200 } : {};
    const found = index.searchBatch(flat(queries), 1, effort);
    expect(found.map(({ ids }) => ids[0])).toEqual(planted);
    // Far from all were scored.
    expect(index.candidates(flat(queries.slice(0, 1)), 1, effort).length).toBeLessThan(500);
  });

  test('of sets by asymmetric minwise hashing', () => {
    const sets = Array.from({ length: 1000 }, (_, i) =>
      Array.from({ length: 60 }, (_unused, j) =>
        Number((i * 31 + j * j * 17 + i * j) % 7 < 2 && j < 4 + (i % 40)),
      ),
    );
    // A subset of the query is more alike; a larger set that has all of it has the greater intersection.
    const query = Array.from({ length: 60 }, (_, j) => Number(j >= 40));
    sets[100] = query.map((_x, j) => Number(j >= 32));
    sets[200] = query.map((_x, j) => Number(j >= 49));
    using index = new MipsIndex({
      dimensions: 60,
      team,
      transform: asymmetricMinHash({ most: 40 }),
      family: minHash({ hashes: 1, tables: 60 }),
    });
    index.add(flat(sets));
    expect(index.method).toBe('tables');
    const { ids, scores } = index.search(flat([query]), 2, { candidates: 50 });
    expect([ids[0], scores[0]]).toEqual([100, 20]);
  });
});

test.each(METHODS.filter((_, i) => i % 2 === 0))(
  '%s: the same on 1 and 2 threads, alone and in a batch',
  (_, options) => {
    const rows = flat(manyLengths(1500, 20, 5));
    const queries = flat(normals(70, 20, 6));
    const results = [team, pair].map((each) => {
      using index = new MipsIndex({ dimensions: 20, team: each, seed: 3, ...options });
      index.add(rows);
      const alone = Array.from({ length: 70 }, (_unused, s) =>
        plain(index.search(queries.subarray(s * 20, (s + 1) * 20), 7)),
      );
      return { alone, batch: index.searchBatch(queries, 7).map(plain), blocks: options.transform?.kind };
    });
    expect(results[1]).toEqual(results[0]);
    // Where blocks end a search early, others of a batch may keep it going: it then finds as much or more.
    const least = results[0]?.batch.map(
      ({ scores }, s) => (scores[6] ?? 0) >= (results[0]?.alone[s]?.scores[6] ?? 0),
    );
    expect(least).toEqual(Array.from({ length: 70 }, () => true));
  },
);

describe('MipsIndex', () => {
  test('by tables gives k results whenever so many pass a filter', () => {
    using index = new MipsIndex({ dimensions: 8, team, method: 'tables' });
    index.add(flat(normals(3000, 8, 1)));
    const queries = flat(normals(5, 8, 2));
    for (const [every, passing] of [
      [3, 1000],
      [100, 30],
      [600, 5],
    ] as const) {
      const filters = [
        (id: number): boolean => id % every === 0,
        new Set(index.ids().filter((id) => id % every === 0)),
      ];
      for (const filter of filters) {
        for (const { ids } of index.searchBatch(queries, 10, { filter, candidates: 1 })) {
          expect(ids.length).toBe(Math.min(10, passing));
          expect(ids.every((id) => id % every === 0)).toBe(true);
        }
      }
    }
  });

  test('never gives an id again, also after it was hashed another way', () => {
    using index = new MipsIndex({ dimensions: 8, team });
    index.add(flat(normals(50, 8, 1)));
    index.remove(index.ids().subarray(1));
    index.tune({ recall: 0.9, k: 1, bits: [64] });
    expect(index.hashing).toMatchObject({ bits: 64 });
    expect([...index.add(flat(normals(1, 8, 2)))]).toEqual([50]);
  });

  test('of nothing finds nothing', () => {
    using index = new MipsIndex({ dimensions: 3, team });
    expect(plain(index.search(Float32Array.of(1, 2, 3), 4))).toEqual({ ids: [], scores: [] });
    expect(index.searchBatch(new Float32Array(6), 4).map(plain)).toEqual([
      { ids: [], scores: [] },
      { ids: [], scores: [] },
    ]);
    expect([...index.candidates(Float32Array.of(1, 2, 3))]).toEqual([]);
    expect([...index.add(new Float32Array(0))]).toEqual([]);
    index.add(Float32Array.of(1, 1, 1));
    index.remove([0]);
    expect(index.search(Float32Array.of(1, 2, 3), 4).ids).toHaveLength(0);
    index.add(Float32Array.of(2, 2, 2));
    expect(plain(index.search(Float32Array.of(1, 2, 3), 4))).toEqual({ ids: [1], scores: [12] });
  });

  test('searchInto writes into arrays of the caller', () => {
    using index = new MipsIndex({ dimensions: 2, team });
    index.add(Float32Array.of(1, 0, 0, 2, 3, 3));
    const [ids, scores] = [new Uint32Array(4), new Float32Array(4)];
    expect(index.searchInto(Float32Array.of(1, 1), 2, ids, scores, { slack: 9 })).toBe(2);
    expect([...ids, ...scores]).toEqual([2, 1, 0, 0, 6, 2, 0, 0]);
  });

  test('create and dispose in a loop does not grow the arena', () => {
    const rows = flat(manyLengths(600, 10, 4));
    const cycle = (): void => {
      for (const [, options] of [0, 5, 10].map((i) => METHODS[i] as (typeof METHODS)[0])) {
        using index = new MipsIndex({ dimensions: 10, team, ...options });
        index.add(rows);
        index.update([5], rows.subarray(0, 10));
        index.remove([9]);
        index.searchBatch(rows.subarray(0, 100), 3);
        index.candidates(rows.subarray(0, 10), 3);
      }
    };
    cycle();
    const { usedBytes } = team.arena;
    for (let i = 0; i < 5; i++) cycle();
    expect(team.arena.usedBytes).toBe(usedBytes);
  });
});
