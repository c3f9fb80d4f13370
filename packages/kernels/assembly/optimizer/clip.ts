// A row's gradient before the optimizer has it: cut to a range, decayed, and measured, since clipping needs the length of all of them.

import { TINY, unlessTiny4 } from '../fading';
import { madd, sum } from '../simd';
import { power } from './skipped';

/** The sum of squares of `bytes` bytes (a multiple of 16), but of those that are TINY. */
export function sumOfSquares(gradient: usize, bytes: usize): f32 {
  const tiny = f32x4.splat(TINY);
  let total = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = unlessTiny4(v128.load(gradient + i), tiny);
    total = madd(g, g, total);
  }
  return sum(total);
}

/** x += factor x. With 0 - c for a factor this is a decay that is exact where 1 - c would be rounded. */
export function addMultiple(x: usize, bytes: usize, factor: f32): void {
  const by = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) {
    const value = v128.load(x + i);
    v128.store(x + i, madd(by, value, value));
  }
}

/** g = factor g, then into -most..most; `most` 0 is no limit. */
export function clip(gradient: usize, bytes: usize, factor: f32, most: f32): void {
  const by = f32x4.splat(factor);
  const high = f32x4.splat(most > 0 ? most : Infinity);
  const low = f32x4.neg(high);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(by, v128.load(gradient + i));
    v128.store(gradient + i, f32x4.max(f32x4.min(g, high), low));
  }
}

/** The same for one number. */
export function clipped(g: f32, factor: f32, most: f32): f32 {
  const scaled = factor * g;
  return most > 0 ? max(min(scaled, most), -most) : scaled;
}

/** 1 - (1 - rate)^steps: the share that so many steps of decay take. */
export function decayed(rate: f32, steps: i32): f32 {
  return <f32>(1 - power(1 - <f64>rate, steps));
}
