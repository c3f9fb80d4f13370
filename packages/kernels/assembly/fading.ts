// Numbers that fade. A moment that gets no gradient any more is multiplied by less than 1 in each step, until it is below 2^-126,
// where processors of Intel, for one, take up to a hundred times as long for a product; and there it stays, since rounding keeps the last bits.
// So does a probability whose logit is far below the others. What is as near to 0 as this has no effect, and counts as 0.

import { madd } from './simd';

/** Moments and probabilities that are nearer to 0 count as 0: 2^-50. Products of a few such numbers are far above 2^-126. */
export const TINY: f32 = 8.881784197001252e-16;
const TINY_SQUARE: f32 = TINY * TINY;

/**
 * g^2 + TINY^2 in each lane. So second moments never fade, and gradients that are tiny move weights by less than their rate. A
 * fused product is added without being rounded to what is subnormal; where it is not fused, tiny gradients are left out.
 */
// @ts-ignore: decorator
@inline
export function squares4(g: v128): v128 {
  const least = f32x4.splat(TINY_SQUARE);
  if (ASC_FEATURE_RELAXED_SIMD) return madd(g, g, least);
  const counted = unlessTiny4(g, f32x4.splat(TINY));
  return f32x4.add(f32x4.mul(counted, counted), least);
}

/** The same of one number. */
// @ts-ignore: decorator
@inline
export function square(g: f32): f32 {
  const counted = unlessTiny(g, TINY);
  return counted * counted + TINY_SQUARE;
}

/** A mean of squares, as a square. */
// @ts-ignore: decorator
@inline
export function meanSquare(total: f32, count: i32): f32 {
  return total / <f32>max(count, 1) + TINY_SQUARE;
}

/** What counts as 0 of gradients that are numbers up to 1 times `factor`. */
// @ts-ignore: decorator
@inline
export function leastOf(factor: f32): f32 {
  return max(TINY * abs(factor), TINY_SQUARE);
}

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
