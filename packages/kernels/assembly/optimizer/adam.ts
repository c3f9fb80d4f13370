// Adam on one row, with its moments as 32-bit floats or smaller: wide layers are bound by memory, and two thirds of what
// an update moves are moments.

import { meanSquare, square, squares4, TINY, unlessTiny, unlessTiny4 } from '../fading';
import { Optimizer, Rows } from '../layout';
import { BFLOAT16, loadNarrow, nextRandom, ROW, roundAtRandom, roundNearest, startRandom, storeNarrow } from './narrow';
import { sumOfSquares } from './clip';
import { madd } from '../simd';
import { missedMove, power, remains } from './skipped';

/** First moments are swept after so many updates of a row, a power of 2: seldom, since it takes time, and before they have faded. */
const SWEEP_BITS: i32 = 5;

/** Makes those first moments 0 that are tiny. */
function sweep(narrow: bool, first: usize, bytes: usize): void {
  const tiny = f32x4.splat(TINY);
  for (let i: usize = 0; i < bytes; i += 16) {
    if (narrow) storeNarrow(first + (i >> 1), unlessTiny4(loadNarrow(first + (i >> 1)), tiny));
    else v128.store(first + i, unlessTiny4(v128.load(first + i), tiny));
  }
}

/**
 * Kingma and Ba (2015), algorithm 1, epsilon beside the corrected root. `rate` and `scale` have the bias corrections in
 * them, `beta1` and `beta2` the decay of skipped steps; if there were some (`late`), `missed` is the move of them by a
 * moment of 1. A bfloat16 second moment is rounded at random. A row's one is up to date before; `rowRoot` is the root of
 * what it was.
 */
// @ts-ignore: decorator
@inline
function walk(
  narrowFirst: bool, secondFormat: i32, late: bool, weights: usize, gradient: usize, first: usize, second: usize,
  bytes: usize, optimizer: Optimizer, rate: f32, scale: f32, start: v128,
  firstBeta: f32, secondBeta: f32, missed: f32, rowRoot: f32,
): void {
  const beta1 = f32x4.splat(firstBeta);
  const rest1 = f32x4.splat(1 - optimizer.beta1);
  const beta2 = f32x4.splat(secondBeta);
  const rest2 = f32x4.splat(1 - optimizer.beta2);
  const epsilon = f32x4.splat(optimizer.epsilon);
  const correct = f32x4.splat(scale);
  const missedOverScale = f32x4.splat(missed * scale);
  let step = f32x4.splat(rate);
  let missedStep = f32x4.splat(0);
  if (secondFormat == ROW) {
    step = f32x4.splat(rate / (sqrt(load<f32>(second)) * scale + optimizer.epsilon));
    if (late) missedStep = f32x4.splat((missed * scale) / (rowRoot * scale + optimizer.epsilon));
  }
  let random = start;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    const old = narrowFirst ? loadNarrow(first + (i >> 1)) : v128.load(first + i);
    const m = madd(beta1, old, f32x4.mul(rest1, g));
    if (narrowFirst) storeNarrow(first + (i >> 1), roundNearest(m));
    else v128.store(first + i, m);
    if (secondFormat == ROW) {
      let change = f32x4.mul(step, m);
      if (late) change = madd(missedStep, old, change);
      v128.store(weights + i, f32x4.sub(v128.load(weights + i), change));
      continue;
    }
    const narrow = secondFormat == BFLOAT16;
    const before = narrow ? loadNarrow(second + (i >> 1)) : v128.load(second + i);
    const v = madd(beta2, before, f32x4.mul(rest2, squares4(g)));
    if (narrow) {
      random = nextRandom(random);
      storeNarrow(second + (i >> 1), roundAtRandom(v, random));
    } else v128.store(second + i, v);
    let change = f32x4.div(f32x4.mul(step, m), madd(f32x4.sqrt(v), correct, epsilon));
    if (late) {
      const divisor = madd(f32x4.sqrt(before), correct, epsilon);
      change = f32x4.add(change, f32x4.div(f32x4.mul(missedOverScale, old), divisor));
    }
    v128.store(weights + i, f32x4.sub(v128.load(weights + i), change));
  }
}

/**
 * Updates row `row`, in whatever formats its moments are. It was last updated at step `last` and has since skipped so
 * many. Where skipped steps are made good, bias corrections are those of the optimizer's step; else of the row's own
 * count of updates.
 */
export function adamRow(
  rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, bytes: usize, biasGradient: f32, last: i32, skipped: i32,
): void {
  let step = optimizer.step - 1;
  let before = last - 1;
  if (!optimizer.moves) {
    const count = rows.steps + (<usize>row << 2);
    step = load<i32>(count);
    store<i32>(count, step + 1);
    before = step - 1;
  }
  if (step >> SWEEP_BITS != before >> SWEEP_BITS) {
    const narrow = optimizer.firstFormat == BFLOAT16;
    sweep(narrow, rows.first + ((<usize>row * rows.stride) << (narrow ? 1 : 2)), bytes);
  }
  const correction = optimizer.biasCorrections + (<usize>min(step, optimizer.correctionCount - 1) << 3);
  const rate = optimizer.rate * load<f32>(correction);
  const scale = load<f32>(correction, 4);
  let beta1 = optimizer.beta1;
  let beta2 = optimizer.beta2;
  let missed: f32 = 0;
  const late = optimizer.moves != 0 && skipped > 0;
  if (late) {
    beta1 = remains(beta1, skipped + 1);
    beta2 = <f32>power(<f64>beta2, skipped + 1);
    missed = missedMove(optimizer, last, skipped);
    adamWeights(true, rows, optimizer, row, gradient, bytes, rate, scale, step, beta1, beta2, missed);
  } else adamWeights(false, rows, optimizer, row, gradient, bytes, rate, scale, step, beta1, beta2, 0);
  if (rows.bias) {
    const bias = rows.bias + (<usize>row << 2);
    const m = rows.biasFirst + (<usize>row << 2);
    const v = rows.biasSecond + (<usize>row << 2);
    const epsilon = optimizer.epsilon;
    const oldFirst = unlessTiny(load<f32>(m), TINY);
    const oldSecond = load<f32>(v);
    let value = load<f32>(bias);
    if (late) value -= (missed * scale * oldFirst) / (sqrt(oldSecond) * scale + epsilon);
    const first = beta1 * oldFirst + (1 - optimizer.beta1) * biasGradient;
    const second = beta2 * oldSecond + (1 - optimizer.beta2) * square(biasGradient);
    store<f32>(m, first);
    store<f32>(v, second);
    store<f32>(bias, value - (rate * first) / (sqrt(second) * scale + epsilon));
  }
}

// @ts-ignore: decorator
@inline
function adamWeights(
  late: bool, rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, bytes: usize, rate: f32, scale: f32,
  step: i32, beta1: f32, beta2: f32, missed: f32,
): void {
  const element = <usize>row * rows.stride;
  const weights = rows.weights + (element << 2);
  const narrowFirst = optimizer.firstFormat == BFLOAT16;
  const first = rows.first + (element << (narrowFirst ? 1 : 2));
  const format = optimizer.secondFormat;
  const none = i32x4.splat(0);
  if (format == ROW) {
    const second = rows.second + (<usize>row << 2);
    const old = load<f32>(second);
    const mean = meanSquare(sumOfSquares(gradient, bytes), rows.width);
    store<f32>(second, beta2 * old + (1 - optimizer.beta2) * mean);
    const root = sqrt(old);
    if (narrowFirst) walk(true, ROW, late, weights, gradient, first, second, bytes, optimizer, rate, scale, none, beta1, beta2, missed, root);
    else walk(false, ROW, late, weights, gradient, first, second, bytes, optimizer, rate, scale, none, beta1, beta2, missed, root);
  } else if (format == BFLOAT16) {
    const second = rows.second + (element << 1);
    const start = startRandom(row, step);
    if (narrowFirst) walk(true, BFLOAT16, late, weights, gradient, first, second, bytes, optimizer, rate, scale, start, beta1, beta2, missed, 0);
    else walk(false, BFLOAT16, late, weights, gradient, first, second, bytes, optimizer, rate, scale, start, beta1, beta2, missed, 0);
  } else {
    const second = rows.second + (element << 2);
    if (narrowFirst) walk(true, 0, late, weights, gradient, first, second, bytes, optimizer, rate, scale, none, beta1, beta2, missed, 0);
    else walk(false, 0, late, weights, gradient, first, second, bytes, optimizer, rate, scale, none, beta1, beta2, missed, 0);
  }
}
