/** How far apart two arrays are. */

/** The largest difference of two elements, as a share of the largest element of `expected`; NaN where there is one. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return NaN;
  let furthest = 0;
  for (let i = 0; i < expected.length; i++) {
    furthest = Math.max(furthest, Math.abs(actual[i] - expected[i]));
  }
  return furthest / largest(expected);
}

export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
