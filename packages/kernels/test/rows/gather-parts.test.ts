import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatherInParts, gatherParts, sortPairs } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, magnitudes } from '../check.ts';
import { floats, pad4, randomOf, sparse } from '../data.ts';
import { copyRows, makeRows, placeRows, placeSparse } from '../layers.ts';
import { Memory } from '../memory.ts';
import { walkCases } from '../walk-cases.ts';

/** Parts of one row to those of all. */
const cases = fc
  .tuple(walkCases(9), fc.integer({ min: 1, max: 41 }))
  .map(([given, grain]) => ({ ...given, grain }));

describe.each(BUILDS)('sums of rows by parts, $name', (build) => {
  const arena = arenaOf(build);
  const { kernels } = arena;

  test('each part has its rows, the first the bias; together they are the sums, to the bit', () => {
    check(cases, ({ seed, count, batch, width, withBias, grain }) => {
      const random = randomOf(seed);
      const rows = makeRows(random, count, width, false);
      const x = sparse(random, batch, count);
      const bias = withBias ? floats(random, width) : undefined;
      const pairs = sortPairs(x.offsets, x.ids);
      const visited = pairs.rows.length;
      const parts = Math.max(1, Math.ceil(visited / grain));
      const stride = pad4(width) + random.integer(3);
      using memory = new Memory(arena);
      const partials = memory.float32(new Float32Array(parts * batch * stride).fill(7));
      const { at } = placeRows(memory, rows);
      const biasAt = memory.at(bias && memory.float32(bias));
      const how = [
        biasAt,
        at,
        memory.at(memory.int32(pairs.rows)),
        placeSparse(memory, x),
        visited,
        grain,
      ] as const;
      kernels.gatherParts(memory.at(partials), stride, batch, ...how, 0, parts);
      const out = memory.float32(new Float32Array(batch * stride).fill(7));
      kernels.gatherInParts(memory.at(out), stride, ...how, 0, batch, memory.scratch(4 * pad4(width)));
      memory.check();

      const reference = { visits: pairs.rows, grain };
      const positive = { ...x, values: magnitudes(x.values) };
      const [heavy, heavyBias] = [copyRows(rows, magnitudes), bias && magnitudes(bias)];
      const expected = cleared(parts * batch, stride, width);
      gatherParts(expected, stride, rows, reference, x, bias);
      const magnitude = magnitudes(expected);
      gatherParts(magnitude, stride, heavy, reference, positive, heavyBias);
      // One rounding a product and one in the reference.
      expect(partials).toBeWithinRoundings(count + 2, expected, magnitude);

      const total = cleared(batch, stride, width);
      gatherInParts(total, stride, rows, reference, x, bias);
      const size = magnitudes(total);
      gatherInParts(size, stride, heavy, reference, positive, heavyBias);
      expect(out).toBeWithinRoundings(count + parts + 2, total, size);

      const sums = memory.float32(batch * stride);
      kernels.sumPartials(memory.at(sums), memory.at(partials), batch * stride, parts, 0, batch * stride);
      const rowsOf = (all: Float32Array): Float32Array[] =>
        Array.from({ length: batch }, (_, s) => all.subarray(s * stride, s * stride + width));
      rowsOf(out).forEach((row, s) => expect(row).toHaveBitsOf(rowsOf(sums)[s]));
    });
  });
});

/** Rows that are 0 up to a multiple of 4 floats, and left alone behind it. */
function cleared(rows: number, stride: number, width: number): Float32Array {
  const all = new Float32Array(rows * stride).fill(7);
  for (let row = 0; row < rows; row++) all.fill(0, row * stride, row * stride + pad4(width));
  return all;
}
