// The walks of walk.ts where the samples are sparse too: only the columns that are active in the layer before are read.

import { Optimizer, Pairs, Rows, Sparse } from '../layout';
import { updateRow } from '../optimizer/optimizer';

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

/** Forward: out[position] = row . sample + bias for the pairs of visited rows begin..end. */
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

/** Backward: as walkBackward, the samples sparse. `scratch` holds one row. */
export function walkBackwardSparse(
  coefficients: usize, rowsAt: usize, pairsAt: usize, optimizerAt: usize, xAt: usize,
  begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  const x = changetype<Sparse>(xAt);
  const ids = x.ids;
  const values = x.values;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  for (let v = begin; v < end; v++) {
    const r = load<i32>(pairs.rows + (<usize>v << 2));
    let i = load<i32>(pairs.starts + (<usize>v << 2));
    const stop = load<i32>(pairs.starts + (<usize>v << 2), 4);
    memory.fill(scratch, 0, bytes);
    let biasGradient: f32 = 0;
    for (; i < stop; i++) {
      const d = load<f32>(coefficients + (<usize>load<i32>(pairs.positions + (<usize>i << 2)) << 2));
      biasGradient += d;
      const sample = x.offsets + (<usize>load<i32>(pairs.samples + (<usize>i << 2)) << 2);
      const last = <usize>load<i32>(sample, 4) << 2;
      for (let k = <usize>load<i32>(sample) << 2; k < last; k += 4) {
        const at = scratch + (<usize>load<i32>(ids + k) << 2);
        store<f32>(at, load<f32>(at) + d * load<f32>(values + k));
      }
    }
    updateRow(rows, optimizer, r, scratch, biasGradient);
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
