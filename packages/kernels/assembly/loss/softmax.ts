// Softmax cross-entropy over an active set: the softmax is over the units that a sample has, be they all or a few.

import { exp4 } from '../dense/exp';
import { leastOf, unlessTiny, unlessTiny4 } from '../fading';
import { outputWeights, sampleWeight, smoothingOf, weightAt } from './weighting';

/** The first position in first..stop at which `id` stands in `ids`, or -1. */
export function find(ids: usize, first: i32, stop: i32, id: i32): i32 {
  const wanted = i32x4.splat(id);
  let q = first;
  for (; q + 4 <= stop; q += 4) {
    if (v128.any_true(i32x4.eq(v128.load(ids + (<usize>q << 2)), wanted))) break;
  }
  for (; q < stop; q++) if (load<i32>(ids + (<usize>q << 2)) == id) return q;
  return -1;
}

/**
 * For samples begin..end: `gradients` = (softmax - target) * scale and losses[s] = cross-entropy, in nats. A sample's
 * labels share the target evenly (as in SLIDE); a label that is not active has none of it. `corrections`, laid out like
 * the logits, is added to them first: sampled units have -log of their inclusion probability there; 0 for none.
 * Sample s has the logits offsets[s]..offsets[s + 1] of `logits`, of the units `ids`; or, where `offsets` is 0, `width`
 * logits from s * stride on, of units 0, 1, .... Arrays of gradients are laid out like the logits.
 * With `weighting` (0 for none) losses and gradients count by the weight of their sample, the term of each target by the
 * weight of its class, and the share `smoothing` of the target is spread over the active units: evenly, or where there are
 * corrections by e^correction, the number of classes that a unit stands for. Probabilities that are TINY have no gradient.
 */
export function softmaxCrossEntropy(
  gradients: usize, losses: usize, logits: usize, offsets: usize, ids: usize, stride: i32, width: i32,
  labelOffsets: usize, labels: usize, corrections: usize, weighting: usize, scale: f32, begin: i32, end: i32,
): void {
  const weights = outputWeights(weighting);
  for (let s = begin; s < end; s++) {
    const first = offsets ? load<i32>(offsets + (<usize>s << 2)) : s * stride;
    const stop = offsets ? load<i32>(offsets + (<usize>s << 2), 4) : first + width;
    const firstLabel = load<i32>(labelOffsets + (<usize>s << 2));
    const stopLabel = load<i32>(labelOffsets + (<usize>s << 2), 4);
    const highest = correct(gradients, logits, corrections, first, stop);
    const shift = f32x4.splat(highest);
    let total: f64 = 0;
    let q = first;
    for (; q + 4 <= stop; q += 4) {
      const e = exp4(f32x4.sub(v128.load(gradients + (<usize>q << 2)), shift));
      v128.store(gradients + (<usize>q << 2), e);
      total += <f64>(f32x4.extract_lane(e, 0) + f32x4.extract_lane(e, 1) + (f32x4.extract_lane(e, 2) + f32x4.extract_lane(e, 3)));
    }
    for (; q < stop; q++) {
      const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(gradients + (<usize>q << 2)) - highest)), 0);
      store<f32>(gradients + (<usize>q << 2), e);
      total += <f64>e;
    }
    const count = stopLabel - firstLabel;
    const weight = sampleWeight(weighting, s);
    const by = scale * weight;
    const share: f32 = <f32>1 / <f32>count;
    const logTotal = Math.log(total);
    const smoothing: f32 = count ? smoothingOf(weighting) : 0;
    const kept: f32 = 1 - smoothing;
    let loss: f64 = 0;
    // What all targets weigh together: 1 without weights.
    let mass: f64 = count ? labelMass(weights, labels, firstLabel, stopLabel) : 1;
    let even: f64 = 0;
    if (smoothing > 0) {
      even = <f64>smoothing / evenTotal(corrections, first, stop);
      mass *= <f64>kept;
      for (q = first; q < stop; q++) {
        const target = even * evenWeight(weights, corrections, offsets ? load<i32>(ids + (<usize>q << 2)) : q - first, q);
        mass += target;
        let z = load<f32>(logits + (<usize>q << 2));
        if (corrections) z += load<f32>(corrections + (<usize>q << 2));
        loss += target * (logTotal + <f64>highest - <f64>z);
      }
    }
    const factor = <f32>(<f64>by * mass / total);
    const least = leastOf(<f32>(<f64>by * mass));
    q = first;
    for (; q + 4 <= stop; q += 4) {
      const at = gradients + (<usize>q << 2);
      v128.store(at, unlessTiny4(f32x4.mul(v128.load(at), f32x4.splat(factor)), f32x4.splat(least)));
    }
    for (; q < stop; q++) {
      const at = gradients + (<usize>q << 2);
      store<f32>(at, unlessTiny(load<f32>(at) * factor, least));
    }
    if (smoothing > 0) {
      for (q = first; q < stop; q++) {
        const at = gradients + (<usize>q << 2);
        const target = even * evenWeight(weights, corrections, offsets ? load<i32>(ids + (<usize>q << 2)) : q - first, q);
        store<f32>(at, load<f32>(at) - <f32>target * by);
      }
    }
    for (let l = firstLabel; l < stopLabel; l++) {
      const label = load<i32>(labels + (<usize>l << 2));
      const at = offsets ? find(ids, first, stop, label) : first + label;
      if (at < 0) continue;
      const target = share * kept * weightAt(weights, label);
      const gradient = gradients + (<usize>at << 2);
      store<f32>(gradient, load<f32>(gradient) - target * by);
      let z = load<f32>(logits + (<usize>at << 2));
      if (corrections) z += load<f32>(corrections + (<usize>at << 2));
      loss += <f64>target * (logTotal + <f64>highest - <f64>z);
    }
    store<f32>(losses + (<usize>s << 2), <f32>(loss * <f64>weight));
  }
}

/** Writes logits first..stop with their corrections, and gives the highest of them; what is not a number is none. */
// @ts-ignore: decorator
@inline
function correct(to: usize, logits: usize, corrections: usize, first: i32, stop: i32): f32 {
  let four = f32x4.splat(-Infinity);
  let q = <usize>first << 2;
  const last = <usize>stop << 2;
  for (; q + 16 <= last; q += 16) {
    let z = v128.load(logits + q);
    if (corrections) z = f32x4.add(z, v128.load(corrections + q));
    v128.store(to + q, z);
    four = f32x4.pmax(four, z);
  }
  const two = f32x4.pmax(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
  let highest = max(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
  for (; q < last; q += 4) {
    let z = load<f32>(logits + q);
    if (corrections) z += load<f32>(corrections + q);
    store<f32>(to + q, z);
    if (z > highest) highest = z;
  }
  return highest;
}

/** The mean weight of a sample's labels: exactly 1 where all weigh 1. */
// @ts-ignore: decorator
@inline
function labelMass(weights: usize, labels: usize, first: i32, stop: i32): f64 {
  if (!weights) return 1;
  let total: f64 = 0;
  for (let l = first; l < stop; l++) total += <f64>weightAt(weights, load<i32>(labels + (<usize>l << 2)));
  return total / <f64>(stop - first);
}

/** How many classes the active units stand for. */
// @ts-ignore: decorator
@inline
function evenTotal(corrections: usize, first: i32, stop: i32): f64 {
  if (!corrections) return <f64>(stop - first);
  let total: f64 = 0;
  for (let q = first; q < stop; q++) total += Math.exp(<f64>load<f32>(corrections + (<usize>q << 2)));
  return total;
}

/** The weight of a unit, times the number of classes that it stands for. */
// @ts-ignore: decorator
@inline
function evenWeight(weights: usize, corrections: usize, unit: i32, q: i32): f64 {
  const weight = <f64>weightAt(weights, unit);
  return corrections ? weight * Math.exp(<f64>load<f32>(corrections + (<usize>q << 2))) : weight;
}
