/** Properties, and how far a sum in 32-bit floats may be from the true one. */
import * as fc from 'fast-check';
import { expect } from 'vitest';

/** Fails with the smallest counter-example of `property`. The seed is fixed: what passes once passes always. */
export function check<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, runs: number = 60): void {
  fc.assert(fc.property(arbitrary, property), { seed: 20_170_813, numRuns: runs });
}

export const seeds: fc.Arbitrary<number> = fc.integer({ min: 0, max: 2 ** 31 });

/** A dimension from 1 to 140, more often one around which the vectors and unrolled loops of the kernels end. */
export const dimensions: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(1, 3, 4, 5, 7, 8, 9, 31, 32, 33, 127, 128, 129),
  fc.integer({ min: 1, max: 140 }),
);

/** Half the distance from 1 to the next 32-bit float: the relative error of one rounding. */
export const UNIT: number = 2 ** -24;

/**
 * How far a 32-bit sum of `n` products may be from the true one, in whatever order it is taken: n u / (1 - n u) times the
 * sum of the magnitudes of the products (Higham 2002, section 3.1; a fused multiply-add rounds once less), and half of the
 * smallest float for each product that underflows.
 */
export function bound(n: number, magnitude: number): number {
  return ((n * UNIT) / (1 - n * UNIT)) * magnitude + n * 2 ** -150;
}

/** How a comparison by a matcher ended. */
interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

function verdict(message: string | undefined): Verdict {
  return { pass: message === undefined, message: () => message ?? 'the arrays agree' };
}

/** With the matchers below. */
export { expect };

expect.extend({
  toBeWithinRoundings(
    actual: ArrayLike<number>,
    n: number,
    expected: ArrayLike<number>,
    magnitude: ArrayLike<number>,
  ): Verdict {
    if (actual.length !== expected.length)
      return verdict(`there are ${actual.length} elements, not ${expected.length}`);
    for (let i = 0; i < actual.length; i++) {
      const most = bound(n, magnitude[i]);
      // Not `>`: NaN is never close.
      if (!(Math.abs(actual[i] - expected[i]) <= most))
        return verdict(`element ${i} is ${actual[i]}, not ${expected[i]} to within ${most}`);
    }
    return verdict(undefined);
  },
  toHaveBitsOf(actual: ArrayBufferView, expected: ArrayBufferView): Verdict {
    const a = new Uint8Array(actual.buffer, actual.byteOffset, actual.byteLength);
    const b = new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength);
    if (a.length !== b.length) return verdict(`there are ${a.length} bytes, not ${b.length}`);
    const at = a.findIndex((byte, i) => byte !== b[i]);
    return verdict(at < 0 ? undefined : `byte ${at} of ${a.length} is ${a[at]}, not ${b[at]}`);
  },
});

declare module 'vitest' {
  // Its type parameters are those that vitest declares.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Fails where the array is further from `expected` than `n` roundings of terms whose magnitudes sum to `magnitude`
     * allow, element by element.
     */
    toBeWithinRoundings: (n: number, expected: ArrayLike<number>, magnitude: ArrayLike<number>) => R;
    /** Fails where a bit differs: -0 is not 0. */
    toHaveBitsOf: (expected: ArrayBufferView) => R;
  }
}

/** The magnitudes of an array's elements. */
export function magnitudes(array: Float32Array): Float32Array {
  return array.map(Math.abs);
}
