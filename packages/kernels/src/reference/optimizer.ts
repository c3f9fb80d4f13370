/** Reference of one row's update from its gradient. */
import type { OptimizerFields } from '../layout.ts';
import { adamBias, adamRow } from './adam.ts';
import type { AnyRows } from './adam.ts';

/**
 * Updates row `row` by the gradient of its weights (`rows.width` elements) and of its bias: by SGD, with momentum, or by
 * Adam (adam.ts). Lazy: only rows that get a gradient change, and Adam's bias corrections follow the row's own number of
 * updates.
 */
export function updateRow(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  gradient: ArrayLike<number>,
  biasGradient: number,
): void {
  const { weights, first, bias, biasFirst, steps } = rows;
  if (optimizer.kind === 'adam') {
    if (!steps) throw new Error('Adam needs the array `steps`.');
    const t = ++steps[row];
    adamRow(rows, optimizer, row, t, gradient);
    if (bias) adamBias(rows, optimizer, row, t, biasGradient);
    return;
  }
  const update = optimizer.kind === 'sgd' ? sgd : momentum;
  for (let j = 0; j < rows.width; j++) {
    update(optimizer, row * rows.stride + j, gradient[j], weights, first);
  }
  if (bias) update(optimizer, row, biasGradient, bias, biasFirst);
}

/** Stochastic gradient descent: w -= rate g. The kernels hold the settings as 32-bit floats, so they are rounded here. */
function sgd({ rate }: OptimizerFields, at: number, g: number, w: Float32Array): void {
  w[at] -= Math.fround(rate) * g;
}

/** The heavy ball (Polyak 1964): u = beta1 u + g; w -= rate u. */
function momentum(
  { rate, beta1 }: OptimizerFields,
  at: number,
  g: number,
  w: Float32Array,
  u: Float32Array | Uint16Array | undefined,
): void {
  if (!(u instanceof Float32Array)) throw new Error('Momentum needs velocities in 32-bit floats.');
  u[at] = Math.fround(beta1) * u[at] + g;
  w[at] -= Math.fround(rate) * u[at];
}

/**
 * Updates all rows from a whole matrix of gradients: row r's is `gradients[r * gradientStride]` and on, and that of its
 * bias `biasGradients[r]` (none: 0).
 */
export function updateRows(
  rows: AnyRows,
  optimizer: OptimizerFields,
  gradients: Float32Array,
  gradientStride: number,
  biasGradients?: Float32Array,
): void {
  const count = Math.floor(rows.weights.length / rows.stride);
  for (let r = 0; r < count; r++) {
    const from = r * gradientStride;
    const gradient = gradients.subarray(from, from + rows.width);
    updateRow(rows, optimizer, r, gradient, biasGradients ? biasGradients[r] : 0);
  }
}
