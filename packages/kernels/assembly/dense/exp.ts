// Exponentials and a logarithm, and the two activations that are made of exponentials.

import { madd } from '../simd';

/** e^x in each lane for x <= 88, within 2 units in the last place (Cephes' polynomial); below -87 as at -87. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
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
