import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashHadamard } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';
import { expectedCodes, makeBatch, placeBatch, vectorOf } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

describe.each(BUILDS)('hashHadamard, $name', (build) => {
  const arena = arenaOf(build);

  test('gives the codes of the reference', () => {
    // From 2^7 on, passes of three and of two levels come in all combinations.
    const sizes = fc.record({
      extra: fc.nat({ max: 4 }),
      bits: fc.integer({ min: 1, max: 32 }),
      tables: fc.integer({ min: 1, max: 9 }),
    });
    check(fc.tuple(batchShapes, sizes), ([{ seed, ...shape }, { extra, bits, tables }]) => {
      const random = randomOf(seed);
      const batch = makeBatch(random, shape);
      const log2 = Math.max(6, Math.ceil(Math.log2(shape.width + shape.tailWidth))) + extra;
      const rounds = 2 + Math.ceil((bits * tables) / 2 ** log2);
      const signs = Uint32Array.from({ length: rounds * 2 ** log2 }, () => random.integer(2) * 2 ** 31);
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(arena.kernels.hadamardScratchBytes(log2, tables));
      const signsAt = memory.at(memory.uint32(signs));
      arena.kernels.hashHadamard(at, signsAt, log2, bits, tables, 0, shape.count, scratch);
      memory.check();
      const expected = expectedCodes(batch, tables, (s) =>
        hashHadamard(vectorOf(batch, s), signs, log2, bits, tables),
      );
      expect(codes).toEqual(expected);
    });
  });
});
