// Adam on one row, with its moments as 32-bit floats or smaller: wide layers are bound by memory, and two thirds of what
// an update moves are moments.

import { Optimizer, Rows } from './layout';
import { madd, sum } from './simd';

/** Formats of a moment: Optimizer.firstFormat and secondFormat. */
const BFLOAT16: i32 = 1;
const ROW: i32 = 2;

/** Four bfloat16: the upper halves of 32-bit floats. */
// @ts-ignore: decorator
@inline
function loadNarrow(at: usize): v128 {
  return i32x4.shl(v128.load16x4_u(at), 16);
}

/** Stores the upper halves of four floats. */
// @ts-ignore: decorator
@inline
function storeNarrow(at: usize, x: v128): void {
  v128.store64_lane(at, v128.shuffle<u16>(x, x, 1, 3, 5, 7, 1, 3, 5, 7), 0);
}

/** To the nearest bfloat16, ties to even. */
// @ts-ignore: decorator
@inline
function roundNearest(x: v128): v128 {
  const odd = v128.and(i32x4.shr_u(x, 16), i32x4.splat(1));
  return i32x4.add(x, i32x4.add(odd, i32x4.splat(0x7fff)));
}

/** Four xorshift generators (Marsaglia 2003), a step on. */
// @ts-ignore: decorator
@inline
function nextRandom(x: v128): v128 {
  x = v128.xor(x, i32x4.shl(x, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  return v128.xor(x, i32x4.shl(x, 5));
}

/**
 * Kingma and Ba (2015), algorithm 1, epsilon beside the corrected root. `rate` and `scale` have the bias corrections in
 * them. A bfloat16 second moment is rounded at random, up or down with the probabilities that keep its mean: its changes
 * of a thousandth would all be lost in rounding to the nearest. `seed` starts the random numbers.
 */
// @ts-ignore: decorator
@inline
function walk(
  narrowFirst: bool, secondFormat: i32, weights: usize, gradient: usize, first: usize, second: usize, bytes: usize,
  optimizer: Optimizer, rate: f32, scale: f32, seed: u32,
): void {
  const beta1 = f32x4.splat(optimizer.beta1);
  const rest1 = f32x4.splat(1 - optimizer.beta1);
  const beta2 = f32x4.splat(optimizer.beta2);
  const rest2 = f32x4.splat(1 - optimizer.beta2);
  const epsilon = f32x4.splat(optimizer.epsilon);
  const correct = f32x4.splat(scale);
  let step = f32x4.splat(rate);
  if (secondFormat == ROW) step = f32x4.splat(rate / (sqrt(load<f32>(second)) * scale + optimizer.epsilon));
  let random = i32x4.splat(seed);
  if (secondFormat == BFLOAT16) {
    random = nextRandom(v128.or(i32x4.mul(i32x4.add(random, i32x4(0, 1, 2, 3)), i32x4.splat(0x9e3779b1)), i32x4.splat(1)));
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const old = narrowFirst ? loadNarrow(first + (i >> 1)) : v128.load(first + i);
    const m = madd(beta1, old, f32x4.mul(rest1, g));
    if (narrowFirst) storeNarrow(first + (i >> 1), roundNearest(m));
    else v128.store(first + i, m);
    if (secondFormat == ROW) {
      v128.store(weights + i, f32x4.sub(v128.load(weights + i), f32x4.mul(step, m)));
      continue;
    }
    const narrow = secondFormat == BFLOAT16;
    const before = narrow ? loadNarrow(second + (i >> 1)) : v128.load(second + i);
    const v = madd(beta2, before, f32x4.mul(f32x4.mul(rest2, g), g));
    if (narrow) {
      random = nextRandom(random);
      storeNarrow(second + (i >> 1), i32x4.add(v, i32x4.shr_u(random, 16)));
    } else v128.store(second + i, v);
    const change = f32x4.div(f32x4.mul(step, m), madd(f32x4.sqrt(v), correct, epsilon));
    v128.store(weights + i, f32x4.sub(v128.load(weights + i), change));
  }
}

/** The row's one second moment: of the mean of the squares of its gradient (row-wise Adam). */
function updateRowMoment(second: usize, gradient: usize, bytes: usize, width: i32, beta2: f32): void {
  let total = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    total = madd(g, g, total);
  }
  store<f32>(second, beta2 * load<f32>(second) + (1 - beta2) * (sum(total) / <f32>width));
}

/** Updates row `row`, in whatever formats its moments are; `step` counts the row's updates so far. */
export function adamRow(
  rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, bytes: usize, rate: f32, scale: f32, step: i32,
): void {
  const element = <usize>row * rows.stride;
  const weights = rows.weights + (element << 2);
  const narrowFirst = optimizer.firstFormat == BFLOAT16;
  const first = rows.first + (element << (narrowFirst ? 1 : 2));
  const format = optimizer.secondFormat;
  if (format == ROW) {
    const second = rows.second + (<usize>row << 2);
    updateRowMoment(second, gradient, bytes, rows.width, optimizer.beta2);
    if (narrowFirst) walk(true, ROW, weights, gradient, first, second, bytes, optimizer, rate, scale, 0);
    else walk(false, ROW, weights, gradient, first, second, bytes, optimizer, rate, scale, 0);
  } else if (format == BFLOAT16) {
    const second = rows.second + (element << 1);
    const seed = <u32>row * 0x85ebca6b + <u32>step * 0xc2b2ae35;
    if (narrowFirst) walk(true, BFLOAT16, weights, gradient, first, second, bytes, optimizer, rate, scale, seed);
    else walk(false, BFLOAT16, weights, gradient, first, second, bytes, optimizer, rate, scale, seed);
  } else {
    const second = rows.second + (element << 2);
    if (narrowFirst) walk(true, 0, weights, gradient, first, second, bytes, optimizer, rate, scale, 0);
    else walk(false, 0, weights, gradient, first, second, bytes, optimizer, rate, scale, 0);
  }
}
