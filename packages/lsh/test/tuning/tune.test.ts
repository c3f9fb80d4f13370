import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import {
  bindHasher,
  type DenseVectors,
  dwta,
  HashTables,
  simHash,
  tune,
  type TuneOptions,
  type Tuning,
} from '../../src/index.ts';
import { nearestItems } from '../../src/tuning/nearest.ts';
import { emptyResult } from '../queries.ts';

const team = Team.single(new Arena());
const { arena } = team;
afterAll(() => arena[Symbol.dispose]());

const COUNT = 1500;
const QUERIES = 60;
const WIDTH = 24;

/** Items in clusters, and queries near some of them. */
function sampleOf(seed: number): { vectors: DenseVectors; queries: DenseVectors } {
  const random = randomStream(seed, 'tune');
  const values = arena.float32(COUNT * WIDTH);
  const centres = Array.from({ length: 100 * WIDTH }, () => random.normal());
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < WIDTH; j++)
      values[i * WIDTH + j] = centres[(i % 100) * WIDTH + j]! + 0.6 * random.normal();
  }
  const asked = arena.float32(QUERIES * WIDTH);
  for (let i = 0; i < asked.length; i++) asked[i] = values[i + 40 * WIDTH]! + 0.4 * random.normal();
  return {
    vectors: { values, stride: WIDTH, width: WIDTH },
    queries: { values: asked, stride: WIDTH, width: WIDTH },
  };
}

const { vectors, queries } = sampleOf(1);
const options: TuneOptions = {
  family: (bits, tables) => simHash({ bits, tables }),
  vectors,
  count: COUNT,
  queries,
  queryCount: QUERIES,
  recall: 0.9,
  hashes: [4, 8],
  mostTables: 60,
  team,
};

/** What tables of the setting really find. */
function found({ spec, tables, minCollisions }: Tuning): { recall: number; candidates: number } {
  const hasher = bindHasher(spec, { dimensions: WIDTH, tailWidth: 0, seed: 1, team });
  const codes = arena.uint32(COUNT * tables);
  const asked = arena.uint32(QUERIES * tables);
  hasher.hash(vectors, COUNT, { codes, stride: COUNT });
  hasher.hash(queries, QUERIES, { codes: asked, stride: QUERIES });
  const index = new HashTables({ items: COUNT, tables, buckets: hasher.buckets, team });
  index.build(codes);
  const result = emptyResult(arena, QUERIES, COUNT);
  index.query(asked, QUERIES, { limit: COUNT, minCollisions }, result);
  const truth = nearestItems(team, vectors, COUNT, queries, QUERIES, 10, 'cosine');
  let hits = 0;
  for (let s = 0; s < QUERIES; s++) {
    const ids = new Set(result.ids.subarray(s * COUNT, s * COUNT + result.lengths[s]!));
    for (let i = 0; i < 10; i++) if (ids.has(truth.ids[10 * s + i]!)) hits++;
  }
  return { recall: hits / (10 * QUERIES), candidates: index.statistics().candidatesPerQuery };
}

describe('tune', () => {
  const settings = tune({ ...options, minCollisions: [1, 2] });

  test('proposes settings whose tables find what it says, and the recall asked for', () => {
    const [best] = settings as [Tuning];
    const { recall, candidates } = found(best);
    expect(recall).toBe(best.recall);
    expect(candidates).toBeCloseTo(best.candidates, 8);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(best.spec).toEqual(simHash({ bits: best.hashes, tables: best.tables }));
  });

  test('the fewest tables of each setting, the cheapest first', () => {
    expect(settings.map(({ hashes, minCollisions }) => `${hashes} ${minCollisions}`).toSorted()).toEqual([
      '4 1',
      '4 2',
      '8 1',
      '8 2',
    ]);
    const times = settings.slice(1).map(({ nanoseconds }) => nanoseconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const byCost = tune({ ...options, costs: { candidate: 0, item: 0, bucket: 0 } });
    expect(byCost[0]?.hashes).toBe(4);
    // The costs of a larger index are those of its size.
    const large = tune({ ...options, hashes: [8], items: 100 * COUNT });
    const small = tune({ ...options, hashes: [8] });
    expect(large[0]!.candidates / small[0]!.candidates).toBeCloseTo(100, 6);
    expect(large[0]!.recall).toBe(small[0]!.recall);
  });

  test('leaves nothing in the arena', () => {
    const { usedBytes } = arena;
    tune(options);
    expect(arena.usedBytes).toBe(usedBytes);
    expect(() => tune({ ...options, recall: 1, hashes: [16], mostTables: 2 })).toThrow(
      'tune: no setting finds 1 of the relevant items with 2 tables or fewer;',
    );
    expect(arena.usedBytes).toBe(usedBytes);
  });

  test('sparse vectors, with lists of what is relevant', () => {
    const offsets = arena.int32(COUNT + 1);
    const ids = arena.int32(COUNT * WIDTH);
    for (let i = 0; i <= COUNT; i++) offsets[i] = i * WIDTH;
    for (let i = 0; i < ids.length; i++) ids[i] = i % WIDTH;
    const sparse = { offsets, ids, values: vectors.values };
    const relevant = nearestItems(team, vectors, COUNT, queries, QUERIES, 10, 'cosine');
    const given = { ...options, hashes: [4], relevant };
    const own = { offsets: offsets.subarray(0, QUERIES + 1), ids, values: queries.values };
    const fromSparse = tune({ ...given, vectors: sparse, queries: own, dimensions: WIDTH });
    expect(fromSparse).toEqual(tune(given));
    expect(() => tune({ ...given, vectors: sparse })).toThrow(
      'tune: sparse vectors need the option dimensions.',
    );
  });

  test.each([
    [{ probe: [2] }, RangeError, 'There is no option probe of tune; there are family, vectors,'],
    [{ costs: { items: 2 } as object }, RangeError, 'There is no option items of costs'],
    [{ recall: 0 }, RangeError, 'tune: recall is above 0 and at most 1; got 0.'],
    [{ count: 0 }, RangeError, 'tune: count is an integer from 1'],
    [{ queryCount: 0.5 }, RangeError, 'tune: queryCount is'],
    [{ mostTables: 0 }, RangeError, 'tune: mostTables is'],
    [{ minCollisions: [61] }, RangeError, 'tune: minCollisions is an integer from 1 to 60; got 61.'],
    [{ probes: [0] }, RangeError, 'tune: probes is'],
    [{ relevant: COUNT + 1 }, RangeError, 'tune: relevant is an integer from 1 to 1500; got 1501.'],
    [
      { relevant: { offsets: [0, 1], ids: [0] } },
      RangeError,
      'the relevant items of 60 queries need 61 offsets',
    ],
    [
      { queryCount: 1, relevant: { offsets: [0, 1], ids: [COUNT] } },
      RangeError,
      'tune: relevant items are from 0 to 1499; got 1500.',
    ],
    [
      { family: (hashes: number, tables: number) => dwta({ hashes, tables }) },
      TypeError,
      'tune: the relevant items of sparse vectors, or of the family dwta, have to be given as lists.',
    ],
  ] as const)('refuses %j', (change, kind, message) => {
    const ask = (): unknown => tune({ ...options, ...change });
    expect(ask).toThrow(kind);
    expect(ask).toThrow(message);
  });
});

function row({ values }: DenseVectors, i: number): number[] {
  return [...values.subarray(i * WIDTH, (i + 1) * WIDTH)];
}

describe('the nearest items', () => {
  test.each(['cosine', 'euclidean'] as const)('by the %s are those of a plain scan', (similarity) => {
    const { offsets, ids } = nearestItems(team, vectors, COUNT, queries, QUERIES, 7, similarity);
    for (let s = 0; s < QUERIES; s += 13) {
      const q = row(queries, s);
      const nearness = Array.from({ length: COUNT }, (_, i) => {
        const x = row(vectors, i);
        const dot = x.reduce((sum, value, j) => sum + value * q[j]!, 0);
        const norm = x.reduce((sum, value) => sum + value * value, 0);
        return similarity === 'cosine'
          ? dot / Math.sqrt(norm)
          : -x.reduce((sum, value, j) => sum + (value - q[j]!) ** 2, 0);
      });
      const best = [...nearness.keys()].toSorted((a, b) => nearness[b]! - nearness[a]!).slice(0, 7);
      const got = Array.from({ length: 7 }, (_, i) => ids[offsets[s]! + i]!);
      expect(got.toSorted()).toEqual(best.toSorted());
    }
  });

  test('count a tail as coordinates', () => {
    const values = arena.float32(8);
    values.set([1, 0, 0, 0, 1, 0, 0, 0]);
    const tail = arena.float32(2);
    tail.set([5, 0]);
    const data = { values, stride: 4, width: 4, tail, tailWidth: 1 };
    const query = { ...data, tail: arena.float32(1) };
    expect(nearestItems(team, data, 2, query, 1, 1, 'cosine').ids[0]).toBe(1);
    expect(
      nearestItems(team, data, 2, { ...data, tail: tail.subarray(0, 1) }, 1, 1, 'euclidean').ids[0],
    ).toBe(0);
  });
});
