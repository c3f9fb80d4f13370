// The walk forward over (sample, row) pairs sorted by row: each row that has pairs is visited once a batch, and multiplied with
// every sample that chose it. The same walk serves a dense input before chosen neurons (rows are neurons) and a sparse input
// before a dense layer (rows are input features). walk-backward.ts has the way back.

import { Pairs, Rows, Sparse } from '../layout';
import { multiplyPairs } from './multiply-pairs';
import { prefetchWeightsOf, visitsAhead } from './prefetch';
import { multiplyBlock } from './multiply-block';
import { blockEnd, tileOf } from './tiles';

/**
 * Forward: out[position] = row . sample + bias for the pairs of the rows begin..end of `pairs`; samples are rows of `x`, `xStride`
 * floats apart, zero from the rows' width up to a multiple of 4.
 */
export function walkForward(
  out: usize, rowsAt: usize, pairsAt: usize, x: usize, xStride: i32, begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const ahead = visitsAhead(bytes);
  let touched = begin;
  for (let o = begin; o < end; ) {
    if (o + ahead > touched) {
      const next = min(end, o + 2 * ahead);
      prefetchWeightsOf(rows, pairs, touched, next);
      touched = next;
    }
    const tile = tileOf(pairs, o);
    if (tile >= 0) {
      const after = blockEnd(pairs, o, end, tile);
      multiplyBlock(out, rows, pairs, x, sampleBytes, bytes, o, after, scratch);
      o = after;
      continue;
    }
    const r = load<i32>(pairs.rows + (<usize>o << 2));
    const bias: f32 = rows.bias ? load<f32>(rows.bias + (<usize>r << 2)) : 0;
    const first = load<i32>(pairs.starts + (<usize>o << 2));
    const stop = load<i32>(pairs.starts + (<usize>o << 2), 4);
    multiplyPairs(out, pairs, rows.weights + <usize>r * stride, bias, x, sampleBytes, bytes, first, stop);
    o++;
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
