// The products of one row with the samples of its pairs, up to four samples at a time.

import { Pairs } from '../layout';
import { madd, sum } from '../simd';

/** Dot product of `bytes` bytes (a multiple of 16): even and odd vectors apart, then added, as in `dot4`. */
// @ts-ignore: decorator
@inline
function dot(w: usize, x: usize, bytes: usize): f32 {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 32 <= bytes; i += 32) {
    even = madd(v128.load(w + i), v128.load(x + i), even);
    odd = madd(v128.load(w + i, 16), v128.load(x + i, 16), odd);
  }
  if (i < bytes) even = madd(v128.load(w + i), v128.load(x + i), even);
  return sum(f32x4.add(even, odd));
}

/** out[position] = row . sample + bias for pairs i..stop of the row at `w`. */
// @ts-ignore: decorator
@inline
export function multiplyPairs(
  out: usize, pairs: Pairs, w: usize, bias: f32, x: usize, sampleBytes: usize, bytes: usize,
  i: i32, stop: i32,
): void {
  const positions = pairs.positions;
  const samples = pairs.samples;
  for (; i + 4 <= stop; i += 4) {
    const sample = samples + (<usize>i << 2);
    const x0 = x + <usize>load<i32>(sample) * sampleBytes;
    const x1 = x + <usize>load<i32>(sample, 4) * sampleBytes;
    const x2 = x + <usize>load<i32>(sample, 8) * sampleBytes;
    const x3 = x + <usize>load<i32>(sample, 12) * sampleBytes;
    let e0 = f32x4.splat(0), e1 = f32x4.splat(0), e2 = f32x4.splat(0), e3 = f32x4.splat(0);
    let o0 = f32x4.splat(0), o1 = f32x4.splat(0), o2 = f32x4.splat(0), o3 = f32x4.splat(0);
    let k: usize = 0;
    for (; k + 64 <= bytes; k += 64) {
      const w0 = v128.load(w + k), w1 = v128.load(w + k, 16), w2 = v128.load(w + k, 32), w3 = v128.load(w + k, 48);
      const a0 = x0 + k, a1 = x1 + k, a2 = x2 + k, a3 = x3 + k;
      e0 = madd(w2, v128.load(a0, 32), madd(w0, v128.load(a0), e0));
      o0 = madd(w3, v128.load(a0, 48), madd(w1, v128.load(a0, 16), o0));
      e1 = madd(w2, v128.load(a1, 32), madd(w0, v128.load(a1), e1));
      o1 = madd(w3, v128.load(a1, 48), madd(w1, v128.load(a1, 16), o1));
      e2 = madd(w2, v128.load(a2, 32), madd(w0, v128.load(a2), e2));
      o2 = madd(w3, v128.load(a2, 48), madd(w1, v128.load(a2, 16), o2));
      e3 = madd(w2, v128.load(a3, 32), madd(w0, v128.load(a3), e3));
      o3 = madd(w3, v128.load(a3, 48), madd(w1, v128.load(a3, 16), o3));
    }
    for (; k + 32 <= bytes; k += 32) {
      const even = v128.load(w + k);
      const odd = v128.load(w + k, 16);
      e0 = madd(even, v128.load(x0 + k), e0);
      o0 = madd(odd, v128.load(x0 + k, 16), o0);
      e1 = madd(even, v128.load(x1 + k), e1);
      o1 = madd(odd, v128.load(x1 + k, 16), o1);
      e2 = madd(even, v128.load(x2 + k), e2);
      o2 = madd(odd, v128.load(x2 + k, 16), o2);
      e3 = madd(even, v128.load(x3 + k), e3);
      o3 = madd(odd, v128.load(x3 + k, 16), o3);
    }
    if (k < bytes) {
      const even = v128.load(w + k);
      e0 = madd(even, v128.load(x0 + k), e0);
      e1 = madd(even, v128.load(x1 + k), e1);
      e2 = madd(even, v128.load(x2 + k), e2);
      e3 = madd(even, v128.load(x3 + k), e3);
    }
    const position = positions + (<usize>i << 2);
    store<f32>(out + (<usize>load<i32>(position) << 2), sum(f32x4.add(e0, o0)) + bias);
    store<f32>(out + (<usize>load<i32>(position, 4) << 2), sum(f32x4.add(e1, o1)) + bias);
    store<f32>(out + (<usize>load<i32>(position, 8) << 2), sum(f32x4.add(e2, o2)) + bias);
    store<f32>(out + (<usize>load<i32>(position, 12) << 2), sum(f32x4.add(e3, o3)) + bias);
  }
  if (i + 2 <= stop) {
    const x0 = x + <usize>load<i32>(samples + (<usize>i << 2)) * sampleBytes;
    const x1 = x + <usize>load<i32>(samples + (<usize>i << 2), 4) * sampleBytes;
    let e0 = f32x4.splat(0), e1 = f32x4.splat(0), o0 = f32x4.splat(0), o1 = f32x4.splat(0);
    let k: usize = 0;
    for (; k + 32 <= bytes; k += 32) {
      const even = v128.load(w + k), odd = v128.load(w + k, 16);
      e0 = madd(even, v128.load(x0 + k), e0);
      o0 = madd(odd, v128.load(x0 + k, 16), o0);
      e1 = madd(even, v128.load(x1 + k), e1);
      o1 = madd(odd, v128.load(x1 + k, 16), o1);
    }
    if (k < bytes) {
      const even = v128.load(w + k);
      e0 = madd(even, v128.load(x0 + k), e0);
      e1 = madd(even, v128.load(x1 + k), e1);
    }
    const position = positions + (<usize>i << 2);
    store<f32>(out + (<usize>load<i32>(position) << 2), sum(f32x4.add(e0, o0)) + bias);
    store<f32>(out + (<usize>load<i32>(position, 4) << 2), sum(f32x4.add(e1, o1)) + bias);
    i += 2;
  }
  if (i < stop) {
    const sample = x + <usize>load<i32>(samples + (<usize>i << 2)) * sampleBytes;
    store<f32>(out + (<usize>load<i32>(positions + (<usize>i << 2)) << 2), dot(w, sample, bytes) + bias);
  }
}
