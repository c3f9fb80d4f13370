// The mean squared error over the outputs that a sample has active; softmax.ts says how they are laid out.

import { leastOf, unlessTiny } from '../fading';
import { outputWeights, sampleWeight, weightAt } from './weighting';

/**
 * For samples begin..end: the mean over the active outputs of (output - target)^2, to losses[s]; `gradients` = its
 * gradient with respect to the outputs, times `scale`. The target of sample s, unit u is targets[s * targetStride + u]. With
 * `weighting` a squared error counts by the weights of its sample and its output. Else as softmaxCrossEntropy.
 */
export function squaredError(
  gradients: usize, losses: usize, outputs: usize, offsets: usize, ids: usize, stride: i32, width: i32,
  targets: usize, targetStride: i32, weighting: usize, scale: f32, begin: i32, end: i32,
): void {
  const weights = outputWeights(weighting);
  for (let s = begin; s < end; s++) {
    const first = offsets ? load<i32>(offsets + (<usize>s << 2)) : s * stride;
    const stop = offsets ? load<i32>(offsets + (<usize>s << 2), 4) : first + width;
    const target = targets + ((<usize>s * targetStride) << 2);
    const count = stop - first;
    const sample = sampleWeight(weighting, s);
    const factor: f32 = count ? 2 * (scale * sample) / <f32>count : 0;
    let total: f64 = 0;
    for (let q = first; q < stop; q++) {
      const unit = offsets ? load<i32>(ids + (<usize>q << 2)) : q - first;
      const error = load<f32>(outputs + (<usize>q << 2)) - load<f32>(target + (<usize>unit << 2));
      const weight = weightAt(weights, unit);
      store<f32>(gradients + (<usize>q << 2), unlessTiny(factor * error * weight, leastOf(0)));
      total += <f64>error * <f64>error * <f64>weight;
    }
    store<f32>(losses + (<usize>s << 2), count ? <f32>(total / <f64>count * <f64>sample) : 0);
  }
}
