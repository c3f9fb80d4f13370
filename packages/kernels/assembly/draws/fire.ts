// Units that fire at random, each with a probability that grows with its activation: adaptive dropout.

import { sigmoid4 } from '../dense/exp';
import { sum } from '../simd';
import { GOLDEN, mix } from './splitmix';

/** Scratch for fireUnits: a row of probabilities. */
export function fireScratchBytes(width: i32): i32 {
  return ((width + 3) >> 2) << 4;
}

/**
 * For rows begin..end: unit u of the `width` fires with probability sigmoid(alpha * values[u] + beta), independently of the
 * others; those that do go to ids[s * limit], ascending, their number to lengths[s]. Beyond `limit` none fires.
 * `share` above 0 (and below 1): beta is what makes the mean of the row's probabilities this share, to 1e-4 of it; then
 * betas[s] becomes it. `share` 0: betas[s] is given. Rows are padded to whole vectors.
 */
export function fireUnits(
  ids: usize, lengths: usize, betas: usize, values: usize, stride: i32, width: i32, limit: i32,
  alpha: f32, share: f32, seed: u32, step: u32, begin: i32, end: i32, scratch: usize,
): void {
  for (let s = begin; s < end; s++) {
    const row = values + ((<usize>s * stride) << 2);
    let beta = load<f32>(betas + (<usize>s << 2));
    if (share > 0) {
      beta = solve(row, width, alpha, share);
      store<f32>(betas + (<usize>s << 2), beta);
    }
    const a = f32x4.splat(alpha);
    const b = f32x4.splat(beta);
    const bytes = <usize>((width + 3) >> 2) << 4;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(scratch + at, sigmoid4(f32x4.add(f32x4.mul(a, v128.load(row + at)), b)));
    }
    const list = ids + ((<usize>s * limit) << 2);
    let state = mix(mix((<u64>seed << 32) | <u64>step) + <u64>s);
    let fired = 0;
    for (let u = 0; u < width && fired < limit; u++) {
      state += GOLDEN;
      const uniform = <f32>(mix(state) >> 40) * <f32>(1.0 / 16777216.0);
      // Written whether or not it fires, so that there is no branch to mispredict; the next overwrites it.
      store<i32>(list + (<usize>fired << 2), u);
      fired += i32(uniform < load<f32>(scratch + (<usize>u << 2)));
    }
    store<i32>(lengths + (<usize>s << 2), fired);
  }
}

/** The beta with which the mean of sigmoid(alpha * row + beta) is `share`: Newton's steps in logits, kept in a bracket. */
function solve(row: usize, width: i32, alpha: f32, share: f32): f32 {
  let least = load<f32>(row);
  let most = least;
  let total: f64 = 0;
  for (let u = 0; u < width; u++) {
    const value = load<f32>(row + (<usize>u << 2));
    least = min(least, value);
    most = max(most, value);
    total += value;
  }
  const wanted = logit(share);
  let low = wanted - alpha * most;
  let high = wanted - alpha * least;
  let beta = wanted - alpha * <f32>(total / <f64>width);
  const lanes = width & ~3;
  const a = f32x4.splat(alpha);
  for (let turn = 0; turn < 40; turn++) {
    const b = f32x4.splat(beta);
    let mean: f64 = 0;
    let slope: f64 = 0;
    // Sums in 32 bits over stretches, in 64 bits over those.
    for (let from = 0; from < width; from += 1024) {
      const stop = min(from + 1024, lanes);
      let p4 = f32x4.splat(0);
      let g4 = f32x4.splat(0);
      for (let u = from; u < stop; u += 4) {
        const p = sigmoid4(f32x4.add(f32x4.mul(a, v128.load(row + (<usize>u << 2))), b));
        p4 = f32x4.add(p4, p);
        g4 = f32x4.add(g4, f32x4.mul(p, f32x4.sub(f32x4.splat(1), p)));
      }
      mean += sum(p4);
      slope += sum(g4);
    }
    if (lanes < width) {
      const p = sigmoid4(f32x4.add(f32x4.mul(a, v128.load(row + (<usize>lanes << 2))), b));
      const g = f32x4.mul(p, f32x4.sub(f32x4.splat(1), p));
      mean += f32x4.extract_lane(p, 0);
      slope += f32x4.extract_lane(g, 0);
      if (width - lanes > 1) {
        mean += f32x4.extract_lane(p, 1);
        slope += f32x4.extract_lane(g, 1);
      }
      if (width - lanes > 2) {
        mean += f32x4.extract_lane(p, 2);
        slope += f32x4.extract_lane(g, 2);
      }
    }
    mean /= <f64>width;
    slope /= <f64>width;
    if (Math.abs(mean - share) <= 1e-4 * share) break;
    if (mean < share) low = beta;
    else high = beta;
    const next = <f32>(<f64>beta + (<f64>wanted - Math.log(mean / (1 - mean))) * mean * (1 - mean) / slope);
    // Outside of the bracket, or not a number where all are saturated: halve.
    beta = next > low && next < high ? next : (low + high) * 0.5;
  }
  return beta;
}

// @ts-ignore: decorator
@inline
function logit(p: f32): f32 {
  return <f32>Math.log(<f64>p / (1 - <f64>p));
}
