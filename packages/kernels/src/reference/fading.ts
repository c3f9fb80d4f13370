/** Reference of what counts as 0; assembly/fading.ts says why. */

/** Moments and probabilities that are nearer to 0 count as 0. */
const TINY = 2 ** -50;

/** Updates of a row from one sweep to the next, which makes Adam's first moments 0 that are tiny. */
export const SWEEP = 32;

/** What second moments are of: g^2, and so much more that they never fade. */
export function square(g: number): number {
  return g ** 2 + TINY ** 2;
}

/** x, unless it is nearer to 0 than TINY: then 0. */
export function unlessTiny(x: number): number {
  return Math.abs(x) < TINY ? 0 : x;
}

/** The sum of the squares of those of the first `width` elements that are not tiny. */
export function sumOfSquares(elements: ArrayLike<number>, width: number): number {
  let total = 0;
  for (let j = 0; j < width; j++) total += unlessTiny(elements[j]) ** 2;
  return total;
}

/** The mean of the first `width` elements' squares, as `square`. */
export function meanSquare(elements: ArrayLike<number>, width: number): number {
  return sumOfSquares(elements, width) / Math.max(width, 1) + TINY ** 2;
}
