// The two walks over (sample, row) pairs sorted by row. Each active row is read once a batch: forward it is multiplied
// with every sample that chose it, backward it collects its gradient from them and is updated at once.
// The same walks serve a dense input before chosen neurons (rows are neurons) and a sparse input before a dense layer
// (rows are input features). Samples are dense here; walk-sparse.ts has the walks over sparse ones.

import { Optimizer, Pairs, Rows } from './layout';
import { updateRow } from './optimizer';
import { madd, sum } from './simd';

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
 * Forward: out[position] = row . sample + bias for the pairs of rows begin..end; samples are rows of `x`, `xStride`
 * floats apart, zero from the rows' width up to a multiple of 4.
 */
export function walkForward(
  out: usize, rowsAt: usize, pairsAt: usize, x: usize, xStride: i32, begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const starts = pairs.starts;
  const positions = pairs.positions;
  const samples = pairs.samples;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const biases = rows.bias;
  for (let r = begin; r < end; r++) {
    let i = load<i32>(starts + (<usize>r << 2));
    const stop = load<i32>(starts + (<usize>r << 2), 4);
    if (i == stop) continue;
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
    for (; i < stop; i++) {
      const sample = x + <usize>load<i32>(samples + (<usize>i << 2)) * sampleBytes;
      store<f32>(out + (<usize>load<i32>(positions + (<usize>i << 2)) << 2), dot(w, sample, bytes) + bias);
    }
  }
}

/** Adds c * x to the row's gradient and, where `flow` is set, c * w to the sample's: four pairs at a time. */
// @ts-ignore: decorator
@inline
function addFour(
  flow: bool, bytes: usize, gradient: usize, w: usize, c0: v128, c1: v128, c2: v128, c3: v128,
  x0: usize, x1: usize, x2: usize, x3: usize, y0: usize, y1: usize, y2: usize, y3: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let g = madd(c0, v128.load(x0 + k), v128.load(gradient + k));
    g = madd(c1, v128.load(x1 + k), g);
    g = madd(c2, v128.load(x2 + k), g);
    g = madd(c3, v128.load(x3 + k), g);
    v128.store(gradient + k, g);
    if (flow) {
      const weight = v128.load(w + k);
      v128.store(y0 + k, madd(c0, weight, v128.load(y0 + k)));
      v128.store(y1 + k, madd(c1, weight, v128.load(y1 + k)));
      v128.store(y2 + k, madd(c2, weight, v128.load(y2 + k)));
      v128.store(y3 + k, madd(c3, weight, v128.load(y3 + k)));
    }
  }
}

/**
 * Backward, all that a row is read for in one visit. For the pairs of rows begin..end, in their order: the row's gradient
 * is the sum of coefficient[position] * sample, and the row is updated by it; the gradient by sample s collects
 * coefficient * row, with the weights from before the update.
 *
 * The latter is wanted if `partials` is not 0. Every `grain` rows have a partial sum of their own, `batch` rows of
 * `xStride` floats, which sumPartials adds in order: the bits do not depend on who computed what, if `grain` does not.
 * `begin` is a multiple of `grain`. `scratch` holds one row.
 */
export function walkBackward(
  coefficients: usize, rowsAt: usize, pairsAt: usize, optimizerAt: usize, x: usize, xStride: i32,
  partials: usize, batch: i32, grain: i32, begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  const starts = pairs.starts;
  const positions = pairs.positions;
  const samples = pairs.samples;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const partialBytes = <usize>batch * sampleBytes;
  let y: usize = 0;
  for (let r = begin; r < end; r++) {
    if (partials && r % grain == 0) {
      y = partials + <usize>(r / grain) * partialBytes;
      memory.fill(y, 0, partialBytes);
    }
    let i = load<i32>(starts + (<usize>r << 2));
    const stop = load<i32>(starts + (<usize>r << 2), 4);
    if (i == stop) continue;
    const w = rows.weights + <usize>r * stride;
    memory.fill(scratch, 0, bytes);
    let biasGradient: f32 = 0;
    for (; i + 4 <= stop; i += 4) {
      const sample = samples + (<usize>i << 2);
      const s0 = <usize>load<i32>(sample) * sampleBytes;
      const s1 = <usize>load<i32>(sample, 4) * sampleBytes;
      const s2 = <usize>load<i32>(sample, 8) * sampleBytes;
      const s3 = <usize>load<i32>(sample, 12) * sampleBytes;
      const position = positions + (<usize>i << 2);
      const d0 = load<f32>(coefficients + (<usize>load<i32>(position) << 2));
      const d1 = load<f32>(coefficients + (<usize>load<i32>(position, 4) << 2));
      const d2 = load<f32>(coefficients + (<usize>load<i32>(position, 8) << 2));
      const d3 = load<f32>(coefficients + (<usize>load<i32>(position, 12) << 2));
      biasGradient = biasGradient + d0 + d1 + d2 + d3;
      const c0 = f32x4.splat(d0), c1 = f32x4.splat(d1), c2 = f32x4.splat(d2), c3 = f32x4.splat(d3);
      if (partials) {
        addFour(true, bytes, scratch, w, c0, c1, c2, c3, x + s0, x + s1, x + s2, x + s3, y + s0, y + s1, y + s2, y + s3);
      } else {
        addFour(false, bytes, scratch, w, c0, c1, c2, c3, x + s0, x + s1, x + s2, x + s3, 0, 0, 0, 0);
      }
    }
    for (; i < stop; i++) {
      const s = <usize>load<i32>(samples + (<usize>i << 2)) * sampleBytes;
      const d = load<f32>(coefficients + (<usize>load<i32>(positions + (<usize>i << 2)) << 2));
      biasGradient += d;
      const c = f32x4.splat(d);
      for (let k: usize = 0; k < bytes; k += 16) {
        v128.store(scratch + k, madd(c, v128.load(x + s + k), v128.load(scratch + k)));
      }
      if (!partials) continue;
      for (let k: usize = 0; k < bytes; k += 16) {
        v128.store(y + s + k, madd(c, v128.load(w + k), v128.load(y + s + k)));
      }
    }
    updateRow(rows, optimizer, r, scratch, biasGradient);
  }
}

/**
 * The transposed walk, by samples begin..end: out = bias + the sum of coefficient * row over the sample's (id,
 * coefficient) pairs, in their order. It is the forward product of a sparse input (an embedding bag) and the gradient
 * that flows back to a dense one. `out` rows are `outStride` floats apart; `bias` (`width` floats) may be 0.
 */
export function gatherRows(
  out: usize, outStride: i32, bias: usize, weights: usize, stride: i32, width: i32,
  offsets: usize, ids: usize, coefficients: usize, begin: i32, end: i32,
): void {
  const bytes = <usize>((width + 3) >> 2) << 4;
  const rowBytes = <usize>stride << 2;
  for (let s = begin; s < end; s++) {
    const y = out + ((<usize>s * outStride) << 2);
    memory.fill(y, 0, bytes);
    if (bias) memory.copy(y, bias, <usize>width << 2);
    let q = <usize>load<i32>(offsets + (<usize>s << 2)) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    for (; q + 16 <= stop; q += 16) {
      const w0 = weights + <usize>load<i32>(ids + q) * rowBytes;
      const w1 = weights + <usize>load<i32>(ids + q, 4) * rowBytes;
      const w2 = weights + <usize>load<i32>(ids + q, 8) * rowBytes;
      const w3 = weights + <usize>load<i32>(ids + q, 12) * rowBytes;
      const c0 = v128.load32_splat(coefficients + q), c1 = v128.load32_splat(coefficients + q, 4);
      const c2 = v128.load32_splat(coefficients + q, 8), c3 = v128.load32_splat(coefficients + q, 12);
      for (let k: usize = 0; k < bytes; k += 16) {
        let g = madd(c0, v128.load(w0 + k), v128.load(y + k));
        g = madd(c1, v128.load(w1 + k), g);
        g = madd(c2, v128.load(w2 + k), g);
        g = madd(c3, v128.load(w3 + k), g);
        v128.store(y + k, g);
      }
    }
    for (; q < stop; q += 4) {
      const w = weights + <usize>load<i32>(ids + q) * rowBytes;
      const c = v128.load32_splat(coefficients + q);
      for (let k: usize = 0; k < bytes; k += 16) {
        v128.store(y + k, madd(c, v128.load(w + k), v128.load(y + k)));
      }
    }
  }
}
