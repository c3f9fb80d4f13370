import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTables, countEntries, largestCode } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { codes, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  tables: fc.integer({ min: 1, max: 6 }),
  count: fc.nat({ max: 140 }),
  buckets: fc.integer({ min: 1, max: 70 }),
  gap: fc.nat({ max: 3 }),
});

describe.each(BUILDS)('buildTables, $name', (build) => {
  const arena = arenaOf(build);

  test('lists the items of each bucket in ascending order', () => {
    check(cases, ({ seed, tables, count, buckets, gap }) => {
      const given = codes(randomOf(seed), tables * count, buckets);
      const expected = buildTables(given, tables, count, buckets);
      const stride = count + gap;
      const spaced = new Uint32Array(tables * stride);
      for (let t = 0; t < tables; t++) spaced.set(given.subarray(t * count, (t + 1) * count), t * stride);
      using memory = new Memory(arena);
      const starts = memory.int32(new Int32Array(tables * (buckets + 1)).fill(-1));
      const items = memory.int32(new Int32Array(tables * stride).fill(-1));
      const codesAt = memory.at(memory.uint32(spaced));
      arena.kernels.buildTables(
        memory.at(starts),
        memory.at(items),
        stride,
        codesAt,
        stride,
        count,
        buckets,
        0,
        tables,
      );
      memory.check();
      expect(starts).toEqual(expected.starts);
      for (let t = 0; t < tables; t++) {
        const [from, to] = [t * stride, t * stride + count];
        expect(items.slice(from, to)).toEqual(expected.items.slice(t * count, (t + 1) * count));
        expect(items.slice(to, from + stride)).toEqual(new Int32Array(gap).fill(-1));
      }
    });
  });
});

describe.each(BUILDS)('codes, $name', (build) => {
  const arena = arenaOf(build);

  test('the largest is found, compared without sign', () => {
    check(cases, ({ seed, count, gap }) => {
      const given = codes(randomOf(seed), count, 2 ** 32);
      using memory = new Memory(arena);
      // What lies after them is larger, and does not count.
      const spaced = new Uint32Array(count + gap).fill(2 ** 32 - 1);
      spaced.set(given);
      expect(arena.kernels.largestCode(memory.at(memory.uint32(spaced)), count) >>> 0).toBe(
        largestCode(given, count),
      );
    });
  });

  test('the entries of their buckets are counted, of the tables that each query asked', () => {
    const asked = fc.record({
      queries: fc.nat({ max: 9 }),
      probes: fc.integer({ min: 1, max: 3 }),
      some: fc.boolean(),
    });
    check(fc.tuple(cases, asked), ([{ seed, tables, count }, { queries, probes, some }]) => {
      const random = randomOf(seed);
      const buckets = 5;
      const built = buildTables(codes(random, tables * count, buckets), tables, count, buckets);
      const given = codes(random, tables * probes * queries, buckets);
      const visited = Int32Array.from({ length: queries }, () => Math.floor(random.uniform() * (tables + 1)));
      using memory = new Memory(arena);
      const actual = arena.kernels.countEntries(
        memory.at(memory.int32(built.starts)),
        1,
        buckets + 1,
        memory.at(memory.uint32(given)),
        tables,
        probes,
        some ? memory.at(memory.int32(visited)) : 0,
        queries,
      );
      expect(actual).toBe(countEntries(built, given, probes, queries, some ? visited : undefined));
    });
  });
});
