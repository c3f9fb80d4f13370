import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashPolytopes, projectHadamard } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';
import { expectedCodes, makeBatch, placeBatch, vectorOf } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

describe.each(BUILDS)('rotations, $name', (build) => {
  const arena = arenaOf(build);

  test('hashPolytopes gives the codes of the reference', () => {
    const sizes = fc.record({
      extra: fc.nat({ max: 2 }),
      smaller: fc.nat({ max: 8 }),
      bits: fc.integer({ min: 1, max: 24 }),
      tables: fc.integer({ min: 1, max: 9 }),
    });
    check(fc.tuple(batchShapes, sizes), ([{ seed, ...shape }, { extra, smaller, bits, tables }]) => {
      const random = randomOf(seed);
      // Coarse and often 0: magnitudes are equal, and all of a vector's may be 0.
      const batch = makeBatch(random, shape, (value) => (shape.listed ? Math.round(value) : value));
      const log2 = Math.max(5, Math.ceil(Math.log2(shape.width + shape.tailWidth))) + extra;
      const sizeLog2 = Math.max(0, log2 - smaller);
      const rounds = 2 + Math.ceil((tables * Math.ceil(bits / (sizeLog2 + 1)) * 2 ** sizeLog2) / 2 ** log2);
      const signs = Uint32Array.from({ length: rounds * 2 ** log2 }, () => random.integer(2) * 2 ** 31);
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(arena.kernels.polytopeScratchBytes(log2, tables));
      const signsAt = memory.at(memory.uint32(signs));
      arena.kernels.hashPolytopes(at, signsAt, log2, sizeLog2, bits, tables, 0, shape.count, scratch);
      memory.check();
      const expected = expectedCodes(batch, tables, (s) =>
        hashPolytopes(vectorOf(batch, s), signs, log2, sizeLog2, bits, tables),
      );
      expect(codes).toEqual(expected);
    });
  });

  test('projectHadamard gives the outputs of the reference', () => {
    check(fc.tuple(batchShapes, fc.integer({ min: 1, max: 300 })), ([{ seed, ...shape }, outputs]) => {
      const random = randomOf(seed);
      const batch = makeBatch(random, shape);
      const log2 = Math.max(6, Math.ceil(Math.log2(shape.width + shape.tailWidth)));
      const rounds = 2 + Math.ceil(outputs / 2 ** log2);
      const signs = Uint32Array.from({ length: rounds * 2 ** log2 }, () => random.integer(2) * 2 ** 31);
      using memory = new Memory(arena);
      const { at } = placeBatch(memory, batch, 1);
      const made = memory.float32(shape.count * outputs);
      const scratch = memory.scratch(arena.kernels.projectHadamardScratchBytes(log2));
      const [signsAt, to] = [memory.at(memory.uint32(signs)), memory.at(made)];
      arena.kernels.projectHadamard(at, signsAt, log2, outputs, to, outputs, 0, shape.count, scratch);
      memory.check();
      for (let s = 0; s < shape.count; s++) {
        const expected = projectHadamard(vectorOf(batch, s), signs, log2, outputs);
        expect(made.slice(s * outputs, (s + 1) * outputs)).toHaveBitsOf(expected);
      }
    });
  });
});
