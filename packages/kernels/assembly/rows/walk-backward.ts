// The walk backward over (sample, row) pairs sorted by row: each row that has pairs is visited once a batch. Its gradient is
// summed from the samples that chose it, and the row is updated by it at once (../optimizer).

import { Optimizer, Pairs, Rows, Sparse } from '../layout';
import { updateRow } from '../optimizer/update-row';
import { madd } from '../simd';
import { farRow, prefetchRow } from './prefetch';

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
 * Backward, all that a row is read for in one visit. For the pairs of visited rows begin..end, in their order: the row's
 * gradient is the sum of coefficient[position] * sample, and the row is updated by it; the gradient with respect to sample s
 * collects coefficient * row, with the weights from before the update.
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
