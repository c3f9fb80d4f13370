/** References of the losses but softmax cross-entropy, of one sample; softmax.ts says what `ids` and `scale` are. */

/** What one sample's outputs give. */
export interface LossResult {
  /** The loss's gradient with respect to the outputs, times `scale`. */
  readonly gradient: Float32Array;
  readonly loss: number;
}

/**
 * The cross-entropy, in nats, of independent outputs with probabilities p = 1 / (1 + e^-logit), summed over them. Targets
 * are 1 for the labels and 0 for the others. With `corrections` an output counts e^correction times: what was sampled with
 * probability q stands for 1 / q of its kind.
 */
export function sigmoidCrossEntropy(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
  corrections?: Float32Array,
): LossResult {
  let loss = 0;
  const gradient = logits.map((logit, i) => {
    const target = labels.includes(ids ? ids[i] : i) ? 1 : 0;
    const weight = corrections ? Math.exp(corrections[i]) : 1;
    loss += weight * (Math.max(logit, 0) - target * logit + Math.log1p(Math.exp(-Math.abs(logit))));
    return weight * scale * (1 / (1 + Math.exp(-logit)) - target);
  });
  return { gradient, loss };
}

/** The mean of (output - target)^2 over the outputs; `targets` has one for each unit of the layer. */
export function squaredError(
  outputs: Float32Array,
  ids: Int32Array | undefined,
  targets: Float32Array,
  scale: number,
): LossResult {
  const errors = Float64Array.from(outputs, (output, i) => output - targets[ids ? ids[i] : i]);
  const loss = errors.reduce((total, error) => total + error ** 2, 0) / Math.max(errors.length, 1);
  return { gradient: Float32Array.from(errors, (error) => (2 * scale * error) / errors.length), loss };
}
