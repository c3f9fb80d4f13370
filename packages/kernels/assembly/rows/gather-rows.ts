// Sums of rows, sample by sample: each sample adds up coefficient * row over the rows that it chose.

import { Rows, Sparse } from '../layout';
import { madd } from '../simd';

/** Bytes of rows that are short, at most. */
const SHORT: usize = 512;

/**
 * The transposed walk, by samples begin..end: out = bias + the sum of coefficient * row over the sample's (id,
 * coefficient) pairs, in their order. It is the forward product of a sparse input (an embedding bag) and the gradient
 * that flows back to a dense one. `out` rows are `outStride` floats apart; `bias` (`width` floats) may be 0.
 */
export function gatherRows(
  out: usize, outStride: i32, bias: usize, weights: usize, stride: i32, width: i32,
  offsets: usize, ids: usize, coefficients: usize, begin: i32, end: i32,
): void {
  const rowBytes = <usize>stride << 2;
  for (let s = begin; s < end; s++) {
    const y = out + ((<usize>s * outStride) << 2);
    const first = <usize>load<i32>(offsets + (<usize>s << 2)) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    sumListed(y, bias, width, weights, rowBytes, ids, coefficients, first, stop);
  }
}

/** The sum at `y` of the bias, if there is one, and of coefficient * row for the pairs from byte `first` to `stop` of the lists. */
// @ts-ignore: decorator
@inline
export function sumListed(
  y: usize, bias: usize, width: i32, weights: usize, rowBytes: usize, ids: usize, coefficients: usize, first: usize, stop: usize,
): void {
  const bytes = <usize>((width + 3) >> 2) << 4;
  memory.fill(y, 0, bytes);
  if (bias) memory.copy(y, bias, <usize>width << 2);
  if (bytes >= 128 && bytes <= SHORT) addShortRows(y, weights, rowBytes, bytes, ids, coefficients, first, stop);
  else addRows(y, weights, rowBytes, bytes, ids, coefficients, first, stop);
}

/** Adds coefficient * row to the sum at `y` for the pairs from byte `first` to `stop` of the lists: four rows at a time. */
// @ts-ignore: decorator
@inline
function addRows(
  y: usize, weights: usize, rowBytes: usize, bytes: usize, ids: usize, coefficients: usize, first: usize, stop: usize,
): void {
  let q = first;
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

/** The same of short rows: 128 bytes of the sum at a time stay in registers while all rows pass by, and so are fetched at once. */
// @ts-ignore: decorator
@inline
function addShortRows(
  y: usize, weights: usize, rowBytes: usize, bytes: usize, ids: usize, coefficients: usize, first: usize, stop: usize,
): void {
  let k: usize = 0;
  for (; k + 128 <= bytes; k += 128) {
    const to = y + k;
    let g0 = v128.load(to), g1 = v128.load(to, 16), g2 = v128.load(to, 32), g3 = v128.load(to, 48);
    let g4 = v128.load(to, 64), g5 = v128.load(to, 80), g6 = v128.load(to, 96), g7 = v128.load(to, 112);
    for (let q = first; q < stop; q += 4) {
      const w = weights + <usize>load<i32>(ids + q) * rowBytes + k;
      const c = v128.load32_splat(coefficients + q);
      g0 = madd(c, v128.load(w), g0);
      g1 = madd(c, v128.load(w, 16), g1);
      g2 = madd(c, v128.load(w, 32), g2);
      g3 = madd(c, v128.load(w, 48), g3);
      g4 = madd(c, v128.load(w, 64), g4);
      g5 = madd(c, v128.load(w, 80), g5);
      g6 = madd(c, v128.load(w, 96), g6);
      g7 = madd(c, v128.load(w, 112), g7);
    }
    v128.store(to, g0);
    v128.store(to, g1, 16);
    v128.store(to, g2, 32);
    v128.store(to, g3, 48);
    v128.store(to, g4, 64);
    v128.store(to, g5, 80);
    v128.store(to, g6, 96);
    v128.store(to, g7, 112);
  }
  for (; k < bytes; k += 16) {
    let g = v128.load(y + k);
    for (let q = first; q < stop; q += 4) {
      const w = weights + <usize>load<i32>(ids + q) * rowBytes + k;
      g = madd(v128.load32_splat(coefficients + q), v128.load(w), g);
    }
    v128.store(y + k, g);
  }
}

/**
 * The gradient that flows back to sparse samples begin..end, at their active columns only: out (laid out like the
 * samples' values) = the sum of coefficient * row[column] over the pairs (id, coefficient) that the sample chose.
 */
export function gatherRowsSparse(
  out: usize, rowsAt: usize, xAt: usize, offsets: usize, chosen: usize, coefficients: usize, begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const x = changetype<Sparse>(xAt);
  const columns = x.ids;
  const stride = <usize>rows.stride << 2;
  for (let s = begin; s < end; s++) {
    const first = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2;
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    memory.fill(out + first, 0, last - first);
    let q = <usize>load<i32>(offsets + (<usize>s << 2)) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    for (; q + 16 <= stop; q += 16) {
      const w0 = rows.weights + <usize>load<i32>(chosen + q) * stride;
      const w1 = rows.weights + <usize>load<i32>(chosen + q, 4) * stride;
      const w2 = rows.weights + <usize>load<i32>(chosen + q, 8) * stride;
      const w3 = rows.weights + <usize>load<i32>(chosen + q, 12) * stride;
      const c0 = load<f32>(coefficients + q), c1 = load<f32>(coefficients + q, 4);
      const c2 = load<f32>(coefficients + q, 8), c3 = load<f32>(coefficients + q, 12);
      for (let k = first; k < last; k += 4) {
        const column = <usize>load<i32>(columns + k) << 2;
        store<f32>(out + k, load<f32>(out + k) + c0 * load<f32>(w0 + column) + c1 * load<f32>(w1 + column) +
          c2 * load<f32>(w2 + column) + c3 * load<f32>(w3 + column));
      }
    }
    for (; q < stop; q += 4) {
      const w = rows.weights + <usize>load<i32>(chosen + q) * stride;
      const c = load<f32>(coefficients + q);
      for (let k = first; k < last; k += 4) {
        store<f32>(out + k, load<f32>(out + k) + c * load<f32>(w + (<usize>load<i32>(columns + k) << 2)));
      }
    }
  }
}
