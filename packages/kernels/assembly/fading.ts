// Numbers that fade. A moment that gets no gradient any more is multiplied by less than 1 in each step, until it is below 2^-126,
// where many processors take a hundred times as long for a product; and there it stays, since rounding keeps the last bits.
// So does a probability whose logit is far below the others. What is as near to 0 as this has no effect, and counts as 0.

/** Gradients, moments and probabilities that are nearer to 0 count as 0: 2^-50. Products of a few such numbers are far above 2^-126. */
export const TINY: f32 = 8.881784197001252e-16;

/**
 * What a second moment gets in each step beside the square of the gradient, so that it never fades: 2^-120. With 0.999 the root of
 * what comes together is 3e-17, which no epsilon is as small as.
 */
export const LEAST: f32 = 7.52316384526264e-37;

/** Each lane of x that is `least` or farther from 0, or not a number; 0 for others. */
// @ts-ignore: decorator
@inline
export function unlessTiny4(x: v128, least: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), least));
}

/** The same of one number. */
// @ts-ignore: decorator
@inline
export function unlessTiny(x: f32, least: f32): f32 {
  return abs(x) < least ? 0 : x;
}
