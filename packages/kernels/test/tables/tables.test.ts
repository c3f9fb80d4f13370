import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTables, largestCodes } from '../../src/reference/index.ts';
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

describe.each(BUILDS)('largestCodes, $name', (build) => {
  const arena = arenaOf(build);

  test('finds the largest code of each table, compared without sign', () => {
    check(cases, ({ seed, tables, count, gap }) => {
      const given = codes(randomOf(seed), tables * count, 2 ** 32);
      const stride = count + gap;
      using memory = new Memory(arena);
      // What lies between the tables is larger, and does not count.
      const spaced = new Uint32Array(tables * stride).fill(2 ** 32 - 1);
      for (let t = 0; t < tables; t++) spaced.set(given.subarray(t * count, (t + 1) * count), t * stride);
      const largest = memory.uint32(new Uint32Array(tables).fill(7));
      const codesAt = memory.at(memory.uint32(spaced));
      arena.kernels.largestCodes(memory.at(largest), codesAt, stride, count, 0, tables);
      memory.check();
      expect(largest).toEqual(largestCodes(given, tables, count));
    });
  });
});
