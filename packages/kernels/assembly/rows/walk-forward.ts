// The walk forward over (sample, row) pairs sorted by row: each row that has pairs is visited once a batch, and multiplied with
// every sample that chose it. The same walk serves a dense input before chosen neurons (rows are neurons) and a sparse input
// before a dense layer (rows are input features). walk-backward.ts has the way back.

import { Pairs, Rows, Sparse } from '../layout';
import { madd, sum } from '../simd';
import { farRow, prefetchWeights } from './prefetch';

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

/**
 * Forward: out[position] = row . sample + bias for the pairs of visited rows begin..end; samples are rows of `x`, `xStride`
 * floats apart, zero from the rows' width up to a multiple of 4.
 */
export function walkForward(
  out: usize, rowsAt: usize, pairsAt: usize, x: usize, xStride: i32, begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const visited = pairs.rows;
  const starts = pairs.starts;
  const positions = pairs.positions;
  const samples = pairs.samples;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const biases = rows.bias;
  for (let v = begin; v < end; v++) {
    const r = load<i32>(visited + (<usize>v << 2));
    let i = load<i32>(starts + (<usize>v << 2));
    const stop = load<i32>(starts + (<usize>v << 2), 4);
    const next = farRow(visited, v, end, r);
    if (next) prefetchWeights(rows, next);
    const w = rows.weights + <usize>r * stride;
    const bias: f32 = biases ? load<f32>(biases + (<usize>r << 2)) : 0;
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
}

/** The product of a row at `w` with a sparse vector, from byte `first` to `last` of ids and values. Four partial sums, by k mod 4. */
// @ts-ignore: decorator
@inline
function dotSparse(w: usize, ids: usize, values: usize, first: usize, last: usize): f32 {
  let s0: f32 = 0, s1: f32 = 0, s2: f32 = 0, s3: f32 = 0;
  let k = first;
  for (; k + 16 <= last; k += 16) {
    s0 += load<f32>(values + k) * load<f32>(w + (<usize>load<i32>(ids + k) << 2));
    s1 += load<f32>(values + k, 4) * load<f32>(w + (<usize>load<i32>(ids + k, 4) << 2));
    s2 += load<f32>(values + k, 8) * load<f32>(w + (<usize>load<i32>(ids + k, 8) << 2));
    s3 += load<f32>(values + k, 12) * load<f32>(w + (<usize>load<i32>(ids + k, 12) << 2));
  }
  for (; k < last; k += 4) s0 += load<f32>(values + k) * load<f32>(w + (<usize>load<i32>(ids + k) << 2));
  return s0 + s2 + (s1 + s3);
}

/** As walkForward, the samples sparse: out[position] = row . sample + bias for the pairs of visited rows begin..end. */
export function walkForwardSparse(out: usize, rowsAt: usize, pairsAt: usize, xAt: usize, begin: i32, end: i32): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const x = changetype<Sparse>(xAt);
  const ids = x.ids;
  const values = x.values;
  const offsets = x.offsets;
  const stride = <usize>rows.stride << 2;
  for (let v = begin; v < end; v++) {
    const r = load<i32>(pairs.rows + (<usize>v << 2));
    const stop = load<i32>(pairs.starts + (<usize>v << 2), 4);
    const w = rows.weights + <usize>r * stride;
    const bias: f32 = rows.bias ? load<f32>(rows.bias + (<usize>r << 2)) : 0;
    for (let i = load<i32>(pairs.starts + (<usize>v << 2)); i < stop; i++) {
      const sample = offsets + (<usize>load<i32>(pairs.samples + (<usize>i << 2)) << 2);
      const first = <usize>load<i32>(sample) << 2;
      const total = dotSparse(w, ids, values, first, <usize>load<i32>(sample, 4) << 2);
      store<f32>(out + (<usize>load<i32>(pairs.positions + (<usize>i << 2)) << 2), total + bias);
    }
  }
}

/**
 * The same sample by sample, as dotRows, for samples begin..end: out[q] = row chosen[q] . sample + its bias, for q from
 * offsets[s] to offsets[s + 1]. It has the bits of walkForwardSparse.
 */
export function dotRowsSparse(
  out: usize, rowsAt: usize, xAt: usize, offsets: usize, chosen: usize, begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const x = changetype<Sparse>(xAt);
  const stride = <usize>rows.stride << 2;
  for (let s = begin; s < end; s++) {
    const first = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2;
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    for (let q = <usize>load<i32>(offsets + (<usize>s << 2)) << 2; q < stop; q += 4) {
      const r = <usize>load<i32>(chosen + q);
      const bias: f32 = rows.bias ? load<f32>(rows.bias + (r << 2)) : 0;
      store<f32>(out + q, dotSparse(rows.weights + r * stride, x.ids, x.values, first, last) + bias);
    }
  }
}
