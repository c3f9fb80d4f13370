// The cross-entropy of independent outputs (multi-label), over those that a sample has active; softmax.ts says how they are laid out.

import { exp4, sigmoidOf } from '../dense/exp';
import { find } from './softmax';
import { outputWeights, positiveWeights, sampleWeight, smoothingOf, weightAt } from './weighting';

/** log(1 + e^x) is max(x, 0) + log(1 + e^-|x|). This is the first term of each lane, summed in 64 bits. */
// @ts-ignore: decorator
@inline
function sumPositive(z: v128): f64 {
  const positive = f32x4.max(z, f32x4.splat(0));
  const sums = f64x2.add(f64x2.promote_low_f32x4(positive), f64x2.promote_low_f32x4(v128.shuffle<f32>(positive, positive, 2, 3, 0, 1)));
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
 * Else as softmaxCrossEntropy.
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
          v128.store(gradients + (<usize>q << 2), f32x4.mul(sigmoidOf(z, e), scales));
          loss += sumPositive(z);
          product = f64x2.mul(product, f64x2.add(one, f64x2.promote_low_f32x4(e)));
          product = f64x2.mul(product, f64x2.add(one, f64x2.promote_low_f32x4(v128.shuffle<f32>(e, e, 2, 3, 0, 1))));
        }
        loss += Math.log(f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1));
      }
    }
    for (; q < stop; q++) {
      const z = load<f32>(logits + (<usize>q << 2));
      const vector = f32x4.splat(z);
      const e = exp4(f32x4.neg(f32x4.abs(vector)));
      let weight: f32 = 1;
      if (corrections) weight = <f32>Math.exp(<f64>load<f32>(corrections + (<usize>q << 2)));
      const gradient = f32x4.extract_lane(sigmoidOf(vector, e), 0) * by;
      store<f32>(gradients + (<usize>q << 2), gradient * weight);
      loss += <f64>weight * (<f64>max<f32>(z, 0) + Math.log(1 + <f64>f32x4.extract_lane(e, 0)));
    }
    const stopLabel = load<i32>(labelOffsets + (<usize>s << 2), 4);
    for (let l = load<i32>(labelOffsets + (<usize>s << 2)); l < stopLabel; l++) {
      const label = load<i32>(labels + (<usize>l << 2));
      const at = offsets ? find(ids, first, stop, label) : first + label;
      if (at < 0) continue;
      let weight: f32 = 1;
      if (corrections) weight = <f32>Math.exp(<f64>load<f32>(corrections + (<usize>at << 2)));
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
    let loss: f64 = 0;
    for (let q = first; q < stop; q++) {
      const unit = offsets ? load<i32>(ids + (<usize>q << 2)) : q - first;
      const z = load<f32>(logits + (<usize>q << 2));
      const weight = weightOf(weights, corrections, unit, q);
      const positive = weightAt(positives, unit);
      store<f32>(gradients + (<usize>q << 2), weight * by * outputGradient(z, low, positive));
      loss += <f64>weight * outputLoss(z, low, positive);
    }
    const stopLabel = load<i32>(labelOffsets + (<usize>s << 2), 4);
    for (let l = load<i32>(labelOffsets + (<usize>s << 2)); l < stopLabel; l++) {
      const label = load<i32>(labels + (<usize>l << 2));
      const at = offsets ? find(ids, first, stop, label) : first + label;
      if (at < 0) continue;
      const z = load<f32>(logits + (<usize>at << 2));
      const weight = weightOf(weights, corrections, label, at);
      const positive = weightAt(positives, label);
      store<f32>(gradients + (<usize>at << 2), weight * by * outputGradient(z, high, positive));
      loss += <f64>weight * (outputLoss(z, high, positive) - outputLoss(z, low, positive));
    }
    store<f32>(losses + (<usize>s << 2), <f32>(loss * <f64>sample));
  }
}

// @ts-ignore: decorator
@inline
function weightOf(weights: usize, corrections: usize, unit: i32, q: i32): f32 {
  const weight = weightAt(weights, unit);
  return corrections ? weight * <f32>Math.exp(<f64>load<f32>(corrections + (<usize>q << 2))) : weight;
}

/** -positive target log p - (1 - target) log(1 - p), p being the probability that belongs to the logit z. */
// @ts-ignore: decorator
@inline
function outputLoss(z: f32, target: f32, positive: f32): f64 {
  const e = <f64>f32x4.extract_lane(exp4(f32x4.splat(-abs<f32>(z))), 0);
  const softplus = <f64>max<f32>(z, 0) + Math.log(1 + e);
  return softplus * (1 + (<f64>positive - 1) * <f64>target) - <f64>positive * <f64>target * <f64>z;
}

/** Its derivative by z. */
// @ts-ignore: decorator
@inline
function outputGradient(z: f32, target: f32, positive: f32): f32 {
  const vector = f32x4.splat(z);
  const p = f32x4.extract_lane(sigmoidOf(vector, exp4(f32x4.neg(f32x4.abs(vector)))), 0);
  return p * (1 + (positive - 1) * target) - positive * target;
}
