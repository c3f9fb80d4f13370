/** Reference of what counts as 0; assembly/fading.ts says why. */

/** Gradients, moments and probabilities that are nearer to 0 count as 0. */
const TINY: number = 2 ** -50;

/** What a second moment gets in each step beside the square of the gradient. */
export const LEAST: number = 2 ** -120;

/** Updates of a row from one sweep to the next, which makes Adam's first moments 0 that are tiny. */
export const SWEEP = 64;

/** x, unless it is nearer to 0 than `least`: then 0. */
export function unlessTiny(x: number, least: number = TINY): number {
  return Math.abs(x) < least ? 0 : x;
}

/** The sum of the squares of those of the first `width` elements that are not tiny. */
export function sumOfSquares(elements: ArrayLike<number>, width: number): number {
  let total = 0;
  for (let j = 0; j < width; j++) total += unlessTiny(elements[j]) ** 2;
  return total;
}
