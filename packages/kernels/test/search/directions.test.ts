import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import {
  NEAREST_GROUPS,
  nearestToCentres,
  pairPlaces,
  projectPlaces,
  routePlaces,
  sumDirections,
  vectorAt,
} from '../../src/reference/index.ts';
import {
  type BlockShape,
  makeBlocks,
  makeGroups,
  placeBlocks,
  placeGroups,
  placesOf,
} from '../block-cases.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, expect, seeds } from '../check.ts';
import { floats, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const RUNS = 30;

const cases = fc.record({
  seed: seeds,
  bands: fc
    .array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 4 })
    .filter((bands) => Math.max(...bands) > 0),
  size: fc.constantFrom(1, 7, 20),
  width: dimensions,
  rows: fc.boolean(),
  exact: fc.constant(false),
  words: fc.constantFrom(1, 3),
  count: fc.integer({ min: 1, max: 12 }),
});

/** Roundings of a product of directions: those of each coordinate, and one for each term. */
const roundings = (stride: number): number => stride + 8;
const ones = (length: number): Float32Array => new Float32Array(length).fill(1.001);

describe.each(BUILDS)('$name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  /** Makes blocks, and `lists` lists of `count` places. */
  function setUp(memory: Memory, given: BlockShape & { seed: number; count: number }, lists: number) {
    const random = randomOf(given.seed);
    const plain = makeBlocks(random, given);
    const { at } = placeBlocks(memory, plain);
    const places = placesOf(plain);
    const made = Array.from({ length: lists }, () =>
      memory.int32(Array.from({ length: given.count }, () => places[random.integer(places.length)])),
    );
    return { random, plain, at, made, scratch: memory.scratch(kernels.directionScratchBytes(plain.stride)) };
  }

  test('pairPlaces gives the cosines of pairs', () => {
    check(
      cases,
      (given) => {
        using memory = new Memory(arena);
        const { plain, at, made, scratch } = setUp(memory, given, 2);
        const [places, others] = made;
        const cosines = memory.float32(given.count);
        const lists = [memory.at(places), memory.at(others)] as const;
        kernels.pairPlaces(memory.at(cosines), at, ...lists, 0, given.count, scratch);
        memory.check();
        const expected = pairPlaces(plain, places, others);
        expect(cosines).toBeWithinRoundings(roundings(plain.stride), expected, ones(given.count));
        // What codes say is about what the vectors are.
        for (const [i, place] of places.entries()) {
          const [a, b] = [vectorAt(plain, place), vectorAt(plain, others[i])];
          const product = a.row.reduce((sum, x, j) => sum + x * b.row[j], 0);
          expect(Math.abs(cosines[i] * a.length * b.length - product)).toBeLessThanOrEqual(
            0.1 * a.length * b.length,
          );
        }
      },
      RUNS,
    );
  });

  test('projectPlaces gives the cosines with a direction', () => {
    check(
      cases,
      (given) => {
        using memory = new Memory(arena);
        const { random, plain, at, made, scratch } = setUp(memory, given, 1);
        const [places] = made;
        const direction = memory.float32(floats(random, plain.stride));
        const cosines = memory.float32(given.count);
        const lists = [memory.at(places), memory.at(direction)] as const;
        kernels.projectPlaces(memory.at(cosines), at, ...lists, 0, given.count, scratch);
        memory.check();
        const most = ones(given.count).fill(1.001 * Math.hypot(...direction));
        const expected = projectPlaces(plain, places, direction);
        expect(cosines).toBeWithinRoundings(roundings(plain.stride), expected, most);
      },
      RUNS,
    );
  });

  test('sumDirections adds directions up, or subtracts them', () => {
    check(
      fc.tuple(cases, fc.integer({ min: 1, max: 4 }), fc.boolean()),
      ([given, lists, signed]) => {
        using memory = new Memory(arena);
        const count = given.count * lists;
        const { random, plain, at, made, scratch } = setUp(memory, { ...given, count }, 1);
        const [places] = made;
        const signs = signed ? memory.float32(floats(random, count)) : undefined;
        const totals = memory.float32(lists * plain.stride);
        totals.fill(NaN);
        const args = [at, memory.at(places), memory.at(signs), given.count] as const;
        kernels.sumDirections(memory.at(totals), ...args, 0, lists, scratch);
        memory.check();
        const most = ones(totals.length).fill(given.count);
        const expected = sumDirections(plain, places, signs, given.count);
        expect(totals).toBeWithinRoundings(given.count + 4, expected, most);
      },
      RUNS,
    );
  });

  test('routePlaces finds the nearest block of a band, in its nearest groups where it has any', () => {
    check(
      fc.tuple(cases, fc.constantFrom(0, 2, 20)),
      ([given, most]) => {
        using memory = new Memory(arena);
        const { random, plain, at, made } = setUp(memory, given, 1);
        const groups = makeGroups(random, plain, most);
        const groupsAt = placeGroups(memory, groups, plain.stride);
        const [places] = made;
        const bandOf = memory.int32(Array.from(places, () => random.integer(given.bands.length)));
        const numbers = memory.int32(given.count);
        const lists = [memory.at(places), memory.at(bandOf)] as const;
        const scratch = memory.scratch(kernels.routeScratchBytes(plain.stride));
        kernels.routePlaces(memory.at(numbers), at, groupsAt, ...lists, 0, given.count, scratch);
        memory.check();
        const expected = routePlaces(plain, groups, places, bandOf);
        for (const [i, number] of numbers.entries()) {
          if (number === expected[i]) continue;
          expect(plain.bands[bandOf[i]]).toContain(number);
          // Only where rounding decides which of two is nearer: of two blocks, or of two groups.
          const place = Int32Array.of(places[i]);
          const cosine = (centre: Float32Array): number => projectPlaces(plain, place, centre)[0];
          const [found, best] = [number, expected[i]].map((each) => cosine(plain.blocks[each].centre));
          if (found >= best - 1e-5 && found <= best + 1e-5) continue;
          const near = groups[bandOf[i]].map(({ centre }) => cosine(centre)).toSorted((a, b) => b - a);
          expect(near[NEAREST_GROUPS - 1] - near[NEAREST_GROUPS]).toBeLessThan(1e-5);
        }
      },
      RUNS,
    );
  });

  test('nearestToCentres finds the row that is nearest to each centre', () => {
    check(
      fc.tuple(cases, fc.integer({ min: 1, max: 9 })),
      ([given, rowCount]) => {
        using memory = new Memory(arena);
        const { random, plain, at } = setUp(memory, given, 1);
        const rows = Array.from({ length: rowCount }, () => floats(random, plain.stride));
        const numbers = memory.int32(
          Array.from({ length: given.count }, () => random.integer(plain.blocks.length)),
        );
        const nearest = memory.int32(given.count);
        const placed = memory.at(memory.float32(rows.flatMap((row) => [...row])));
        const args = [at, memory.at(numbers), placed, rowCount] as const;
        kernels.nearestToCentres(memory.at(nearest), ...args, 0, given.count, memory.scratch(8));
        memory.check();
        const expected = nearestToCentres(plain, numbers, rows);
        const along = (i: number, row: number): number =>
          plain.blocks[numbers[i]].centre.reduce((sum, x, k) => sum + x * rows[row][k], 0);
        for (const [i, row] of nearest.entries()) {
          expect(along(i, row)).toBeGreaterThanOrEqual(along(i, expected[i]) - 1e-5 * plain.stride);
        }
      },
      RUNS,
    );
  });

  test('of equal centres routePlaces takes the first in order', () => {
    const given = {
      bands: [1, 6],
      size: 4,
      width: 9,
      words: 1,
      rows: false,
      exact: false,
      seed: 5,
      count: 12,
    };
    using memory = new Memory(arena);
    const random = randomOf(given.seed);
    const plain = makeBlocks(random, given);
    for (const { centre } of plain.blocks) centre.set(plain.blocks[0].centre);
    const { at } = placeBlocks(memory, plain);
    const places = placesOf(plain);
    const numbers = memory.int32(places.length);
    const bandOf = memory.int32(places.map((_, i) => i % 2));
    const scratch = memory.scratch(kernels.routeScratchBytes(plain.stride));
    const lists = [memory.at(memory.int32(places)), memory.at(bandOf)] as const;
    const groups = placeGroups(memory, makeGroups(random, plain, 0), plain.stride);
    kernels.routePlaces(memory.at(numbers), at, groups, ...lists, 0, places.length, scratch);
    expect([...numbers]).toEqual(places.map((_, i) => plain.bands[i % 2][0]));
  });
});
