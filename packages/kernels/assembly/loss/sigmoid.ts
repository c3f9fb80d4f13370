// The cross-entropy of independent outputs (multi-label), over those that a sample has active; softmax.ts says how they are laid out.

import { exp4, log1p4, sigmoidOf } from '../dense/exp';
import { leastOf, unlessTiny, unlessTiny4 } from '../fading';
import { find } from './softmax';
import { outputWeights, positiveWeights, sampleWeight, smoothingOf, weightAt } from './weighting';

/** log(1 + e^x) is max(x, 0) + log(1 + e^-|x|). This is the first term of each lane, summed in 64 bits. */
// @ts-ignore: decorator
@inline
function sumPositive(z: v128): f64 {
  const positive = f32x4.max(z, f32x4.splat(0));
  const sums = f64x2.add(f64x2.promote_low_f32x4(positive), f64x2.promote_low_f32x4(upper(positive)));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** Outputs whose factors, of at most 2 each, go into one product before its logarithm is taken: it stays below 2^1024. */
const MOST_FACTORS: i32 = 960;

/**
 * For samples begin..end: the cross-entropy of independent outputs with the probabilities p = 1 / (1 + e^-logit), summed
 * over the active ones, in nats, to losses[s]; `gradients` = (p - target) * scale. Targets are 1 at the sample's labels;
 * a label that is not active adds nothing. Where `corrections` are given, laid out like the logits, an output counts
 * e^correction times: sampled ones have -log of their inclusion probability there. With `weighting` an output counts by its
 * weight as well, its target of 1 by its `positives`, and targets are smoothed to (1 - smoothing) target + smoothing / 2.
 * Else as softmaxCrossEntropy, tiny probabilities, too.
 */
export function sigmoidCrossEntropy(
  gradients: usize, losses: usize, logits: usize, offsets: usize, ids: usize, stride: i32, width: i32,
  labelOffsets: usize, labels: usize, corrections: usize, weighting: usize, scale: f32, begin: i32, end: i32,
): void {
  if (outputWeights(weighting) || positiveWeights(weighting) || smoothingOf(weighting) > 0) {
    weightedCrossEntropy(
      gradients, losses, logits, offsets, ids, stride, width, labelOffsets, labels, corrections, weighting, scale, begin, end,
    );
    return;
  }
  const one = f64x2.splat(1);
  for (let s = begin; s < end; s++) {
    const sample = sampleWeight(weighting, s);
    const by = scale * sample;
    const scales = f32x4.splat(by);
    const least = leastOf(by);
    const first = offsets ? load<i32>(offsets + (<usize>s << 2)) : s * stride;
    const stop = offsets ? load<i32>(offsets + (<usize>s << 2), 4) : first + width;
    let loss: f64 = 0;
    let q = first;
    if (!corrections) {
      // One logarithm serves many outputs: of the product of their 1 + e^-|z|.
      while (q + 4 <= stop) {
        const last = min(stop, q + MOST_FACTORS);
        let product = one;
        for (; q + 4 <= last; q += 4) {
          const z = v128.load(logits + (<usize>q << 2));
          const e = exp4(f32x4.neg(f32x4.abs(z)));
          const gradient = f32x4.mul(sigmoidOf(z, e), scales);
          v128.store(gradients + (<usize>q << 2), unlessTiny4(gradient, f32x4.splat(least)));
          loss += sumPositive(z);
          product = f64x2.mul(product, f64x2.add(one, f64x2.promote_low_f32x4(e)));
          product = f64x2.mul(product, f64x2.add(one, f64x2.promote_low_f32x4(upper(e))));
        }
        loss += Math.log(f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1));
      }
    }
    for (; q < stop; q++) {
      const z = load<f32>(logits + (<usize>q << 2));
      const vector = f32x4.splat(z);
      const e = exp4(f32x4.neg(f32x4.abs(vector)));
      let weight: f32 = 1;
      if (corrections) weight = countAt(corrections + (<usize>q << 2));
      const gradient = f32x4.extract_lane(sigmoidOf(vector, e), 0) * by;
      store<f32>(gradients + (<usize>q << 2), unlessTiny(gradient * weight, least));
      loss += <f64>weight * (<f64>max<f32>(z, 0) + Math.log(1 + <f64>f32x4.extract_lane(e, 0)));
    }
    const stopLabel = load<i32>(labelOffsets + (<usize>s << 2), 4);
    for (let l = load<i32>(labelOffsets + (<usize>s << 2)); l < stopLabel; l++) {
      const label = load<i32>(labels + (<usize>l << 2));
      const at = offsets ? find(ids, first, stop, label) : first + label;
      if (at < 0) continue;
      let weight: f32 = 1;
      if (corrections) weight = countAt(corrections + (<usize>at << 2));
      const gradient = gradients + (<usize>at << 2);
      store<f32>(gradient, load<f32>(gradient) - weight * by);
      loss -= <f64>weight * <f64>load<f32>(logits + (<usize>at << 2));
    }
    store<f32>(losses + (<usize>s << 2), <f32>(loss * <f64>sample));
  }
}

/** The same where outputs have weights, or targets are smoothed: each output has a logarithm of its own. */
function weightedCrossEntropy(
  gradients: usize, losses: usize, logits: usize, offsets: usize, ids: usize, stride: i32, width: i32,
  labelOffsets: usize, labels: usize, corrections: usize, weighting: usize, scale: f32, begin: i32, end: i32,
): void {
  const weights = outputWeights(weighting);
  const positives = positiveWeights(weighting);
  const low: f32 = smoothingOf(weighting) / 2;
  const high: f32 = 1 - low;
  for (let s = begin; s < end; s++) {
    const first = offsets ? load<i32>(offsets + (<usize>s << 2)) : s * stride;
    const stop = offsets ? load<i32>(offsets + (<usize>s << 2), 4) : first + width;
    const sample = sampleWeight(weighting, s);
    const by = scale * sample;
    let sums = f64x2.splat(0);
    let q = first;
    for (; q + 4 <= stop; q += 4) {
      const z = v128.load(logits + (<usize>q << 2));
      const e = exp4(f32x4.neg(f32x4.abs(z)));
      let weight = weights4(weights, offsets ? ids : 0, first, q);
      if (corrections) weight = f32x4.mul(weight, counts4(corrections + (<usize>q << 2)));
      const positive = weights4(positives, offsets ? ids : 0, first, q);
      const gradient = f32x4.mul(f32x4.mul(weight, f32x4.splat(by)), gradients4(z, e, low, positive));
      v128.store(gradients + (<usize>q << 2), unlessTiny4(gradient, f32x4.splat(leastOf(by))));
      const terms = f32x4.mul(weight, losses4(z, e, low, positive));
      sums = f64x2.add(sums, f64x2.promote_low_f32x4(terms));
      sums = f64x2.add(sums, f64x2.promote_low_f32x4(upper(terms)));
    }
    let loss = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    for (; q < stop; q++) {
      const unit = offsets ? load<i32>(ids + (<usize>q << 2)) : q - first;
      const z = load<f32>(logits + (<usize>q << 2));
      const weight = weightOf(weights, corrections, unit, q);
      const positive = weightAt(positives, unit);
      store<f32>(gradients + (<usize>q << 2), unlessTiny(weight * by * outputGradient(z, low, positive), leastOf(by)));
      loss += <f64>(weight * outputLoss(z, low, positive));
    }
    const stopLabel = load<i32>(labelOffsets + (<usize>s << 2), 4);
    for (let l = load<i32>(labelOffsets + (<usize>s << 2)); l < stopLabel; l++) {
      const label = load<i32>(labels + (<usize>l << 2));
      const at = offsets ? find(ids, first, stop, label) : first + label;
      if (at < 0) continue;
      const z = load<f32>(logits + (<usize>at << 2));
      const weight = weightOf(weights, corrections, label, at);
      const positive = weightAt(positives, label);
      store<f32>(gradients + (<usize>at << 2), unlessTiny(weight * by * outputGradient(z, high, positive), leastOf(by)));
      loss += <f64>weight * labelLoss(z, high, positive) - <f64>(weight * outputLoss(z, low, positive));
    }
    store<f32>(losses + (<usize>s << 2), <f32>(loss * <f64>sample));
  }
}

// @ts-ignore: decorator
@inline
function weightOf(weights: usize, corrections: usize, unit: i32, q: i32): f32 {
  const weight = weightAt(weights, unit);
  return corrections ? weight * countAt(corrections + (<usize>q << 2)) : weight;
}

/** The weights of the units of positions q..q + 3, of a list or all in a row from `first` on; 1 where there are none. */
// @ts-ignore: decorator
@inline
function weights4(weights: usize, ids: usize, first: i32, q: i32): v128 {
  if (!weights) return f32x4.splat(1);
  if (!ids) return v128.load(weights + (<usize>(q - first) << 2));
  const at = ids + (<usize>q << 2);
  let four = f32x4.splat(weightAt(weights, load<i32>(at)));
  four = f32x4.replace_lane(four, 1, weightAt(weights, load<i32>(at, 4)));
  four = f32x4.replace_lane(four, 2, weightAt(weights, load<i32>(at, 8)));
  return f32x4.replace_lane(four, 3, weightAt(weights, load<i32>(at, 12)));
}

/** How often the output counts whose correction stands at `at`. */
// @ts-ignore: decorator
@inline
function countAt(at: usize): f32 {
  return <f32>Math.exp(<f64>load<f32>(at));
}

// @ts-ignore: decorator
@inline
function counts4(at: usize): v128 {
  let four = f32x4.splat(countAt(at));
  four = f32x4.replace_lane(four, 1, countAt(at + 4));
  four = f32x4.replace_lane(four, 2, countAt(at + 8));
  return f32x4.replace_lane(four, 3, countAt(at + 12));
}

// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 2, 3, 0, 1);
}

/**
 * -positive target log p - (1 - target) log(1 - p) in each lane, p being the probability that belongs to the logit z; `small` is
 * e^-|z|. For targets of 1/2 and less: nothing cancels there.
 */
// @ts-ignore: decorator
@inline
function losses4(z: v128, small: v128, target: f32, positive: v128): v128 {
  const one = f32x4.splat(1);
  const targets = f32x4.splat(target);
  const softplus = f32x4.add(f32x4.max(z, f32x4.splat(0)), log1p4(small));
  const right = f32x4.mul(positive, targets);
  const counted = f32x4.add(f32x4.sub(one, targets), right);
  return f32x4.sub(f32x4.mul(softplus, counted), f32x4.mul(right, z));
}

/** That of one output, to the bit. */
// @ts-ignore: decorator
@inline
function outputLoss(z: f32, target: f32, positive: f32): f32 {
  const vector = f32x4.splat(z);
  return f32x4.extract_lane(losses4(vector, exp4(f32x4.neg(f32x4.abs(vector))), target, f32x4.splat(positive)), 0);
}

/** The same of a label, in 64 bits: of a probability near 1 the logarithm is what z leaves. */
// @ts-ignore: decorator
@inline
function labelLoss(z: f32, target: f32, positive: f32): f64 {
  const rest = f32x4.extract_lane(log1p4(exp4(f32x4.splat(-abs<f32>(z)))), 0);
  const softplus = <f64>max<f32>(z, 0) + <f64>rest;
  const right = <f64>positive * <f64>target;
  return softplus * (1 - <f64>target + right) - right * <f64>z;
}

/** Derivatives of losses by their logits. */
// @ts-ignore: decorator
@inline
function gradients4(z: v128, small: v128, target: f32, positive: v128): v128 {
  const one = f32x4.splat(1);
  const targets = f32x4.splat(target);
  const right = f32x4.mul(positive, targets);
  const counted = f32x4.add(f32x4.sub(one, targets), right);
  return f32x4.sub(f32x4.mul(sigmoidOf(z, small), counted), right);
}

// @ts-ignore: decorator
@inline
function outputGradient(z: f32, target: f32, positive: f32): f32 {
  const vector = f32x4.splat(z);
  return f32x4.extract_lane(gradients4(vector, exp4(f32x4.neg(f32x4.abs(vector))), target, f32x4.splat(positive)), 0);
}
