// Products with weights of 8 bits: each row is scale * integers from -127 to 127. They take a quarter of the memory, and
// of the time that wide layers wait for it; inputs stay 32-bit floats, so that nothing else is rounded.
// Rows are `stride` bytes apart, a multiple of 16, zero from `width` on; samples are rows of floats that are zero there too.

import { madd, sum } from '../simd';

/** Integers 0 to 3, 4 to 7, 8 to 11 or 12 to 15 (`part` 0 to 3) of sixteen, as floats. */
// @ts-ignore: decorator
@inline
function quarter(bytes: v128, part: i32): v128 {
  const words = part < 2 ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_high_i8x16_s(bytes);
  const longs = part & 1 ? i32x4.extend_high_i16x8_s(words) : i32x4.extend_low_i16x8_s(words);
  return f32x4.convert_i32x4_s(longs);
}

/** Scratch for multiplyInt8: one row as floats. */
export function multiplyInt8ScratchBytes(width: i32): i32 {
  return ((width + 15) >> 4) << 6;
}

/**
 * out[s * outStride + r] = row r . sample s + bias[r] (0 for none), for rows begin..end and all of `batch` samples. A row is
 * made floats once, for all samples.
 */
export function multiplyInt8(
  out: usize, outStride: i32, weights: usize, scales: usize, bias: usize, stride: i32, width: i32,
  x: usize, xStride: i32, batch: i32, begin: i32, end: i32, scratch: usize,
): void {
  const length = <usize>((width + 15) >> 4) << 4;
  const bytes = length << 2;
  const sampleBytes = <usize>xStride << 2;
  const outBytes = <usize>outStride << 2;
  for (let r = begin; r < end; r++) {
    const row = weights + <usize>r * stride;
    for (let k: usize = 0; k < length; k += 16) {
      const w = v128.load(row + k);
      const to = scratch + (k << 2);
      v128.store(to, quarter(w, 0));
      v128.store(to, quarter(w, 1), 16);
      v128.store(to, quarter(w, 2), 32);
      v128.store(to, quarter(w, 3), 48);
    }
    const scale = load<f32>(scales + (<usize>r << 2));
    const b: f32 = bias ? load<f32>(bias + (<usize>r << 2)) : 0;
    let y = out + (<usize>r << 2);
    let s = 0;
    let x0 = x;
    for (; s + 4 <= batch; s += 4) {
      const x1 = x0 + sampleBytes, x2 = x1 + sampleBytes, x3 = x2 + sampleBytes;
      let e0 = f32x4.splat(0), e1 = f32x4.splat(0), e2 = f32x4.splat(0), e3 = f32x4.splat(0);
      let o0 = f32x4.splat(0), o1 = f32x4.splat(0), o2 = f32x4.splat(0), o3 = f32x4.splat(0);
      for (let k: usize = 0; k < bytes; k += 32) {
        const even = v128.load(scratch + k), odd = v128.load(scratch + k, 16);
        e0 = madd(even, v128.load(x0 + k), e0);
        o0 = madd(odd, v128.load(x0 + k, 16), o0);
        e1 = madd(even, v128.load(x1 + k), e1);
        o1 = madd(odd, v128.load(x1 + k, 16), o1);
        e2 = madd(even, v128.load(x2 + k), e2);
        o2 = madd(odd, v128.load(x2 + k, 16), o2);
        e3 = madd(even, v128.load(x3 + k), e3);
        o3 = madd(odd, v128.load(x3 + k, 16), o3);
      }
      store<f32>(y, sum(f32x4.add(e0, o0)) * scale + b);
      store<f32>(y + outBytes, sum(f32x4.add(e1, o1)) * scale + b);
      store<f32>(y + 2 * outBytes, sum(f32x4.add(e2, o2)) * scale + b);
      store<f32>(y + 3 * outBytes, sum(f32x4.add(e3, o3)) * scale + b);
      y += 4 * outBytes;
      x0 = x3 + sampleBytes;
    }
    for (; s < batch; s++) {
      let even = f32x4.splat(0), odd = f32x4.splat(0);
      for (let k: usize = 0; k < bytes; k += 32) {
        even = madd(v128.load(scratch + k), v128.load(x0 + k), even);
        odd = madd(v128.load(scratch + k, 16), v128.load(x0 + k, 16), odd);
      }
      store<f32>(y, sum(f32x4.add(even, odd)) * scale + b);
      y += outBytes;
      x0 += sampleBytes;
    }
  }
}

/** dotRows for weights of 8 bits; the bits are those of multiplyInt8. */
export function dotRowsInt8(
  out: usize, offsets: usize, ids: usize, weights: usize, scales: usize, bias: usize, stride: i32, width: i32,
  x: usize, xStride: i32, begin: i32, end: i32,
): void {
  const length = <usize>((width + 15) >> 4) << 4;
  for (let s = begin; s < end; s++) {
    const sample = x + ((<usize>s * xStride) << 2);
    const stop = load<i32>(offsets + (<usize>s << 2), 4);
    for (let q = load<i32>(offsets + (<usize>s << 2)); q < stop; q++) {
      const id = <usize>load<i32>(ids + (<usize>q << 2));
      const row = weights + id * stride;
      let even = f32x4.splat(0), odd = f32x4.splat(0);
      for (let k: usize = 0; k < length; k += 16) {
        const w = v128.load(row + k);
        const at = sample + (k << 2);
        even = madd(quarter(w, 0), v128.load(at), even);
        odd = madd(quarter(w, 1), v128.load(at, 16), odd);
        even = madd(quarter(w, 2), v128.load(at, 32), even);
        odd = madd(quarter(w, 3), v128.load(at, 48), odd);
      }
      const b: f32 = bias ? load<f32>(bias + (id << 2)) : 0;
      store<f32>(out + (<usize>q << 2), sum(f32x4.add(even, odd)) * load<f32>(scales + (id << 2)) + b);
    }
  }
}

/**
 * gatherRows for weights of 8 bits: out = bias + the sum of coefficient * row over a sample's (id, coefficient) pairs. Rows
 * of `out` have room for `width` rounded up to a multiple of 16.
 */
export function gatherRowsInt8(
  out: usize, outStride: i32, bias: usize, weights: usize, scales: usize, stride: i32, width: i32,
  offsets: usize, ids: usize, coefficients: usize, begin: i32, end: i32,
): void {
  const length = <usize>((width + 15) >> 4) << 4;
  for (let s = begin; s < end; s++) {
    const y = out + ((<usize>s * outStride) << 2);
    memory.fill(y, 0, length << 2);
    if (bias) memory.copy(y, bias, <usize>width << 2);
    const stop = load<i32>(offsets + (<usize>s << 2), 4);
    for (let q = load<i32>(offsets + (<usize>s << 2)); q < stop; q++) {
      const id = <usize>load<i32>(ids + (<usize>q << 2));
      const row = weights + id * stride;
      const c = f32x4.splat(load<f32>(coefficients + (<usize>q << 2)) * load<f32>(scales + (id << 2)));
      for (let k: usize = 0; k < length; k += 16) {
        const w = v128.load(row + k);
        const at = y + (k << 2);
        v128.store(at, madd(c, quarter(w, 0), v128.load(at)));
        v128.store(at, madd(c, quarter(w, 1), v128.load(at, 16)), 16);
        v128.store(at, madd(c, quarter(w, 2), v128.load(at, 32)), 32);
        v128.store(at, madd(c, quarter(w, 3), v128.load(at, 48)), 48);
      }
    }
  }
}
