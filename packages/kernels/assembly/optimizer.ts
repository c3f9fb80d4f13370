// One row's update from its gradient. Lazy: a row that no sample chose is not touched, and Adam's bias corrections
// follow the row's own count of updates.

import { adamRow } from './adam';
import { Optimizer, Rows } from './layout';
import { madd } from './simd';

const MOMENTUM: i32 = 1;
const ADAM: i32 = 2;

/** Updates row `row` by the gradient of its weights (`width` floats and zeros up to a multiple of 4) and of its bias. */
export function updateRow(rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, biasGradient: f32): void {
  const offset = (<usize>row * rows.stride) << 2;
  const bytes = <usize>((rows.width + 3) >> 2) << 4;
  const weights = rows.weights + offset;
  const bias = rows.bias ? rows.bias + (<usize>row << 2) : 0;
  const kind = optimizer.kind;
  if (kind == ADAM) {
    const count = rows.steps + (<usize>row << 2);
    const step = load<i32>(count);
    store<i32>(count, step + 1);
    const correction = optimizer.corrections + (<usize>min(step, optimizer.correctionCount - 1) << 3);
    const rate = optimizer.rate * load<f32>(correction);
    const scale = load<f32>(correction, 4);
    adamRow(rows, optimizer, row, gradient, bytes, rate, scale, step);
    if (bias) {
      const m = rows.biasFirst + (<usize>row << 2);
      const v = rows.biasSecond + (<usize>row << 2);
      const beta1 = optimizer.beta1;
      const beta2 = optimizer.beta2;
      const first = beta1 * load<f32>(m) + (1 - beta1) * biasGradient;
      const second = beta2 * load<f32>(v) + (1 - beta2) * biasGradient * biasGradient;
      store<f32>(m, first);
      store<f32>(v, second);
      store<f32>(bias, load<f32>(bias) - (rate * first) / (sqrt(second) * scale + optimizer.epsilon));
    }
  } else if (kind == MOMENTUM) {
    momentum(weights, gradient, rows.first + offset, bytes, optimizer.rate, optimizer.beta1);
    if (bias) {
      const m = rows.biasFirst + (<usize>row << 2);
      const velocity = optimizer.beta1 * load<f32>(m) + biasGradient;
      store<f32>(m, velocity);
      store<f32>(bias, load<f32>(bias) - optimizer.rate * velocity);
    }
  } else {
    sgd(weights, gradient, bytes, optimizer.rate);
    if (bias) store<f32>(bias, load<f32>(bias) - optimizer.rate * biasGradient);
  }
}

/** w -= rate g. */
function sgd(weights: usize, gradient: usize, bytes: usize, rate: f32): void {
  const minusRate = f32x4.splat(-rate);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(weights + i, madd(minusRate, v128.load(gradient + i), v128.load(weights + i)));
  }
}

/** Heavy ball: u = beta u + g; w -= rate u. */
function momentum(weights: usize, gradient: usize, velocity: usize, bytes: usize, rate: f32, beta: f32): void {
  const minusRate = f32x4.splat(-rate);
  const decay = f32x4.splat(beta);
  for (let i: usize = 0; i < bytes; i += 16) {
    const u = madd(decay, v128.load(velocity + i), v128.load(gradient + i));
    v128.store(velocity + i, u);
    v128.store(weights + i, madd(minusRate, u, v128.load(weights + i)));
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
