/** Reference of one row's update from its gradient. */
import type { OptimizerFields } from '../../ops/optimizer.ts';
import { sumOfSquares, unlessTiny } from '../fading.ts';
import { adagrad, adagradBias } from './adagrad.ts';
import { adamBias, adamRow } from './adam.ts';
import type { AnyRows } from './adam.ts';
import { load, toBfloat16 } from './bfloat16.ts';

/**
 * Updates row `row` by the gradient of its weights (`rows.width` elements) and of its bias: by SGD, with momentum, by
 * Adagrad (adagrad.ts) or by Adam (adam.ts). Gradients are scaled and clipped first, weights decayed.
 *
 * Lazy: only rows that get a gradient change. Where the optimizer has `moves`, steps that the row skipped are taken first,
 * by a gradient of 0, one after the other, as a dense implementation has taken them. Else Adam's bias corrections follow
 * the row's own number of updates. Weights decay for skipped steps in any case.
 */
export function updateRow(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  gradient: ArrayLike<number>,
  biasGradient: number,
): void {
  const { step = 1, weightDecay = 0 } = optimizer;
  if (optimizer.kind === 'measure') {
    if (!rows.norms) throw new Error('Measuring needs the array `norms`.');
    rows.norms[row] = sumOfSquares(gradient, rows.width) + (rows.bias ? biasGradient ** 2 : 0);
    return;
  }
  const decay = (): void => {
    for (let j = 0; j < rows.width; j++) {
      const at = row * rows.stride + j;
      rows.weights[at] -= Math.fround(weightDecay) * rows.weights[at];
    }
  };
  if (rows.touched) {
    const still = new Float32Array(rows.width);
    for (let t = rows.touched[row] + 1; t < step; t++) {
      decay();
      if (optimizer.moves) move(rows, { ...optimizer, step: t }, row, still, 0);
    }
    rows.touched[row] = step;
  }
  decay();
  move(
    rows,
    optimizer,
    row,
    Float64Array.from({ length: rows.width }, (_, j) => clipped(gradient[j], optimizer)),
    clipped(biasGradient, optimizer),
  );
}

function clipped(g: number, { gradientScale = 1, clipValue = 0 }: OptimizerFields): number {
  const scaled = Math.fround(gradientScale) * g;
  const most = clipValue > 0 ? Math.fround(clipValue) : Infinity;
  return Math.max(-most, Math.min(most, scaled));
}

/** The step itself. */
function move(
  rows: AnyRows,
  optimizer: OptimizerFields,
  row: number,
  gradient: ArrayLike<number>,
  biasGradient: number,
): void {
  const { weights, first, bias, biasFirst, steps } = rows;
  if (optimizer.kind === 'adam') {
    if (!optimizer.moves && !steps) throw new Error('Adam needs the array `steps`.');
    const t = optimizer.moves || !steps ? (optimizer.step ?? 1) : ++steps[row];
    adamRow(rows, optimizer, row, t, gradient);
    if (bias) adamBias(rows, optimizer, row, t, biasGradient);
  } else if (optimizer.kind === 'adagrad') {
    adagrad(rows, optimizer, row, gradient);
    if (bias) adagradBias(rows, optimizer, row, biasGradient);
  } else {
    const update = optimizer.kind === 'sgd' ? sgd : momentum;
    for (let j = 0; j < rows.width; j++) {
      update(optimizer, row * rows.stride + j, gradient[j], weights, first);
    }
    if (bias) update(optimizer, row, biasGradient, bias, biasFirst);
  }
}

/** Stochastic gradient descent: w -= rate g. The kernels hold the settings as 32-bit floats, so they are rounded here. */
function sgd({ rate }: OptimizerFields, at: number, g: number, w: Float32Array): void {
  w[at] -= Math.fround(rate) * g;
}

/** The heavy ball (Polyak 1964): u = beta1 u + g; w -= rate u. A tiny u is 0; in bfloat16 it is rounded to the nearest. */
function momentum(
  { rate, beta1 }: OptimizerFields,
  at: number,
  g: number,
  w: Float32Array,
  u: Float32Array | Uint16Array | undefined,
): void {
  if (!u) throw new Error('Momentum needs the arrays of velocities.');
  const velocity = Math.fround(beta1) * unlessTiny(load(u, at)) + g;
  u[at] = u instanceof Uint16Array ? toBfloat16(velocity) : velocity;
  w[at] -= Math.fround(rate) * velocity;
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

/** The same for rows ids[0], ids[1], ... alone; gradients are by their place in the list. */
export function updateChosenRows(
  rows: AnyRows,
  optimizer: OptimizerFields,
  ids: Int32Array,
  gradients: Float32Array,
  gradientStride: number,
  biasGradients: Float32Array,
): void {
  for (const [i, r] of ids.entries()) {
    const from = i * gradientStride;
    updateRow(rows, optimizer, r, gradients.subarray(from, from + rows.width), biasGradients[i]);
  }
}
