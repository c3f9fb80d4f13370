import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceRows } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, seeds } from '../check.ts';
import { lists, matrix, pad4, randomOf } from '../data.ts';
import { Memory } from '../memory.ts';

const cases = fc.record({
  seed: seeds,
  count: fc.integer({ min: 1, max: 12 }),
  batch: fc.nat({ max: 7 }),
  width: dimensions,
  gap: fc.nat({ max: 5 }),
});

describe.each(BUILDS)('distanceRows, $name', (build) => {
  const arena = arenaOf(build);

  /** Squared distances by the kernel, of all that `offsets` and `ids` list. */
  function run(
    rows: Float32Array,
    shape: { readonly stride: number; readonly width: number },
    { offsets, ids }: { readonly offsets: Int32Array; readonly ids: Int32Array },
    x: Float32Array,
    xStride: number,
  ): Float32Array {
    using memory = new Memory(arena);
    const out = memory.float32(ids.length);
    const chosen = [memory.at(memory.int32(offsets)), memory.at(memory.int32(ids))] as const;
    const rowsAt = memory.at(memory.float32(rows));
    const xAt = memory.at(memory.float32(x));
    const given = [rowsAt, shape.stride, shape.width, xAt, xStride] as const;
    arena.kernels.distanceRows(memory.at(out), ...chosen, ...given, 0, offsets.length - 1);
    memory.check();
    return out.slice();
  }

  test('is the sum of squared differences', () => {
    check(cases, ({ seed, count, batch, width, gap }) => {
      const random = randomOf(seed);
      const shape = { stride: pad4(width) + gap, width };
      const rows = matrix(random, count, width, shape.stride);
      const choices = lists(random, batch, count);
      const x = matrix(random, batch, width, pad4(width));
      const found = run(rows, shape, choices, x, pad4(width));
      const { offsets, ids } = choices;
      const expected = distanceRows({ values: rows, ...shape }, offsets, ids, x, pad4(width));
      // A difference is rounded once, its square has that twice; all terms are positive.
      expect(found).toBeWithinRoundings(pad4(width) + 3, expected, expected);
    });
  });

  test('of vectors near each other and far from 0 keeps its digits', () => {
    const width = 24;
    const rows = Float32Array.from({ length: 5 * width }, (_, i) => 1000 + Math.floor(i / width) / 1024);
    const x = new Float32Array(width).fill(1000);
    const choices = { offsets: Int32Array.of(0, 5), ids: Int32Array.of(0, 1, 2, 3, 4) };
    const expected = Float32Array.from({ length: 5 }, (_, r) => width * (r / 1024) ** 2);
    expect(run(rows, { stride: width, width }, choices, x, width)).toEqual(expected);
  });
});
