/** References of the losses but softmax cross-entropy, of one sample; softmax.ts says what `ids` and `scale` are. */

/** What one sample's outputs give. */
export interface LossResult {
  /** The loss's gradient with respect to the outputs, times `scale`. */
  readonly gradient: Float32Array;
  readonly loss: number;
}

/** How much a sample and its outputs count, and how its targets are smoothed; see WeightingFields. */
export interface SampleWeighting {
  readonly sample: number;
  readonly outputs?: Float32Array | undefined;
  readonly positives?: Float32Array | undefined;
  readonly smoothing: number;
}

/** All count 1. */
export const UNWEIGHTED: SampleWeighting = { sample: 1, smoothing: 0 };

/**
 * The cross-entropy, in nats, of independent outputs with probabilities p = 1 / (1 + e^-logit), summed over them. Targets
 * are 1 for the labels and 0 for the others. With `corrections` an output counts e^correction times: what was sampled with
 * probability q stands for 1 / q of its kind. With `weighting` an output counts by its weight too, its target of 1 by its
 * `positives`, and targets are (1 - smoothing) target + smoothing / 2.
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
    const weight = sample * (outputs?.[unit] ?? 1) * (corrections ? Math.exp(corrections[i]) : 1);
    const positive = (positives?.[unit] ?? 1) * target;
    const softplus = Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
    loss += weight * (positive * (softplus - logit) + (1 - target) * softplus);
    return weight * scale * ((positive + 1 - target) / (1 + Math.exp(-logit)) - positive);
  });
  return { gradient, loss };
}

/** The mean of weight * (output - target)^2 over the outputs; `targets` has one for each unit of the layer. */
export function squaredError(
  outputs: Float32Array,
  ids: Int32Array | undefined,
  targets: Float32Array,
  scale: number,
  { sample, outputs: weights }: SampleWeighting = UNWEIGHTED,
): LossResult {
  const weightOf = (i: number): number => sample * (weights?.[ids ? ids[i] : i] ?? 1);
  const errors = Float64Array.from(outputs, (output, i) => output - targets[ids ? ids[i] : i]);
  const squares = errors.map((error, i) => weightOf(i) * error ** 2);
  const gradient = Float32Array.from(errors, (error, i) => (2 * scale * weightOf(i) * error) / errors.length);
  return {
    gradient,
    loss: squares.reduce((total, square) => total + square, 0) / Math.max(errors.length, 1),
  };
}
