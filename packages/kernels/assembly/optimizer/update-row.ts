// One row's update from its gradient. Lazy: a row that no sample chose is not touched; skipped.ts makes good for it when
// it is touched again, where the optimizer says so.

import { adagradRow } from './adagrad';
import { adamRow } from './adam';
import { Optimizer, Rows } from '../layout';
import { momentumRow } from './momentum';
import { addMultiple, clip, clipped, decayed, sumOfSquares } from './clip';
import { madd } from '../simd';

const MOMENTUM: i32 = 1;
const ADAM: i32 = 2;
const ADAGRAD: i32 = 3;
const MEASURE: i32 = 4;

/**
 * Updates row `row` by the gradient of its weights (`width` floats and zeros up to a multiple of 4; clipping changes it)
 * and of its bias; or only measures it.
 */
export function updateRow(rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, biasGradient: f32): void {
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const kind = optimizer.kind;
  if (kind == MEASURE) {
    const ofBias: f32 = rows.bias ? biasGradient * biasGradient : 0;
    store<f32>(rows.norms + (<usize>row << 2), sumOfSquares(gradient, bytes) + ofBias);
    return;
  }
  const weights = rows.weights + ((<usize>row * rows.stride) << 2);
  const factor = optimizer.gradientScale;
  const most = optimizer.clipValue;
  if (factor != 1 || most > 0) {
    clip(gradient, bytes, factor, most);
    biasGradient = clipped(biasGradient, factor, most);
  }
  let last = 0;
  let skipped = 0;
  if (rows.touched) {
    const at = rows.touched + (<usize>row << 2);
    last = load<i32>(at);
    store<i32>(at, optimizer.step);
    skipped = optimizer.step - last - 1;
    if (optimizer.weightDecay > 0) addMultiple(weights, bytes, -decayed(optimizer.weightDecay, skipped + 1));
  }
  if (kind == ADAM) adamRow(rows, optimizer, row, gradient, bytes, biasGradient, last, skipped);
  else if (kind == MOMENTUM) momentumRow(rows, optimizer, row, gradient, bytes, biasGradient, last, skipped);
  else if (kind == ADAGRAD) adagradRow(rows, optimizer, row, gradient, bytes, biasGradient);
  else {
    sgd(weights, gradient, bytes, optimizer.rate);
    if (rows.bias) {
      const bias = rows.bias + (<usize>row << 2);
      store<f32>(bias, load<f32>(bias) - optimizer.rate * biasGradient);
    }
  }
}

/** w -= rate g. */
function sgd(weights: usize, gradient: usize, bytes: usize, rate: f32): void {
  const minusRate = f32x4.splat(-rate);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(weights + i, madd(minusRate, v128.load(gradient + i), v128.load(weights + i)));
  }
}

/** Updates rows begin..end from a whole matrix of gradients, rows `gradientStride` floats apart (dense layers). */
export function updateRows(
  rowsAt: usize, optimizerAt: usize, gradients: usize, gradientStride: i32, biasGradients: usize, begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  for (let r = begin; r < end; r++) {
    const biasGradient: f32 = biasGradients ? load<f32>(biasGradients + (<usize>r << 2)) : 0;
    updateRow(rows, optimizer, r, gradients + ((<usize>r * gradientStride) << 2), biasGradient);
  }
}

/** The same for rows ids[begin..end] alone, whose gradients stand one after the other. */
export function updateChosenRows(
  rowsAt: usize, optimizerAt: usize, ids: usize, gradients: usize, gradientStride: i32, biasGradients: usize,
  begin: i32, end: i32,
): void {
  const rows = changetype<Rows>(rowsAt);
  const optimizer = changetype<Optimizer>(optimizerAt);
  for (let i = begin; i < end; i++) {
    const gradient = gradients + ((<usize>i * gradientStride) << 2);
    updateRow(rows, optimizer, load<i32>(ids + (<usize>i << 2)), gradient, load<f32>(biasGradients + (<usize>i << 2)));
  }
}
