// The walk backward over (sample, row) pairs sorted by row: each row that has pairs is visited once a batch. Its gradient is
// summed from the samples that chose it, and the row is updated by it at once (../optimizer).

import { Optimizer, Pairs, Rows, Sparse } from '../layout';
import { lateBytes, lateGradient, lateRows, putOff, updateLate } from './late-updates';
import { prefetchRowsOf, visitsAhead } from './prefetch';
import { blockScratchBytes, sumBlock } from './sum-block';
import { listPairs, PAIR_BYTES, sumPairs } from './sum-pairs';
import { blockEnd, tileOf } from './tiles';

/** Scratch for walkBackward: what a block needs, a list of a row's pairs, of which each sample has one at most, and rows that wait. */
export function walkBackwardScratchBytes(batch: i32, width: i32): i32 {
  const bytes = ((width + 3) >> 2) << 4;
  return blockScratchBytes(bytes) + batch * <i32>PAIR_BYTES + lateBytes(bytes);
}

/** Scratch for walkBackwardSparse: rows that wait. */
export function walkBackwardSparseScratchBytes(width: i32): i32 {
  return lateBytes(((width + 3) >> 2) << 4);
}

/**
 * Backward, all that a row is read for in one visit. For the pairs of visits begin..end, in their order: the row's
 * gradient is the sum of coefficient[position] * sample, and the row is updated by it; the gradient with respect to sample s
 * collects coefficient * row, with the weights from before the update.
 *
 * The latter is wanted if `partials` is not 0. Every `grain` visits have a partial sum of their own, `batch` rows of
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
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const sampleBytes = <usize>xStride << 2;
  const partialBytes = <usize>batch * sampleBytes;
  const list = scratch + <usize>blockScratchBytes(<i32>bytes);
  const late = list + <usize>batch * PAIR_BYTES;
  const most = lateRows(bytes);
  let waiting = 0;
  let y: usize = 0;
  const ahead = visitsAhead(bytes * 3);
  let touched = begin;
  for (let o = begin; o < end; ) {
    if (o + ahead > touched) {
      const next = min(end, o + 2 * ahead);
      prefetchRowsOf(rows, pairs, optimizer, touched, next);
      touched = next;
    }
    if (partials && o % grain == 0) {
      y = partials + <usize>(o / grain) * partialBytes;
      memory.fill(y, 0, partialBytes);
    }
    const tile = tileOf(pairs, o);
    if (tile >= 0) {
      const after = blockEnd(pairs, o, partials ? min(end, (o / grain + 1) * grain) : end, tile);
      sumBlock(coefficients, rows, pairs, optimizer, x, sampleBytes, y, bytes, o, after, scratch, list);
      o = after;
      continue;
    }
    const r = load<i32>(pairs.rows + (<usize>o << 2));
    const first = load<i32>(pairs.starts + (<usize>o << 2));
    const stop = load<i32>(pairs.starts + (<usize>o << 2), 4);
    const biasGradient = listPairs(list, pairs, coefficients, sampleBytes, first, stop, 0);
    const last = list + <usize>(stop - first) * PAIR_BYTES;
    const w = rows.weights + <usize>r * stride;
    const gradient = lateGradient(late, waiting, bytes);
    if (partials) sumPairs(true, true, list, last, w, x, y, gradient, bytes);
    else sumPairs(false, true, list, last, w, x, y, gradient, bytes);
    putOff(late, waiting, r, biasGradient);
    if (++waiting == most) {
      updateLate(rows, optimizer, late, waiting, bytes);
      waiting = 0;
    }
    o++;
  }
  updateLate(rows, optimizer, late, waiting, bytes);
}

/**
 * As walkBackward, the samples sparse. Partial sums are laid out like the samples' values, `nonZeros` floats each: of the
 * gradients with respect to their active columns only.
 */
export function walkBackwardSparse(
  coefficients: usize, rowsAt: usize, pairsAt: usize, optimizerAt: usize, xAt: usize,
  partials: usize, nonZeros: i32, grain: i32, begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const pairs = changetype<Pairs>(pairsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  const x = changetype<Sparse>(xAt);
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const stride = <usize>rows.stride << 2;
  const partialBytes = <usize>nonZeros << 2;
  const most = lateRows(bytes);
  let waiting = 0;
  let y: usize = 0;
  for (let v = begin; v < end; v++) {
    if (partials && v % grain == 0) {
      y = partials + <usize>(v / grain) * partialBytes;
      memory.fill(y, 0, partialBytes);
    }
    const r = load<i32>(pairs.rows + (<usize>v << 2));
    const first = load<i32>(pairs.starts + (<usize>v << 2));
    const stop = load<i32>(pairs.starts + (<usize>v << 2), 4);
    const gradient = lateGradient(scratch, waiting, bytes);
    memory.fill(gradient, 0, bytes);
    const biasGradient = partials
      ? sumSparsePairs(true, pairs, coefficients, x, rows.weights + <usize>r * stride, y, gradient, first, stop)
      : sumSparsePairs(false, pairs, coefficients, x, 0, 0, gradient, first, stop);
    putOff(scratch, waiting, r, biasGradient);
    if (++waiting == most) {
      updateLate(rows, optimizer, scratch, waiting, bytes);
      waiting = 0;
    }
  }
  updateLate(rows, optimizer, scratch, waiting, bytes);
}

/**
 * Adds coefficient * sample to the gradient of a row for its pairs first..stop; where `flow` is set, coefficient * row is added at
 * the sample's columns to `y`. Gives the gradient of the row's bias.
 */
// @ts-ignore: decorator
@inline
function sumSparsePairs(
  flow: bool, pairs: Pairs, coefficients: usize, x: Sparse, w: usize, y: usize, gradient: usize, first: i32, stop: i32,
): f32 {
  const ids = x.ids;
  const values = x.values;
  let biasGradient: f32 = 0;
  for (let i = first; i < stop; i++) {
    const d = load<f32>(coefficients + (<usize>load<i32>(pairs.positions + (<usize>i << 2)) << 2));
    biasGradient += d;
    const sample = x.offsets + (<usize>load<i32>(pairs.samples + (<usize>i << 2)) << 2);
    const last = <usize>load<i32>(sample, 4) << 2;
    let k = <usize>load<i32>(sample) << 2;
    if (flow) {
      const four = f32x4.splat(d);
      for (; k + 16 <= last; k += 16) {
        const c0 = <usize>load<i32>(ids + k) << 2, c1 = <usize>load<i32>(ids + k, 4) << 2;
        const c2 = <usize>load<i32>(ids + k, 8) << 2, c3 = <usize>load<i32>(ids + k, 12) << 2;
        let columns = v128.load32_zero(w + c0);
        columns = v128.load_lane<f32>(w + c1, columns, 1);
        columns = v128.load_lane<f32>(w + c2, columns, 2);
        columns = v128.load_lane<f32>(w + c3, columns, 3);
        v128.store(y + k, f32x4.add(v128.load(y + k), f32x4.mul(four, columns)));
        addAt(gradient + c0, d * load<f32>(values + k));
        addAt(gradient + c1, d * load<f32>(values + k, 4));
        addAt(gradient + c2, d * load<f32>(values + k, 8));
        addAt(gradient + c3, d * load<f32>(values + k, 12));
      }
    }
    for (; k < last; k += 4) {
      const column = <usize>load<i32>(ids + k) << 2;
      if (flow) addAt(y + k, d * load<f32>(w + column));
      addAt(gradient + column, d * load<f32>(values + k));
    }
  }
  return biasGradient;
}

// @ts-ignore: decorator
@inline
function addAt(at: usize, term: f32): void {
  store<f32>(at, load<f32>(at) + term);
}
