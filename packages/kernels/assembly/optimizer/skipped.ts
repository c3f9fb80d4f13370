// Steps that a row skipped because no sample chose it: a dense implementation would have gone on decaying its moments and
// moving its weights by them.

import { TINY, unlessTiny } from '../fading';
import { Optimizer } from '../layout';

/** base^exponent for exponents of 0 or more. */
export function power(base: f64, exponent: i32): f64 {
  let result: f64 = 1;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return result;
}

/** What is left of a moment after `steps` steps that each leave the share `beta`: nothing, where its product would fade. */
export function remains(beta: f32, steps: i32): f32 {
  return unlessTiny(<f32>power(<f64>beta, steps), TINY);
}

// @ts-ignore: decorator
@inline
function moveFrom(optimizer: Optimizer, step: i32): f64 {
  return <f64>load<f32>(optimizer.moves + (<usize>min(step, optimizer.moveCount - 1) << 2));
}

/**
 * How far `skipped` steps after step `last` would have moved a weight whose velocity was 1 (momentum), or whose first
 * moment was 1 and the root of its second 1 (Adam), at the rate of now: the whole way from `last` on, less what is left
 * of it after them.
 */
export function missedMove(optimizer: Optimizer, last: i32, skipped: i32): f32 {
  const left = power(<f64>optimizer.beta1 / sqrt(<f64>optimizer.beta2), skipped);
  return <f32>(<f64>optimizer.rate * (moveFrom(optimizer, last) - left * moveFrom(optimizer, last + skipped)));
}
