// Products of chosen rows of weights with a sample each, sample by sample: what it takes to predict from candidates. It
// takes time by the number of candidates alone, where the walk of walk-forward.ts first sorts them.

import { madd, sum } from '../simd';

/**
 * out[q] = row ids[q] . sample s + its bias (0 for none), for q from offsets[s] to offsets[s + 1], samples begin..end. Rows
 * are `stride` floats apart, samples `xStride`, both zero from `width` up to a multiple of 4. Four rows are under way at a
 * time, so that one is waited for while others are computed. Sums are taken as in walkForward, and have its bits.
 */
export function dotRows(
  out: usize, offsets: usize, ids: usize, weights: usize, stride: i32, width: i32, bias: usize, x: usize, xStride: i32,
  begin: i32, end: i32,
): void {
  const bytes = <usize>((width + 3) >> 2) << 4;
  const rowBytes = <usize>stride << 2;
  for (let s = begin; s < end; s++) {
    const sample = x + ((<usize>s * xStride) << 2);
    let q = <usize>load<i32>(offsets + (<usize>s << 2)) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    for (; q + 16 <= stop; q += 16) {
      const w0 = weights + <usize>load<i32>(ids + q) * rowBytes;
      const w1 = weights + <usize>load<i32>(ids + q, 4) * rowBytes;
      const w2 = weights + <usize>load<i32>(ids + q, 8) * rowBytes;
      const w3 = weights + <usize>load<i32>(ids + q, 12) * rowBytes;
      let e0 = f32x4.splat(0), e1 = f32x4.splat(0), e2 = f32x4.splat(0), e3 = f32x4.splat(0);
      let o0 = f32x4.splat(0), o1 = f32x4.splat(0), o2 = f32x4.splat(0), o3 = f32x4.splat(0);
      let k: usize = 0;
      for (; k + 32 <= bytes; k += 32) {
        const even = v128.load(sample + k), odd = v128.load(sample + k, 16);
        e0 = madd(v128.load(w0 + k), even, e0);
        o0 = madd(v128.load(w0 + k, 16), odd, o0);
        e1 = madd(v128.load(w1 + k), even, e1);
        o1 = madd(v128.load(w1 + k, 16), odd, o1);
        e2 = madd(v128.load(w2 + k), even, e2);
        o2 = madd(v128.load(w2 + k, 16), odd, o2);
        e3 = madd(v128.load(w3 + k), even, e3);
        o3 = madd(v128.load(w3 + k, 16), odd, o3);
      }
      if (k < bytes) {
        const even = v128.load(sample + k);
        e0 = madd(v128.load(w0 + k), even, e0);
        e1 = madd(v128.load(w1 + k), even, e1);
        e2 = madd(v128.load(w2 + k), even, e2);
        e3 = madd(v128.load(w3 + k), even, e3);
      }
      store<f32>(out + q, sum(f32x4.add(e0, o0)) + biasOf(bias, ids + q));
      store<f32>(out + q, sum(f32x4.add(e1, o1)) + biasOf(bias, ids + q + 4), 4);
      store<f32>(out + q, sum(f32x4.add(e2, o2)) + biasOf(bias, ids + q + 8), 8);
      store<f32>(out + q, sum(f32x4.add(e3, o3)) + biasOf(bias, ids + q + 12), 12);
    }
    for (; q < stop; q += 4) {
      const w = weights + <usize>load<i32>(ids + q) * rowBytes;
      let even = f32x4.splat(0), odd = f32x4.splat(0);
      let k: usize = 0;
      for (; k + 32 <= bytes; k += 32) {
        even = madd(v128.load(w + k), v128.load(sample + k), even);
        odd = madd(v128.load(w + k, 16), v128.load(sample + k, 16), odd);
      }
      if (k < bytes) even = madd(v128.load(w + k), v128.load(sample + k), even);
      store<f32>(out + q, sum(f32x4.add(even, odd)) + biasOf(bias, ids + q));
    }
  }
}

/** The bias of the row whose id is at `id`. */
// @ts-ignore: decorator
@inline
function biasOf(bias: usize, id: usize): f32 {
  return bias ? load<f32>(bias + (<usize>load<i32>(id) << 2)) : 0;
}
