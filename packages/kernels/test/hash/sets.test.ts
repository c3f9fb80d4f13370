import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillDoph, fillMinHash, hashDoph, hashMin, hashWeighted } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { type Random, randomOf } from '../data.ts';
import { expectedCodes, makeBatch, placeBatch, vectorOf } from '../hash-batches.ts';
import type { BatchShape, MadeBatch } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

const plans = fc.record({
  bits: fc.integer({ min: 1, max: 8 }),
  perCode: fc.integer({ min: 1, max: 6 }),
  tables: fc.integer({ min: 1, max: 15 }),
});

/** Vectors of many zeros, some of them all zeros. */
function batchOf(random: Random, shape: BatchShape): MadeBatch {
  const share = random.integer(3) / 2.2;
  return makeBatch(random, shape, (value) => (random.uniform() < share ? 0 : value));
}

/** The non-zero coordinates of vector s. */
function setOf(batch: MadeBatch, s: number): number[] {
  return [...vectorOf(batch, s).entries()].filter(([, value]) => value !== 0).map(([k]) => k);
}

/** The most coordinates that a kernel lists of a vector, the tail's included. */
function longestOf({ shape, lists }: MadeBatch): number {
  const listed = lists
    ? Math.max(0, ...Array.from({ length: shape.count }, (_, s) => lists.offsets[s + 1]! - lists.offsets[s]!))
    : shape.width;
  return listed + shape.tailWidth;
}

/** b[h] of `count` orders, padded to a multiple of `block`, then their a[h]. */
function seedsOf(random: Random, count: number, block: number): Uint32Array {
  const padded = Math.ceil(count / block) * block;
  return Uint32Array.from({ length: 2 * padded }, (_, i) =>
    i < padded ? random.integer(2 ** 32) : 2 * random.integer(2 ** 31) + 1,
  );
}

describe.each(BUILDS)('hashes of sets, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('hashMin gives the codes of the reference, with orders made before and computed', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, { bits, perCode, tables }]) => {
      const random = randomOf(seed);
      const batch = batchOf(random, shape);
      const coordinates = shape.width + shape.tailWidth;
      const seeds = seedsOf(random, perCode * tables, 32);
      const blocks = seeds.length / 64;
      const expected = expectedCodes(batch, tables, (s) =>
        hashMin(setOf(batch, s), { seeds, bits, perCode, tables }),
      );
      using memory = new Memory(arena);
      const seedsAt = memory.at(memory.uint32(seeds));
      const orders = memory.uint32(32 * blocks * coordinates);
      kernels.fillMinHash(memory.at(orders), seedsAt, blocks, coordinates, 0, coordinates);
      expect(orders).toEqual(fillMinHash(seeds, coordinates));
      for (const ordersAt of [0, memory.at(orders)]) {
        const { at, codes } = placeBatch(memory, batch, tables);
        const longest = longestOf(batch);
        const scratch = memory.scratch(kernels.minHashScratchBytes(longest, blocks, tables));
        kernels.hashMin(
          at,
          longest,
          ordersAt,
          seedsAt,
          blocks,
          bits,
          perCode,
          tables,
          0,
          shape.count,
          scratch,
        );
        expect(codes).toEqual(expected);
      }
      memory.check();
    });
  });

  test('hashDoph gives the codes of the reference', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, plan]) => {
      const { codes, expected } = runDoph(seed, shape, plan);
      expect(codes).toEqual(expected);
    });
    const shape = { width: 70, tailWidth: 0, count: 1, sparse: false, listed: false };
    const { codes, expected } = runDoph(1, shape, { bits: 3, perCode: 1, tables: 4096 });
    expect(codes).toEqual(expected);
  });

  type Sizes = Readonly<Record<'bits' | 'perCode' | 'tables', number>>;

  function runDoph(seed: number, shape: BatchShape, { bits, perCode, tables }: Sizes) {
    const random = randomOf(seed);
    const batch = batchOf(random, shape);
    const seeds = seedsOf(random, perCode, 4);
    const probes = Uint32Array.from({ length: 4 }, () => random.integer(2 ** 32));
    using memory = new Memory(arena);
    const [seedsAt, probesAt] = [memory.at(memory.uint32(seeds)), memory.at(memory.uint32(probes))];
    const coordinates = shape.width + shape.tailWidth;
    const orders = memory.uint32(2 * perCode * coordinates);
    kernels.fillDoph(memory.at(orders), seedsAt, perCode, tables, 0, coordinates);
    expect(orders).toEqual(fillDoph(seeds, perCode, tables, coordinates));
    const codes = [0, memory.at(orders)].map((ordersAt) => {
      const placed = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(kernels.dophScratchBytes(longestOf(batch), perCode, tables));
      const drawn = [ordersAt, seedsAt, probesAt, bits, perCode, tables] as const;
      kernels.hashDoph(placed.at, ...drawn, 0, batch.shape.count, scratch);
      return placed.codes.slice();
    });
    memory.check();
    const expected = expectedCodes(batch, tables, (s) =>
      hashDoph(setOf(batch, s), { seeds, probes, bits, perCode, tables }),
    );
    return { codes, expected: [expected, expected] };
  }

  /** Runs hashWeighted on made-up draws. */
  function weigh(random: Random, batch: MadeBatch, sizes: Sizes) {
    const { bits, perCode, tables } = sizes;
    const coordinates = batch.shape.width + batch.shape.tailWidth;
    const blocks = Math.ceil((perCode * tables) / 8);
    const gamma = (): number => -Math.log((1 - random.uniform()) * (1 - random.uniform()));
    const draws = new Float32Array(blocks * coordinates * 32);
    for (let entry = 0; entry < draws.length; entry += 32) {
      for (let h = entry; h < entry + 8; h++) {
        const r = gamma();
        draws.set([1 / r], h);
        draws.set([random.uniform()], h + 8);
        draws.set([r], h + 16);
        draws.set([Math.log(gamma()) - r], h + 24);
      }
    }
    using memory = new Memory(arena);
    const { at, codes } = placeBatch(memory, batch, tables);
    const longest = longestOf(batch);
    const scratch = memory.scratch(kernels.weightedScratchBytes(longest, blocks, tables));
    const drawsAt = memory.at(memory.float32(draws));
    const { count } = batch.shape;
    kernels.hashWeighted(at, longest, drawsAt, blocks, bits, perCode, tables, 0, count, scratch);
    memory.check();
    return { codes: codes.slice(), plan: { draws, ...sizes } };
  }

  test('hashWeighted gives the codes of the reference', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, sizes]) => {
      const random = randomOf(seed);
      const share = random.integer(3) / 2.2;
      const scale = 10 ** (random.integer(20) - 10);
      const batch = makeBatch(random, shape, (x) => (random.uniform() < share ? 0 : scale * Math.abs(x)));
      const { codes, plan } = weigh(random, batch, sizes);
      const expected = expectedCodes(batch, sizes.tables, (s) => hashWeighted(vectorOf(batch, s), plan));
      expect(codes).toEqual(expected);
    });
  });
});
