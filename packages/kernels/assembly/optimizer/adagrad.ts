// Adagrad on one row (Duchi, Hazan and Singer 2011), its sums of squares as 32-bit floats or smaller.

import { meanSquare, square, squares4 } from '../fading';
import { Optimizer, Rows } from '../layout';
import { BFLOAT16, loadNarrow, nextRandom, ROW, roundAtRandom, startRandom, storeNarrow } from './narrow';
import { sumOfSquares } from './clip';
import { madd } from '../simd';

/** G += g^2; w -= rate g / (sqrt(G) + epsilon). */
// @ts-ignore: decorator
@inline
function walk(
  narrow: bool, weights: usize, gradient: usize, squares: usize, bytes: usize, rate: f32, epsilon: f32, start: v128,
): void {
  const step = f32x4.splat(rate);
  const rest = f32x4.splat(epsilon);
  let random = start;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const total = f32x4.add(narrow ? loadNarrow(squares + (i >> 1)) : v128.load(squares + i), squares4(g));
    if (narrow) {
      random = nextRandom(random);
      storeNarrow(squares + (i >> 1), roundAtRandom(total, random));
    } else v128.store(squares + i, total);
    const change = f32x4.div(f32x4.mul(step, g), f32x4.add(f32x4.sqrt(total), rest));
    v128.store(weights + i, f32x4.sub(v128.load(weights + i), change));
  }
}

/** Updates row `row`, in whatever format its sums of squares are. */
export function adagradRow(
  rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, bytes: usize, biasGradient: f32,
): void {
  const element = <usize>row * rows.stride;
  const weights = rows.weights + (element << 2);
  const format = optimizer.secondFormat;
  const rate = optimizer.rate;
  const epsilon = optimizer.epsilon;
  if (format == ROW) {
    const at = rows.second + (<usize>row << 2);
    const total = load<f32>(at) + meanSquare(sumOfSquares(gradient, bytes), rows.width);
    store<f32>(at, total);
    const step = f32x4.splat(-rate / (sqrt(total) + epsilon));
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(weights + i, madd(step, v128.load(gradient + i), v128.load(weights + i)));
    }
  } else if (format == BFLOAT16) {
    walk(true, weights, gradient, rows.second + (element << 1), bytes, rate, epsilon, startRandom(row, optimizer.step));
  } else {
    walk(false, weights, gradient, rows.second + (element << 2), bytes, rate, epsilon, i32x4.splat(0));
  }
  if (rows.bias) {
    const bias = rows.bias + (<usize>row << 2);
    const at = rows.biasSecond + (<usize>row << 2);
    const total = load<f32>(at) + square(biasGradient);
    store<f32>(at, total);
    store<f32>(bias, load<f32>(bias) - (rate * biasGradient) / (sqrt(total) + epsilon));
  }
}
