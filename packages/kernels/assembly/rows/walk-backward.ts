// The walk backward over (sample, row) pairs sorted by row: each row that has pairs is visited once a batch. Its gradient is
// summed from the samples that chose it, and the row is updated by it at once (../optimizer).

import { Optimizer, Pairs, Rows, Sparse } from '../layout';
import { updateRow } from '../optimizer/update-row';
import { prefetchRowsOf, visitsAhead } from './prefetch';
import { blockScratchBytes, sumBlock } from './sum-block';
import { listPairs, PAIR_BYTES, sumPairs } from './sum-pairs';
import { blockEnd, tileOf, visited } from './tiles';

/** Scratch for walkBackward: what a block needs, or a list of a row's pairs, of which each sample has one at most, and its gradient. */
export function walkBackwardScratchBytes(batch: i32, width: i32): i32 {
  const bytes = ((width + 3) >> 2) << 4;
  return blockScratchBytes(bytes) + batch * <i32>PAIR_BYTES + bytes;
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
  const gradient = list + <usize>batch * PAIR_BYTES;
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
    const v = visited(pairs, o);
    const r = load<i32>(pairs.rows + (<usize>v << 2));
    const first = load<i32>(pairs.starts + (<usize>v << 2));
    const stop = load<i32>(pairs.starts + (<usize>v << 2), 4);
    const biasGradient = listPairs(list, pairs, coefficients, sampleBytes, first, stop, 0);
    const last = list + <usize>(stop - first) * PAIR_BYTES;
    const w = rows.weights + <usize>r * stride;
    if (partials) sumPairs(true, true, list, last, w, x, y, gradient, bytes);
    else sumPairs(false, true, list, last, w, x, y, gradient, bytes);
    updateRow(rows, optimizer, r, gradient, biasGradient);
    o++;
  }
}

/** As walkBackward, the samples sparse. `scratch` holds one row. */
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
