import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashWta } from '../../src/reference/index.ts';
import { batchShapes } from '../batch-shapes.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check } from '../check.ts';
import { randomOf } from '../data.ts';
import { expectedCodes, makeBatch, placeBatch, randomBins, vectorOf } from '../hash-batches.ts';
import { Memory } from '../memory.ts';

const plans = fc.record({
  binBits: fc.integer({ min: 1, max: 3 }),
  perCode: fc.integer({ min: 1, max: 8 }),
  tables: fc.integer({ min: 1, max: 6 }),
  buckets: fc.constantFrom(0, 0, 2, 1000),
});

describe.each(BUILDS)('hashWta, $name', (build) => {
  const arena = arenaOf(build);

  test('gives the codes of the reference, of dense and of sparse vectors, of equal coordinates the first', () => {
    check(fc.tuple(batchShapes, plans), ([{ seed, ...shape }, plan]) => {
      const { binBits, perCode, tables, buckets } = plan;
      const random = randomOf(seed);
      const batch = makeBatch(random, shape, (value) => Math.round(3 * value));
      const { width, tailWidth, count } = shape;
      const members = randomBins(random, perCode * tables, 2 ** binBits, width + tailWidth);
      using memory = new Memory(arena);
      const { at, codes } = placeBatch(memory, batch, tables);
      const scratch = memory.scratch(arena.kernels.wtaScratchBytes(width + tailWidth));
      const membersAt = memory.at(memory.uint32(members));
      arena.kernels.hashWta(at, membersAt, binBits, perCode, tables, buckets, 0, count, scratch);
      memory.check();
      expect(codes).toEqual(expectedCodes(batch, tables, (s) => hashWta(vectorOf(batch, s), members, plan)));
    });
  });
});
