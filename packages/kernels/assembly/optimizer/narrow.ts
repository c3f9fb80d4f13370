// bfloat16, the upper halves of 32-bit floats, for state that an optimizer keeps: wide layers are bound by memory.

/** Formats of an optimizer's state: Optimizer.firstFormat and secondFormat. */
export const BFLOAT16: i32 = 1;
export const ROW: i32 = 2;

/** Four bfloat16: the upper halves of 32-bit floats. */
// @ts-ignore: decorator
@inline
export function loadNarrow(at: usize): v128 {
  return i32x4.shl(v128.load16x4_u(at), 16);
}

/** Stores the upper halves of four floats. */
// @ts-ignore: decorator
@inline
export function storeNarrow(at: usize, x: v128): void {
  v128.store64_lane(at, v128.shuffle<u16>(x, x, 1, 3, 5, 7, 1, 3, 5, 7), 0);
}

/** To the nearest bfloat16, ties to even. */
// @ts-ignore: decorator
@inline
export function roundNearest(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  return i32x4.add(x, i32x4.add(odd, i32x4.splat(0x7fff)));
}

/**
 * What storeNarrow cuts off to a neighbour, up or down with the probabilities that keep the mean: small changes of a sum
 * would all be lost in rounding to the nearest.
 */
// @ts-ignore: decorator
@inline
export function roundAtRandom(x: v128, random: v128): v128 {
  return i32x4.add(x, i32x4.shr_u(random, 16));
}

/** Four xorshift generators (Marsaglia 2003), a step on. */
// @ts-ignore: decorator
@inline
export function nextRandom(x: v128): v128 {
  x = v128.xor(x, i32x4.shl(x, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  return v128.xor(x, i32x4.shl(x, 5));
}

/** The generators for one update of one row. */
// @ts-ignore: decorator
@inline
export function startRandom(row: i32, step: i32): v128 {
  const seed = <u32>row * 0x85ebca6b + <u32>step * 0xc2b2ae35;
  const lanes = i32x4.add(i32x4.splat(seed), i32x4(0, 1, 2, 3));
  return nextRandom(v128.or(i32x4.mul(lanes, i32x4.splat(0x9e3779b1)), i32x4.splat(1)));
}
