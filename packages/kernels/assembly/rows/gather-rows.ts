// Sums of rows, sample by sample: each sample adds up coefficient * row over the rows that it chose.

import { Rows, Sparse } from '../layout';
import { madd } from '../simd';

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
