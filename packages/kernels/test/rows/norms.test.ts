import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { squaredNorms } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { matrix, pad4, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

describe.each(BUILDS)('squaredNorms, $name', (build) => {
  const arena = arenaOf(build);

  test('is the sum of squares of each row', () => {
    const cases = fc.record({
      seed: seeds,
      rows: fc.nat({ max: 6 }),
      width: dimensions,
      gap: fc.nat({ max: 5 }),
    });
    check(cases, ({ seed, rows, width, gap }) => {
      const stride = pad4(width) + gap;
      const x = matrix(randomOf(seed), rows, width, stride);
      using memory = new Memory(arena);
      const norms = memory.float32(rows);
      const xAt = memory.at(memory.float32(x));
      arena.kernels.squaredNorms(memory.at(norms), xAt, stride, width, 0, rows);
      memory.check();
      const expected = squaredNorms(x, rows, stride, width);
      // All terms are positive: the sum is its own magnitude.
      expect(norms).toBeWithinRoundings(pad4(width) + 1, expected, expected);
    });
  });
});
