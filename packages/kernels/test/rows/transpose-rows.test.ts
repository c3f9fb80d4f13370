import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transposeRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, seeds } from '../check.ts';
import { floats, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  rows: fc.nat({ max: 21 }),
  columns: fc.integer({ min: 1, max: 21 }),
  gap: fc.nat({ max: 3 }),
  begin: fc.nat({ max: 5 }),
});

describe.each(BUILDS)('transposeRows, $name', (build) => {
  const arena = arenaOf(build);

  test('exchanges rows and columns, and writes no other rows', () => {
    check(cases, ({ seed, rows, columns, gap, begin }) => {
      const stride = columns + gap;
      const x = floats(randomOf(seed), rows * stride);
      using memory = new Memory(arena);
      const out = memory.float32(columns * rows);
      const from = Math.min(begin, columns);
      arena.kernels.transposeRows(
        memory.at(out),
        rows,
        memory.at(memory.float32(x)),
        stride,
        rows,
        from,
        columns,
      );
      memory.check();
      const expected = transposeRows(x, stride, rows, columns);
      expect(out.subarray(from * rows)).toEqual(expected.subarray(from * rows));
      expect(out.subarray(0, from * rows)).toEqual(new Float32Array(from * rows));
    });
  });
});
