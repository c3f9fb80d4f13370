import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashTernary, hashTernarySparse } from '../../src/reference/index.ts';
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
  randomPlanes,
  vectorOf,
} from '../hash-batches.ts';
import { Memory } from '../memory.ts';

const sizes = fc.record({
  bits: fc.integer({ min: 1, max: 32 }),
  tables: fc.integer({ min: 1, max: 6 }),
});

describe.each(BUILDS)('hashTernary, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('gives the codes of the reference, of dense and of sparse vectors', () => {
    check(fc.tuple(batchShapes, sizes), ([{ seed, ...shape }, { bits, tables }]) => {
      const random = randomOf(seed);
      const batch = makeBatch(random, shape);
      const coordinates = shape.width + shape.tailWidth;
      const { starts, members } = randomPlanes(random, bits * tables, coordinates);
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(kernels.ternaryScratchBytes(coordinates));
      const [startsAt, membersAt] = [memory.at(memory.int32(starts)), memory.at(memory.uint32(members))];
      kernels.hashTernary(at, startsAt, membersAt, bits, tables, 0, shape.count, scratch);
      memory.check();
      const expected = expectedCodes(batch, tables, (s) =>
        hashTernary(vectorOf(batch, s), starts, members, bits, tables),
      );
      expect(codes).toEqual(expected);
    });
  });

  test('the walk over coordinates gives the same codes, and those of its reference', () => {
    check(fc.tuple(batchShapes, sizes), ([{ seed, ...drawn }, { bits, tables }]) => {
      const shape = { ...drawn, sparse: true };
      const random = randomOf(seed);
      const batch = makeBatch(random, shape);
      const coordinates = shape.width + shape.tailWidth;
      const planes = bits * tables;
      const { starts, members } = randomPlanes(random, planes, coordinates);
      const half = Math.ceil(planes / 4) * 4;
      const inverse = invert(members, coordinates, (i) => {
        const list = starts.findIndex((start, next) => next > 0 && start > i) - 1;
        return (list % 2) * half + Math.floor(list / 2);
      });
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(kernels.ternarySparseScratchBytes(planes));
      const lists = [memory.int32(inverse.starts), memory.uint32(inverse.entries)] as const;
      const [startsAt, entriesAt] = [memory.at(lists[0]), memory.at(lists[1])];
      kernels.hashTernarySparse(at, startsAt, entriesAt, bits, tables, 0, shape.count, scratch);
      memory.check();
      const byReference = expectedCodes(batch, tables, (s) => {
        const { ids, values } = entriesOf(batch, s);
        return hashTernarySparse(ids, values, inverse.starts, inverse.entries, bits, tables);
      });
      expect(codes).toEqual(byReference);
      const asDense = expectedCodes(batch, tables, (s) =>
        hashTernary(vectorOf(batch, s), starts, members, bits, tables),
      );
      expect(codes).toEqual(asDense);
    });
  });

  test('a sum that is as large as the other counts as positive', () => {
    using memory = new Memory(arena);
    const shape = { width: 8, tailWidth: 0, count: 1, sparse: false, listed: false };
    const batch = { ...makeBatch(randomOf(1), shape), stride: 8, values: new Float32Array(8).fill(0.1) };
    const { at, codes } = placeBatch(memory, batch, 1);
    // Two coordinates each; two against one; one against two.
    const starts = memory.int32([0, 2, 4, 6, 7, 8, 10]);
    const members = memory.uint32([0, 3, 1, 2, 4, 5, 6, 7, 0, 1]);
    const scratch = memory.scratch(kernels.ternaryScratchBytes(8));
    kernels.hashTernary(at, memory.at(starts), memory.at(members), 3, 1, 0, 1, scratch);
    expect(codes[0]).toBe(0b011);
  });
});
