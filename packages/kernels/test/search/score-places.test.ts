import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { bestBytes } from '../../src/index.ts';
import { scorePlaces } from '../../src/reference/index.ts';
import { makeBlocks, makeQueries, placeBlocks, placesOf } from '../block-cases.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, expect, seeds } from '../check.ts';
import { randomOf } from '../data.ts';
import { Memory } from '../memory.ts';
import { bestLists, placeQueries } from '../scans.ts';

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('scorePlaces finds the best of the listed places', () => {
    const cases = fc.record({
      seed: seeds,
      bands: fc.constantFrom([1], [3, 2]),
      size: fc.constantFrom(1, 20, 90),
      width: fc.integer({ min: 1, max: 16 }),
      words: fc.integer({ min: 1, max: 5 }),
      rows: fc.boolean(),
      exact: fc.boolean(),
      k: fc.integer({ min: 1, max: 120 }),
      threshold: fc.constantFrom(-Infinity, -0.5, 0, 30),
      length: fc.nat({ max: 100 }),
    });
    check(cases, ({ seed, k, threshold, length, ...given }) => {
      const random = randomOf(seed);
      const shape = { ...given, exact: given.rows || given.exact };
      const plain = makeBlocks(random, shape);
      const queries = makeQueries(random, plain, shape, 3);
      const places = placesOf(plain)
        .filter(() => random.integer(3) > 0)
        .slice(0, length);
      using memory = new Memory(arena);
      const { at } = placeBlocks(memory, plain);
      const rows = Float32Array.from(queries.flatMap(({ row }) => [...row]));
      const placed = placeQueries(memory, rows, plain.stride, 3);
      const best = memory.scratch(3 * bestBytes(k));
      const list = memory.at(memory.int32(places));
      const asked = [placed.queries, placed.planes, placed.terms, k] as const;
      const scratch = memory.scratch(kernels.int8ScratchBytes(plain.stride));
      kernels.scorePlaces(best, at, ...asked, list, places.length, threshold, 0, 3, scratch);
      memory.check();
      const expected = queries.map((query) => scorePlaces(plain, query, k, places, threshold));
      expect(bestLists(arena, best, 3, k)).toEqual(
        expected.map(({ ids, scores }) => ({ ids: [...ids], scores: [...scores] })),
      );
    });
  });
});
