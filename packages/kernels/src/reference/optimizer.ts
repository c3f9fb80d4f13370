/** Reference of one row's update from its gradient. */
import type { OptimizerFields, RowsFields } from '../layout.ts';

/**
 * Updates row `row` by the gradient of its weights (`rows.width` elements) and of its bias. Lazy: only rows that get a
 * gradient change, and Adam's bias corrections follow the row's own number of updates.
 */
export function updateRow(
  rows: RowsFields,
  optimizer: OptimizerFields,
  row: number,
  gradient: ArrayLike<number>,
  biasGradient: number,
): void {
  const { weights, first, second, bias, biasFirst, biasSecond, steps } = rows;
  const t = steps && optimizer.kind === 'adam' ? ++steps[row] : 0;
  for (let j = 0; j < rows.width; j++) {
    updateElement(optimizer, t, row * rows.stride + j, gradient[j], weights, first, second);
  }
  if (bias) updateElement(optimizer, t, row, biasGradient, bias, biasFirst, biasSecond);
}

/**
 * One weight `w[at]` with gradient `g`, at the row's update number `t`, counted from 1:
 * - sgd: w -= rate g;
 * - momentum (heavy ball, Polyak 1964): u = beta1 u + g; w -= rate u, with u in `first`;
 * - adam (Kingma and Ba 2015, algorithm 1): m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
 *   w -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), with m in `first` and v in `second`.
 *
 * The kernels hold the settings as 32-bit floats, so they are rounded here.
 */
function updateElement(
  optimizer: OptimizerFields,
  t: number,
  at: number,
  g: number,
  w: Float32Array,
  first: Float32Array | undefined,
  second: Float32Array | undefined,
): void {
  const rate = Math.fround(optimizer.rate);
  const beta1 = Math.fround(optimizer.beta1);
  const beta2 = Math.fround(optimizer.beta2);
  const epsilon = Math.fround(optimizer.epsilon);
  if (optimizer.kind === 'sgd') {
    w[at] -= rate * g;
  } else if (optimizer.kind === 'momentum') {
    if (!first) throw new Error('Momentum needs the array `first`.');
    first[at] = beta1 * first[at] + g;
    w[at] -= rate * first[at];
  } else {
    if (!first || !second) throw new Error('Adam needs the arrays `first` and `second`.');
    first[at] = beta1 * first[at] + (1 - beta1) * g;
    second[at] = beta2 * second[at] + (1 - beta2) * g * g;
    const m = first[at] / (1 - beta1 ** t);
    const v = second[at] / (1 - beta2 ** t);
    w[at] -= (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

/**
 * Updates all rows from a whole matrix of gradients: row r's is `gradients[r * gradientStride]` and on, and that of its
 * bias `biasGradients[r]` (none: 0).
 */
export function updateRows(
  rows: RowsFields,
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
