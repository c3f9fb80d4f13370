// Exponentials and a logarithm, and the two activations that are made of exponentials.

import { madd } from '../simd';

/** Constants of exp4. From memory each takes one instruction in a loop, and written into the code three. */
const CONSTANTS: usize = memory.data<f32>([
  -87, 1.44269504, -0.693359375, 2.1219444e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
  12582912,
]);

/** e^x in each lane for x <= 88, within 2 units in the last place (Cephes' polynomial); below -87 as at -87. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const one = v128.load32_splat(CONSTANTS + 40);
  x = f32x4.pmax(x, v128.load32_splat(CONSTANTS));
  // 1.5 * 2^23 more: what is behind the point is rounded off, and the lowest bits are the integer.
  const rounder = v128.load32_splat(CONSTANTS + 44);
  const rounded = f32x4.add(f32x4.mul(x, v128.load32_splat(CONSTANTS + 4)), rounder);
  const n = f32x4.sub(rounded, rounder);
  let r = f32x4.add(x, f32x4.mul(n, v128.load32_splat(CONSTANTS + 8)));
  r = f32x4.add(r, f32x4.mul(n, v128.load32_splat(CONSTANTS + 12)));
  let p = v128.load32_splat(CONSTANTS + 16);
  p = madd(p, r, v128.load32_splat(CONSTANTS + 20));
  p = madd(p, r, v128.load32_splat(CONSTANTS + 24));
  p = madd(p, r, v128.load32_splat(CONSTANTS + 28));
  p = madd(p, r, v128.load32_splat(CONSTANTS + 32));
  p = madd(p, r, v128.load32_splat(CONSTANTS + 36));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, one));
  // The exponent of 1 is 127: n comes on top of it.
  const power = i32x4.add(i32x4.shl(rounded, 23), one);
  return f32x4.mul(p, power);
}

/**
 * log(1 + x) in each lane for x from 0 to 1, within 2 units in the last place: 2 atanh(x / (2 + x)), by the polynomial of degree 4 in
 * the square of it whose largest relative error is least, 4e-9.
 */
// @ts-ignore: decorator
@inline
export function log1p4(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, f32x4.splat(2)));
  const t = f32x4.mul(s, s);
  let p = f32x4.splat(2.8178337216e-1);
  p = madd(p, t, f32x4.splat(2.7960601449e-1));
  p = madd(p, t, f32x4.splat(4.0024909377e-1));
  p = madd(p, t, f32x4.splat(6.6666316986e-1));
  p = madd(p, t, f32x4.splat(2));
  return f32x4.mul(s, p);
}

/** 1 / (1 + e^-x) in each lane, by the exponential that cannot overflow. `small` is e^-|x|. */
// @ts-ignore: decorator
@inline
export function sigmoidOf(x: v128, small: v128): v128 {
  const one = f32x4.splat(1);
  const upper = v128.bitselect(one, small, f32x4.ge(x, f32x4.splat(0)));
  return f32x4.div(upper, f32x4.add(one, small));
}

/** 1 / (1 + e^-x) in each lane. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return sigmoidOf(x, exp4(f32x4.neg(f32x4.abs(x))));
}

/** tanh x in each lane: near 0, where 1 - e^-2x cancels, by Cephes' polynomial. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const small = exp4(f32x4.mul(size, f32x4.splat(-2)));
  const far = f32x4.div(f32x4.sub(one, small), f32x4.add(one, small));
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = madd(p, z, f32x4.splat(2.06390887954e-2));
  p = madd(p, z, f32x4.splat(-5.37397155531e-2));
  p = madd(p, z, f32x4.splat(1.33314422036e-1));
  p = madd(p, z, f32x4.splat(-3.33332819422e-1));
  const near = madd(f32x4.mul(p, z), size, size);
  const y = v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.625)));
  return v128.or(y, v128.and(x, i32x4.splat(0x80000000)));
}
