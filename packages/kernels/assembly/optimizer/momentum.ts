// Momentum on one row: the heavy ball of Polyak (1964).

import { TINY, unlessTiny, unlessTiny4 } from '../fading';
import { Optimizer, Rows } from '../layout';
import { BFLOAT16, loadNarrow, roundNearest, storeNarrow } from './narrow';
import { madd } from '../simd';
import { missedMove, remains } from './skipped';

/** u = beta u + g; w -= rate u; before it, w -= missed u and `beta` with the skipped steps' decay in it, if `late`. */
// @ts-ignore: decorator
@inline
function walk(
  narrow: bool, late: bool, weights: usize, gradient: usize, velocity: usize, bytes: usize,
  rate: f32, beta: f32, missed: f32,
): void {
  const minusRate = f32x4.splat(-rate);
  const decay = f32x4.splat(beta);
  const minusMissed = f32x4.splat(-missed);
  const least = f32x4.splat(TINY);
  for (let i: usize = 0; i < bytes; i += 16) {
    const old = unlessTiny4(narrow ? loadNarrow(velocity + (i >> 1)) : v128.load(velocity + i), least);
    const u = madd(decay, old, v128.load(gradient + i));
    if (narrow) storeNarrow(velocity + (i >> 1), roundNearest(u));
    else v128.store(velocity + i, u);
    let w = v128.load(weights + i);
    if (late) w = madd(minusMissed, old, w);
    v128.store(weights + i, madd(minusRate, u, w));
  }
}

/** Updates row `row`, which was last updated at step `last` and has since skipped so many. */
export function momentumRow(
  rows: Rows, optimizer: Optimizer, row: i32, gradient: usize, bytes: usize, biasGradient: f32, last: i32, skipped: i32,
): void {
  const element = <usize>row * rows.stride;
  const weights = rows.weights + (element << 2);
  const narrow = optimizer.firstFormat == BFLOAT16;
  const velocity = rows.first + (element << (narrow ? 1 : 2));
  const rate = optimizer.rate;
  const late = optimizer.moves != 0 && skipped > 0;
  const beta = late ? remains(optimizer.beta1, skipped + 1) : optimizer.beta1;
  const missed: f32 = late ? missedMove(optimizer, last, skipped) : 0;
  if (narrow) {
    if (late) walk(true, true, weights, gradient, velocity, bytes, rate, beta, missed);
    else walk(true, false, weights, gradient, velocity, bytes, rate, beta, 0);
  } else if (late) walk(false, true, weights, gradient, velocity, bytes, rate, beta, missed);
  else walk(false, false, weights, gradient, velocity, bytes, rate, beta, 0);
  if (rows.bias) {
    const bias = rows.bias + (<usize>row << 2);
    const at = rows.biasFirst + (<usize>row << 2);
    const old = unlessTiny(load<f32>(at), TINY);
    const u = beta * old + biasGradient;
    store<f32>(at, u);
    store<f32>(bias, load<f32>(bias) - missed * old - rate * u);
  }
}
