import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyPairConnected } from '../../src/generators/convexity.ts';

/** The definition, pair by pair. */
function bySlowPairs(rows: Int32Array): boolean {
  const pixels: [number, number][] = [];
  const on = (x: number, y: number): boolean => ((rows[y]! >>> x) & 1) === 1;
  for (let y = 0; y < 28; y++) for (let x = 0; x < 28; x++) if (on(x, y)) pixels.push([x, y]);
  return pixels.every(([x0, y0]) =>
    pixels.every(([x1, y1]) => {
      const steps = divisor(Math.abs(x1 - x0), Math.abs(y1 - y0));
      for (let i = 1; i < steps; i++) {
        if (!on(x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps)) return false;
      }
      return true;
    }),
  );
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

const anySet = fc
  .array(fc.tuple(fc.nat(27), fc.nat(27)), { minLength: 1, maxLength: 5 })
  .map((pixels) => rowsOf(pixels));

const anyBlob = fc
  .record({
    x: fc.integer({ min: 3, max: 24 }),
    y: fc.integer({ min: 3, max: 24 }),
    a: fc.double({ min: 0.3, max: 9, noNaN: true }),
    b: fc.double({ min: 0.3, max: 9, noNaN: true }),
    turn: fc.double({ min: 0, max: 3.14, noNaN: true }),
    without: fc.array(fc.tuple(fc.nat(27), fc.nat(27)), { maxLength: 2 }),
  })
  .map(({ x, y, a, b, turn, without }) => {
    const pixels: [number, number][] = [];
    for (let i = 0; i < 784; i++) {
      const [dx, dy] = [(i % 28) - x, Math.floor(i / 28) - y];
      const u = dx * Math.cos(turn) + dy * Math.sin(turn);
      const v = dy * Math.cos(turn) - dx * Math.sin(turn);
      if ((u / a) ** 2 + (v / b) ** 2 <= 1) pixels.push([i % 28, Math.floor(i / 28)]);
    }
    return rowsOf(pixels.filter(([px, py]) => !without.some(([wx, wy]) => wx === px && wy === py)));
  });

function rowsOf(pixels: readonly (readonly [number, number])[]): Int32Array {
  const rows = new Int32Array(28);
  for (const [x, y] of pixels) rows[y]! |= 1 << x;
  return rows;
}

describe('everyPairConnected', () => {
  it('says what looking at every pair says', () => {
    fc.assert(
      fc.property(fc.oneof(anySet, anyBlob), (rows) => {
        expect(everyPairConnected(rows)).toBe(bySlowPairs(rows));
      }),
      { numRuns: 400 },
    );
  });

  it('accepts the whole image and nothing at all, and refuses opposite corners', () => {
    expect(everyPairConnected(new Int32Array(28).fill(2 ** 28 - 1))).toBe(true);
    expect(everyPairConnected(new Int32Array(28))).toBe(true);
    expect(
      everyPairConnected(
        rowsOf([
          [0, 0],
          [27, 27],
        ]),
      ),
    ).toBe(false);
    expect(
      everyPairConnected(
        rowsOf([
          [27, 0],
          [1, 26],
        ]),
      ),
    ).toBe(false);
  });
});
