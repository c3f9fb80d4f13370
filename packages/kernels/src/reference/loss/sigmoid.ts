/** Reference of the cross-entropy of independent outputs, of one sample; softmax.ts says what `ids` and `scale` are. */
import { unlessTiny } from '../fading.ts';
import { type LossResult, type SampleWeighting, UNWEIGHTED } from './weighting.ts';

/**
 * The cross-entropy, in nats, of independent outputs with probabilities p = 1 / (1 + e^-logit), summed over them. Targets
 * are 1 for the labels and 0 for the others. With `corrections` an output counts e^correction times: what was sampled with
 * probability q stands for 1 / q of its kind. With `weighting` an output counts by its weight too, its target of 1 by its
 * `positives`, and targets are (1 - smoothing) target + smoothing / 2. What is tiny has no gradient.
 */
export function sigmoidCrossEntropy(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
  corrections?: Float32Array,
  { sample, outputs, positives, smoothing }: SampleWeighting = UNWEIGHTED,
): LossResult {
  let loss = 0;
  const gradient = logits.map((logit, i) => {
    const unit = ids ? ids[i] : i;
    const target = (labels.includes(unit) ? 1 : 0) * (1 - smoothing) + smoothing / 2;
    const weight = (outputs?.[unit] ?? 1) * (corrections ? Math.exp(corrections[i]) : 1);
    const positive = (positives?.[unit] ?? 1) * target;
    const softplus = Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
    loss += weight * (positive * (softplus - logit) + (1 - target) * softplus);
    const derivative = weight * ((positive + 1 - target) / (1 + Math.exp(-logit)) - positive);
    return sample * scale * unlessTiny(derivative);
  });
  return { gradient, loss: sample * loss };
}
