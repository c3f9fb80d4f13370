import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feedBuckets } from '../../src/reference/index.ts';
import type { FixedBucket } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { codes, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  tables: fc.integer({ min: 1, max: 4 }),
  buckets: fc.integer({ min: 1, max: 5 }),
  capacity: fc.integer({ min: 1, max: 6 }),
  count: fc.nat({ max: 60 }),
  steps: fc.integer({ min: 1, max: 4 }),
  reservoir: fc.boolean(),
  named: fc.boolean(),
});

describe.each(BUILDS)('feedBuckets, $name', (build) => {
  const arena = arenaOf(build);

  test('holds what the reference holds, at the same places', () => {
    check(
      cases,
      ({ seed, tables, buckets, capacity, count, steps, reservoir, named }) => {
        const random = randomOf(seed);
        using memory = new Memory(arena);
        const bounds = memory.int32(tables * buckets * 3);
        for (let b = 0; b < tables * buckets; b++) bounds.fill((b % buckets) * capacity, 3 * b, 3 * b + 2);
        const slots = memory.int32(new Int32Array(tables * buckets * capacity).fill(-1));
        const states = memory.uint32(codes(random, 2 * tables, 2 ** 32));
        const expected = Array.from({ length: tables }, (_, t) => ({
          state: BigInt(states[2 * t]) | (BigInt(states[2 * t + 1]) << 32n),
          buckets: Array.from({ length: buckets }, (): FixedBucket => ({ items: [], seen: 0 })),
        }));
        for (let step = 0; step < steps; step++) {
          const given = codes(random, tables * count, buckets);
          const ids = Int32Array.from({ length: count }, (_, i) => (named ? random.integer(1000) : i));
          arena.kernels.feedBuckets(
            memory.at(bounds),
            memory.at(slots),
            capacity,
            buckets,
            memory.at(states),
            Number(reservoir),
            named ? memory.at(memory.int32(ids)) : 0,
            memory.at(memory.uint32(given)),
            count,
            count,
            0,
            tables,
          );
          memory.check();
          expected.forEach((table, t) => {
            const own = given.subarray(t * count, (t + 1) * count);
            table.state = feedBuckets(table.buckets, capacity, ids, own, reservoir, table.state);
          });
        }
        const held = expected.map((_, t) => ({
          state: BigInt(states[2 * t]) | (BigInt(states[2 * t + 1]) << 32n),
          buckets: Array.from({ length: buckets }, (_unused, b) => {
            const [start, end] = bounds.subarray((t * buckets + b) * 3);
            const first = t * buckets * capacity;
            return Array.from(slots.subarray(first + start, first + end));
          }),
        }));
        expect(held).toEqual(
          expected.map(({ state, buckets: of }) => ({ state, buckets: of.map(({ items }) => items) })),
        );
      },
      150,
    );
  });
});
