import * as fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { gemm, rowMajor, transpose } from '../../src/reference/index.ts';
import type { StridedMatrix } from '../../src/reference/index.ts';
import { BUILDS, arenaOf } from '../builds.ts';
import { check, dimensions, magnitudes, seeds } from '../check.ts';
import { floats, randomOf } from '../data.ts';
import type { Random } from '../data.ts';
import { Memory } from '../memory.ts';

/** A rows x columns matrix of random floats with gaps between its rows, stored as its transpose if `transposed`. */
function strided(
  random: Random,
  rows: number,
  columns: number,
  gap: number,
  transposed: boolean,
): StridedMatrix {
  if (transposed) return transpose(strided(random, columns, rows, gap, false));
  return rowMajor(floats(random, rows * (columns + gap)), rows, columns, columns + gap);
}

function withMagnitudes(matrix: StridedMatrix): StridedMatrix {
  return { ...matrix, data: magnitudes(matrix.data) };
}

/** What the reference makes of C, and how far from it the kernel may be. */
function expectation(
  c: Float32Array,
  cStride: number,
  a: StridedMatrix,
  b: StridedMatrix,
  accumulate: boolean,
): { roundings: number; expected: Float32Array; magnitude: Float32Array } {
  const expected = rowMajor(c.slice(), a.rows, b.columns, cStride);
  gemm(expected, a, b, accumulate);
  const magnitude = rowMajor(magnitudes(c), a.rows, b.columns, cStride);
  gemm(magnitude, withMagnitudes(a), withMagnitudes(b), accumulate);
  // What lies between the rows of C may not change at all.
  for (let i = 0; i < a.rows; i++) magnitude.data.fill(0, i * cStride + b.columns, (i + 1) * cStride);
  // One rounding a step of depth, one to add what was in C, one in the reference.
  return { roundings: a.columns + 2, expected: expected.data, magnitude: magnitude.data };
}

function toMlMatrix({ data, rows, columns }: StridedMatrix): Matrix {
  return Matrix.from1DArray(rows, columns, Array.from(data));
}

/** A product that goes over the edges of all blocks. */
function makeLarge() {
  const random = randomOf(1);
  const a = strided(random, 127, 259, 0, false);
  const b = strided(random, 259, 521, 3, false);
  const c = floats(random, 127 * 521);
  return { c, a, b, ...expectation(c, 521, a, b, true) };
}

const large = makeLarge();

describe.each(BUILDS)('gemm, $name', (build) => {
  const arena = arenaOf(build);

  /** Columns of C, in the ranges between `cuts`, by the kernel. C's rows may have gaps. */
  function multiply(
    cStart: Float32Array,
    cStride: number,
    a: StridedMatrix,
    b: StridedMatrix,
    accumulate: boolean,
    cuts: readonly number[] = [],
  ): Float32Array {
    using memory = new Memory(arena);
    const c = memory.float32(cStart);
    const scratch = memory.scratch(arena.kernels.gemmScratchBytes());
    const [aAt, bAt] = [memory.at(memory.float32(a.data)), memory.at(memory.float32(b.data))];
    const bounds = [0, ...cuts, b.columns];
    for (let i = 0; i + 1 < bounds.length; i++) {
      arena.kernels.gemm(
        memory.at(c),
        cStride,
        aAt,
        a.rowStride,
        a.columnStride,
        bAt,
        b.rowStride,
        b.columnStride,
        a.rows,
        a.columns,
        Number(accumulate),
        bounds[i],
        bounds[i + 1],
        scratch,
      );
    }
    memory.check();
    return c.slice();
  }

  test('is the product that the reference gives, whatever the sizes, strides and transposes', () => {
    const cases = fc.record({
      seed: seeds,
      m: fc.oneof(fc.constant(0), dimensions),
      n: fc.oneof(fc.constant(0), dimensions),
      depth: fc.oneof(fc.constant(0), dimensions),
      gaps: fc.tuple(...[5, 5, 5].map((max) => fc.nat({ max }))),
      transposes: fc.tuple(fc.boolean(), fc.boolean()),
      accumulate: fc.boolean(),
    });
    check(cases, ({ seed, m, n, depth, gaps, transposes, accumulate }) => {
      const random = randomOf(seed);
      const a = strided(random, m, depth, gaps[0], transposes[0]);
      const b = strided(random, depth, n, gaps[1], transposes[1]);
      const stride = n + gaps[2];
      const c = floats(random, m * stride);
      const { roundings, expected, magnitude } = expectation(c, stride, a, b, accumulate);
      expect(multiply(c, stride, a, b, accumulate)).toBeWithinRoundings(roundings, expected, magnitude);
    });
  });

  test('goes over the edges of its blocks (120 rows, 256 deep, 512 columns)', () => {
    const { c, a, b, roundings, expected, magnitude } = large;
    expect(multiply(c, 521, a, b, true)).toBeWithinRoundings(roundings, expected, magnitude);
  });

  test('gives the same bits however the columns are split', () => {
    const cases = fc.record({ seed: seeds, cuts: fc.array(fc.nat({ max: 61 }), { maxLength: 6 }) });
    check(
      cases,
      ({ seed, cuts }) => {
        const random = randomOf(seed);
        const a = strided(random, 13, 300, 0, false);
        const b = strided(random, 300, 61, 0, true);
        const c = floats(random, 13 * 61);
        const ordered = cuts.toSorted((x, y) => x - y);
        expect(multiply(c, 61, a, b, true, ordered)).toHaveBitsOf(multiply(c, 61, a, b, true));
      },
      20,
    );
  });

  test('gives a row the bits that it has among others, whether B is packed for it or not', () => {
    const cases = fc.record({
      seed: seeds,
      // Sixteen columns, four, and what is left; over a block of 256 steps.
      n: fc.integer({ min: 1, max: 41 }),
      depth: fc.integer({ min: 0, max: 300 }),
      gap: fc.nat({ max: 5 }),
      accumulate: fc.boolean(),
    });
    check(cases, ({ seed, n, depth, gap, accumulate }) => {
      const random = randomOf(seed);
      const a = strided(random, 3, depth, 0, false);
      const b = strided(random, depth, n, gap, true);
      const c = floats(random, 3 * n);
      const among = multiply(c, n, a, b, accumulate).slice(n, 2 * n);
      const alone = { ...a, rows: 1, data: a.data.slice(depth, 2 * depth) };
      expect(multiply(c.slice(n, 2 * n), n, alone, b, accumulate)).toHaveBitsOf(among);
      expect(multiply(c.slice(n, 2 * n), n, alone, b, accumulate, [Math.floor(n / 3)])).toHaveBitsOf(among);
    });
  });

  test('agrees with ml-matrix', () => {
    const random = randomOf(2);
    const [a, b] = [strided(random, 33, 129, 0, false), strided(random, 129, 17, 0, false)];
    const expected = toMlMatrix(a).mmul(toMlMatrix(b)).to1DArray();
    const magnitude = toMlMatrix(withMagnitudes(a))
      .mmul(toMlMatrix(withMagnitudes(b)))
      .to1DArray();
    const product = multiply(new Float32Array(33 * 17), 17, a, b, false);
    expect(product).toBeWithinRoundings(129, expected, magnitude);
  });

  test('is exact where all sums are small integers', () => {
    const a = rowMajor(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3);
    const b = rowMajor(Float32Array.of(7, 8, 9, 10, 11, 12), 3, 2);
    expect(multiply(new Float32Array(4), 2, a, b, false)).toEqual(Float32Array.of(58, 64, 139, 154));
  });
});
