// Squared lengths of vectors: the asymmetric transforms need them.

import { madd, sum } from '../simd';

/** norms[i] = |x_i|^2 for rows begin..end of `x`, `stride` floats apart, zero from `width` up to a multiple of 4. */
export function squaredNorms(norms: usize, x: usize, stride: i32, width: i32, begin: i32, end: i32): void {
  const bytes = <usize>((width + 3) >> 2) << 4;
  for (let i = begin; i < end; i++) {
    const row = x + ((<usize>i * stride) << 2);
    let total = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const v = v128.load(row + k);
      total = madd(v, v, total);
    }
    store<f32>(norms + (<usize>i << 2), sum(total));
  }
}
