import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { floats, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  width: fc.integer({ min: 1, max: 40 }),
  gap: fc.nat({ max: 3 }),
  total: fc.integer({ min: 1, max: 9 }),
  count: fc.nat({ max: 12 }),
});

describe.each(BUILDS)('copyRows, $name', (build) => {
  const arena = arenaOf(build);

  test('brings the listed rows together', () => {
    check(cases, ({ seed, width, gap, total, count }) => {
      const random = randomOf(seed);
      const stride = width + gap;
      const from = floats(random, total * stride);
      const rows = Int32Array.from({ length: count }, () => random.integer(total));
      using memory = new Memory(arena);
      const out = memory.float32(count * width);
      const [fromAt, rowsAt] = [memory.at(memory.float32(from)), memory.at(memory.int32(rows))];
      arena.kernels.copyRows(memory.at(out), width, fromAt, stride, width, rowsAt, 0, count);
      memory.check();
      expect(out).toEqual(copyRows(from, stride, width, rows));
    });
  });
});
