// The two walks over (sample, row) pairs sorted by row. They visit the rows that have pairs, each once a batch: forward it is multiplied
// with every sample that chose it, backward it collects its gradient from them and is updated at once.
// The same walks serve a dense input before chosen neurons (rows are neurons) and a sparse input before a dense layer
// (rows are input features). Samples are dense here; walk-sparse.ts has the walks over sparse ones.

import { Optimizer, Pairs, Rows } from '../layout';
import { updateRow } from '../optimizer/optimizer';
import { madd, sum } from '../simd';
import { farRow, prefetchRow, prefetchWeights } from './prefetch';

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

/** What walkBackward needs of scratch for each pair of a row, before one row's gradient: sample offset, coefficient. */
const PAIR_BYTES: usize = 8;

/**
 * The gradient of a row from its `pairs` listed pairs, in their order, to `gradient`; and where `flow` is set, coefficient *
 * row is added at each sample's place in `y`. 64 bytes of the row at a time stay in registers while its pairs pass by.
 */
// @ts-ignore: decorator
@inline
function sumPairs(flow: bool, list: usize, pairs: i32, w: usize, x: usize, y: usize, gradient: usize, bytes: usize): void {
  const end = list + <usize>pairs * PAIR_BYTES;
  const zero = f32x4.splat(0);
  let k: usize = 0;
  for (; k + 64 <= bytes; k += 64) {
    let g0 = zero, g1 = zero, g2 = zero, g3 = zero;
    const w0 = flow ? v128.load(w + k) : zero, w1 = flow ? v128.load(w + k, 16) : zero;
    const w2 = flow ? v128.load(w + k, 32) : zero, w3 = flow ? v128.load(w + k, 48) : zero;
    for (let pair = list; pair < end; pair += PAIR_BYTES) {
      const offset = load<u32>(pair) + k;
      const c = v128.load32_splat(pair, 4);
      const from = x + offset;
      g0 = madd(c, v128.load(from), g0);
      g1 = madd(c, v128.load(from, 16), g1);
      g2 = madd(c, v128.load(from, 32), g2);
      g3 = madd(c, v128.load(from, 48), g3);
      if (flow) {
        const to = y + offset;
        v128.store(to, madd(c, w0, v128.load(to)));
        v128.store(to, madd(c, w1, v128.load(to, 16)), 16);
        v128.store(to, madd(c, w2, v128.load(to, 32)), 32);
        v128.store(to, madd(c, w3, v128.load(to, 48)), 48);
      }
    }
    v128.store(gradient + k, g0);
    v128.store(gradient + k, g1, 16);
    v128.store(gradient + k, g2, 32);
    v128.store(gradient + k, g3, 48);
  }
  for (; k < bytes; k += 16) {
    let g = zero;
    const weight = flow ? v128.load(w + k) : zero;
    for (let pair = list; pair < end; pair += PAIR_BYTES) {
      const offset = load<u32>(pair) + k;
      const c = v128.load32_splat(pair, 4);
      g = madd(c, v128.load(x + offset), g);
      if (flow) v128.store(y + offset, madd(c, weight, v128.load(y + offset)));
    }
    v128.store(gradient + k, g);
  }
}

/** Scratch for walkBackward: a list of a row's pairs, of which each sample has one at most, and the row's gradient. */
export function walkBackwardScratchBytes(batch: i32, width: i32): i32 {
  return batch * <i32>PAIR_BYTES + (((width + 3) >> 2) << 4);
}

/**
 * Backward, all that a row is read for in one visit. For the pairs of visited rows begin..end, in their order: the row's gradient
 * is the sum of coefficient[position] * sample, and the row is updated by it; the gradient by sample s collects
 * coefficient * row, with the weights from before the update.
 *
 * The latter is wanted if `partials` is not 0. Every `grain` visited rows have a partial sum of their own, `batch` rows of
 * `xStride` floats, which sumPartials adds in order: the bits do not depend on who computed what, if `grain` does not.
 * `begin` is a multiple of `grain`.
 */
export function walkBackward(
  coefficients: usize, rowsAt: usize, pairsAt: usize, optimizerAt: usize, x: usize, xStride: i32,
  partials: usize, batch: i32, grain: i32, begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  const visited = pairs.rows;
  const starts = pairs.starts;
  const positions = pairs.positions;
  const samples = pairs.samples;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const partialBytes = <usize>batch * sampleBytes;
  const gradient = scratch + <usize>batch * PAIR_BYTES;
  let y: usize = 0;
  for (let v = begin; v < end; v++) {
    if (partials && v % grain == 0) {
      y = partials + <usize>(v / grain) * partialBytes;
      memory.fill(y, 0, partialBytes);
    }
    const r = load<i32>(visited + (<usize>v << 2));
    const first = load<i32>(starts + (<usize>v << 2));
    const stop = load<i32>(starts + (<usize>v << 2), 4);
    let biasGradient: f32 = 0;
    let pair = scratch;
    for (let i = first; i < stop; i++) {
      const d = load<f32>(coefficients + (<usize>load<i32>(positions + (<usize>i << 2)) << 2));
      store<u32>(pair, load<i32>(samples + (<usize>i << 2)) * <u32>sampleBytes);
      store<f32>(pair, d, 4);
      biasGradient += d;
      pair += PAIR_BYTES;
    }
    const w = rows.weights + <usize>r * stride;
    const next = farRow(visited, v, end, r);
    if (next) prefetchRow(rows, optimizer, next);
    if (partials) sumPairs(true, scratch, stop - first, w, x, y, gradient, bytes);
    else sumPairs(false, scratch, stop - first, w, x, y, gradient, bytes);
    updateRow(rows, optimizer, r, gradient, biasGradient);
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
