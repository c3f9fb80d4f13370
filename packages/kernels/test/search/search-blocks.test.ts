import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { bestBytes } from '../../src/index.ts';
import {
  type BlockQuery,
  type BlockSearch,
  type PlainBlocks,
  scanRows,
  searchBlocks,
  vectorAt,
} from '../../src/reference/index.ts';
import { type BlockShape, makeBlocks, makeQueries, placeBlocks, placesOf } from '../block-cases.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, expect, seeds } from '../check.ts';
import { codes, type Random, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { bestLists, placeQueries, roundQuery } from '../scans.ts';

/** Bands of few and of many blocks, blocks of few and of many vectors, some hundreds of vectors in all. */
const shapes: fc.Arbitrary<BlockShape> = fc
  .constantFrom<[bands: number[], size: number]>(
    [[1], 256],
    [[1, 1, 1], 256],
    [[2, 1], 100],
    [[6], 60],
    [[4, 5, 1, 9], 16],
    [[1, 30], 7],
    [[8, 0, 7], 33],
  )
  .chain(([bands, size]) =>
    fc.record({
      bands: fc.constant(bands),
      size: fc.constant(size),
      width: fc.integer({ min: 8, max: 16 }),
      words: fc.integer({ min: 1, max: 5 }),
      rows: fc.boolean(),
      exact: fc.constant(true),
    }),
  );

const ks = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 2, 100, 2000));

/** Each takes some hundreds of vectors. */
const RUNS = 20;

/** A search in which nothing that may be among the best is left out. */
const WIDE = { most: 2 ** 30, slack: 1000, reach: 1000, deviation: 0.1, threshold: -Infinity };

/** Bits for about two places of three. */
function someAllowed(random: Random, { blocks }: PlainBlocks): Uint32Array {
  const length = 8 * blocks.length;
  const [a, b] = [codes(random, length, 2 ** 32), codes(random, length, 2 ** 32)];
  return a.map((word, i) => word | (b[i] & (b[i] << 1)));
}

/** The best of all vectors that are allowed, by their rows. */
function scan(plain: PlainBlocks, { row }: BlockQuery, { k, threshold, allowed }: BlockSearch) {
  const places = placesOf(plain).filter((place) => !allowed || (allowed[place >> 5] >> (place & 31)) & 1);
  const vectors = places.map((place) => vectorAt(plain, place));
  const rows = Float32Array.from(vectors.flatMap((vector) => [...vector.row]));
  const ids = Uint32Array.from(vectors, ({ id }) => id);
  const found = scanRows({ rows, stride: plain.stride, ids }, row, k, threshold);
  return { ids: [...found.ids], scores: [...found.scores].map((score) => score + 0) };
}

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  /** What the kernel finds for each query, how many it scored, and for the first query which. */
  function search(plain: PlainBlocks, queries: readonly BlockQuery[], options: BlockSearch) {
    const { k, most, slack, reach, deviation, threshold, allowed } = options;
    const { stride, words, blocks } = plain;
    using memory = new Memory(arena);
    const { at } = placeBlocks(memory, plain);
    const asked = queries.length;
    const rows = Float32Array.from(queries.flatMap(({ row }) => [...row]));
    const placed = placeQueries(memory, rows, stride, asked);
    const projections = memory.float32(queries.flatMap(({ projection }) => [...projection]));
    const best = memory.scratch(asked * bestBytes(k));
    const scored = memory.int32(asked);
    const listed = memory.uint32(placesOf(plain).length).fill(0xffffffff);
    const bits = allowed ? memory.int32([...allowed].map((word) => word | 0)) : undefined;
    const run = (list: number, end: number): void => {
      const scratch = memory.scratch(kernels.searchBlocksScratchBytes(stride, words, k, blocks.length));
      kernels.searchBlocks(
        ...([best, memory.at(scored), list, at, placed.queries, placed.planes, placed.terms] as const),
        ...([memory.at(projections), k, most, slack, reach, deviation, threshold, memory.at(bits)] as const),
        ...([0, end, scratch] as const),
      );
      memory.check();
    };
    run(0, asked);
    const counts = [...scored];
    const found = bestLists(arena, best, asked, k);
    run(memory.at(listed), 1);
    expect(bestLists(arena, best, 1, k)).toEqual([found[0]]);
    expect([...listed.subarray(counts[0])].every((id) => id === 0xffffffff)).toBe(true);
    return { found, counts, ids: [...listed.subarray(0, counts[0])] };
  }

  const searches = fc.record({
    seed: seeds,
    k: ks,
    share: fc.constantFrom(0, 0.1, 0.5, 1, 2),
    slack: fc.double({ min: -1, max: 3, noNaN: true }),
    reach: fc.double({ min: 0, max: 3, noNaN: true }),
    threshold: fc.constantFrom(-Infinity, -200, 0, 1, 50, Infinity),
    filtered: fc.boolean(),
  });

  test('finds, and scores, what the reference does', () => {
    check(
      fc.tuple(shapes, searches, fc.boolean()),
      ([shape, given, exact]) => {
        const random = randomOf(given.seed);
        // Rows of real numbers have scores that are rounded in another order.
        const made = {
          ...shape,
          exact: shape.rows || exact,
          width: shape.rows || exact ? shape.width : 5 * shape.width,
        };
        const plain = makeBlocks(random, made);
        const queries = makeQueries(random, plain, made, 3);
        const options = {
          ...given,
          deviation: 0.1,
          most: Math.ceil(given.share * placesOf(plain).length),
          allowed: given.filtered ? someAllowed(random, plain) : undefined,
        };
        const { found, counts, ids } = search(plain, queries, options);
        const expected = queries.map((query) => searchBlocks(plain, query, options));
        expect(found).toEqual(expected.map((one) => ({ ids: [...one.ids], scores: [...one.scores] })));
        expect(counts).toEqual(expected.map(({ scored }) => scored.length));
        expect(ids).toEqual([...expected[0].scored]);
      },
      RUNS,
    );
  });

  test('that leaves nothing out finds what an exact scan finds', () => {
    check(
      fc.tuple(shapes, searches),
      ([shape, { seed, k, threshold, filtered }]) => {
        const random = randomOf(seed);
        const plain = makeBlocks(random, shape);
        const queries = makeQueries(random, plain, shape, 3);
        const allowed = filtered ? someAllowed(random, plain) : undefined;
        const options = { ...WIDE, k, threshold, allowed };
        expect(search(plain, queries, options).found).toEqual(
          queries.map((query) => scan(plain, query, options)),
        );
      },
      RUNS,
    );
  });

  test('of equal vectors finds those of the lowest ids, wherever they are', () => {
    check(
      fc.tuple(shapes, searches, fc.integer({ min: 1, max: 3 })),
      ([shape, { seed, k }, kinds]) => {
        const random = randomOf(seed);
        // One length, so that no band is ahead of others.
        const plain = makeBlocks(random, {
          ...shape,
          bands: [shape.bands.reduce((sum, count) => sum + count)],
        });
        const models = Array.from({ length: kinds }, () => {
          const places = placesOf(plain);
          return vectorAt(plain, places[random.integer(places.length)]);
        });
        const longest = Math.max(...models.map(({ length }) => length));
        const blocks = plain.blocks.map((block) => ({
          ...block,
          longest,
          vectors: block.vectors.map(({ id }) => ({ ...models[id % kinds], id })),
        }));
        const equal = { ...plain, blocks };
        const queries = makeQueries(random, plain, shape, 2);
        const options = { ...WIDE, k };
        expect(search(equal, queries, options).found).toEqual(
          queries.map((query) => scan(equal, query, options)),
        );
      },
      RUNS,
    );
  });

  test('finds, and scores, what the reference does for vectors and queries of great and small magnitudes', () => {
    const powers = fc.record({
      vectors: fc.integer({ min: -60, max: 10 }),
      queries: fc.integer({ min: 0, max: 100 }),
    });
    check(
      fc.tuple(shapes, searches, powers),
      ([shape, { seed, k, slack, reach }, given]) => {
        const random = randomOf(seed);
        const plain = makeBlocks(random, shape);
        const queries = makeQueries(random, plain, shape, 2);
        const [vectorScale, queryScale] = [2 ** given.vectors, 2 ** given.queries];
        const scaled = {
          ...plain,
          blocks: plain.blocks.map((block) => ({
            ...block,
            longest: block.longest * vectorScale,
            vectors: block.vectors.map(({ row, scale, length, ...rest }) => ({
              ...rest,
              row: row.map((x) => x * vectorScale),
              scale: scale * vectorScale,
              length: length * vectorScale,
            })),
          })),
        };
        const asked = queries.map(({ row, projection }) => {
          const large = row.map((x) => x * queryScale);
          return { row: large, projection: projection.map((x) => x * queryScale), ...roundQuery(large) };
        });
        const options = { ...WIDE, k, slack, reach };
        const { found, counts } = search(scaled, asked, options);
        const expected = asked.map((query) => searchBlocks(scaled, query, options));
        expect(found).toEqual(expected.map((one) => ({ ids: [...one.ids], scores: [...one.scores] })));
        expect(counts).toEqual(expected.map(({ scored }) => scored.length));
      },
      RUNS,
    );
  });

  test('of real numbers gives the scores of rows, to the bit those of scorePlaces', () => {
    check(
      fc.tuple(shapes, searches),
      ([shape, { seed, k, threshold }]) => {
        const random = randomOf(seed);
        const made = { ...shape, exact: false, width: 3 * shape.width };
        const plain = makeBlocks(random, made);
        const queries = makeQueries(random, plain, made, 2);
        const [{ ids, scores }] = search(plain, queries, { ...WIDE, k, threshold }).found;
        using memory = new Memory(arena);
        const { at } = placeBlocks(memory, plain);
        const placed = placeQueries(memory, queries[0].row, plain.stride, 1);
        const places = placesOf(plain);
        const all = memory.int32(places);
        const best = memory.scratch(bestBytes(places.length));
        const scratch = memory.scratch(kernels.int8ScratchBytes(plain.stride));
        const asked = [placed.queries, placed.planes, placed.terms, places.length] as const;
        kernels.scorePlaces(best, at, ...asked, memory.at(all), places.length, threshold, 0, 1, scratch);
        const [exact] = bestLists(arena, best, 1, places.length);
        const scoreOf = new Map(exact.ids.map((id, i) => [id, exact.scores[i]]));
        expect(scores).toEqual(ids.map((id) => scoreOf.get(id)));
        // All that there are: none was missed, and they are in their order.
        if (k >= places.length && threshold === -Infinity) expect(ids).toEqual(exact.ids);
      },
      RUNS,
    );
  });
});
