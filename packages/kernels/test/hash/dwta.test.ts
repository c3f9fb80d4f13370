import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashDwta, hashDwtaSparse } from '../../src/reference/index.ts';
import type { DwtaPlan } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';
import {
  entriesOf,
  expectedCodes,
  invert,
  makeBatch,
  placeBatch,
  randomBins,
  vectorOf,
} from '../hash-batches.ts';
import type { BatchShape, MadeBatch } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

const plans = fc.record({
  binBits: fc.integer({ min: 1, max: 3 }),
  perCode: fc.integer({ min: 1, max: 8 }),
  tables: fc.integer({ min: 1, max: 6 }),
  buckets: fc.constantFrom(0, 0, 2, 1000),
});

/** Makes ties and zeros common, and now and then a whole vector 0. */
function coarse(value: number): number {
  return Math.abs(value) < 0.7 ? 0 : Math.round(value * 3);
}

interface Example {
  readonly batch: MadeBatch;
  readonly members: Uint32Array;
  readonly plan: DwtaPlan;
}

function example(seed: number, shape: BatchShape, sizes: Omit<DwtaPlan, 'probes'>): Example {
  const random = randomOf(seed);
  const batch = makeBatch(random, shape, random.integer(2) === 1 ? coarse : undefined);
  const { perCode, tables, binBits } = sizes;
  const members = randomBins(random, perCode * tables, 2 ** binBits, shape.width + shape.tailWidth);
  const probes = Uint32Array.from({ length: 4 }, () => random.integer(2 ** 32));
  return { batch, members, plan: { ...sizes, probes } };
}

describe.each(BUILDS)('hashDwta, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  function run({ batch, members, plan }: Example): Uint32Array {
    const { binBits, perCode, tables, buckets, probes } = plan;
    const { width, tailWidth, count } = batch.shape;
    using memory = new Memory(arena);
    const { at, codes } = placeBatch(memory, batch, tables);
    const scratch = memory.scratch(kernels.dwtaScratchBytes(width + tailWidth, perCode * tables));
    const [membersAt, probesAt] = [memory.at(memory.uint32(members)), memory.at(memory.uint32(probes))];
    kernels.hashDwta(at, membersAt, probesAt, binBits, perCode, tables, buckets, 0, count, scratch);
    memory.check();
    return codes.slice();
  }

  test('gives the codes of the reference, of dense and of sparse vectors', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, sizes]) => {
      const made = example(seed, shape, sizes);
      const { batch, members, plan } = made;
      const expected = expectedCodes(batch, plan.tables, (s) => hashDwta(vectorOf(batch, s), members, plan));
      expect(run(made)).toEqual(expected);
    });
  });

  test('the walk over coordinates gives the same codes, and those of its reference', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, sizes]) => {
      const made = example(seed, { ...shape, sparse: true }, sizes);
      const { batch, members, plan } = made;
      const { binBits, perCode, tables, buckets, probes } = plan;
      const inverse = invert(members, shape.width + shape.tailWidth, (i) => i);
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(kernels.dwtaSparseScratchBytes(perCode * tables));
      const [starts, entries] = [memory.int32(inverse.starts), memory.uint32(inverse.entries)];
      const lists = [memory.at(starts), memory.at(entries), memory.at(memory.uint32(probes))] as const;
      kernels.hashDwtaSparse(at, ...lists, binBits, perCode, tables, buckets, 0, shape.count, scratch);
      memory.check();
      const byReference = expectedCodes(batch, tables, (s) => {
        const { ids, values } = entriesOf(batch, s);
        return hashDwtaSparse(ids, values, inverse.starts, inverse.entries, plan);
      });
      expect(codes).toEqual(byReference);
      expect(codes).toEqual(run(made));
    });
  });

  test('bins of more than 8', () => {
    const shape = { width: 80, tailWidth: 0, count: 9, sparse: false, listed: false };
    for (const binBits of [4, 5, 6]) {
      const made = example(binBits, shape, { binBits, perCode: 3, tables: 4, buckets: 0 });
      const { batch, members, plan } = made;
      const expected = expectedCodes(batch, 4, (s) => hashDwta(vectorOf(batch, s), members, plan));
      expect(run(made)).toEqual(expected);
    }
  });

  test('one non-zero in one bin of hundreds is found by all of them', () => {
    const shape = { width: 64, tailWidth: 0, count: 3, sparse: false, listed: false };
    const made = example(5, shape, { binBits: 3, perCode: 8, tables: 90, buckets: 0 });
    // Each coordinate is in many bins, so only bin 400 gets coordinate 63.
    const members = made.members.map((k) => (k === 63 ? 0 : k));
    members[400 * 8 + 5] = 63;
    const values = new Float32Array(made.batch.values.length);
    for (let s = 0; s < 3; s++) values[s * made.batch.stride + 63] = -1;
    const codes = run({ ...made, members, batch: { ...made.batch, values } });
    expect(new Set(codes)).toEqual(new Set([0o55555555]));
  });
});
