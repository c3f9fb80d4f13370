/** Reference of softmax cross-entropy over an active set. */

/** What one sample's logits give. */
export interface SoftmaxResult {
  /** (softmax - target) * scale, laid out like the logits. */
  readonly gradient: Float32Array;
  /** Cross-entropy, in nats. */
  readonly loss: number;
}

/**
 * Softmax cross-entropy of one sample. `logits[i]` is of unit `ids[i]` (without `ids`: of unit i), and the softmax is over
 * these units alone. The labels share the target evenly, as in SLIDE (Chen et al. 2020); a label that is not among the
 * units has none of it and adds nothing to the loss. Without labels the gradient is the softmax, and the loss 0.
 */
export function softmaxCrossEntropy(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
): SoftmaxResult {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - highest);
  const gradient = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) gradient[i] = (Math.exp(logits[i] - highest) / total) * scale;
  let loss = 0;
  for (const label of labels) {
    const at = ids ? ids.indexOf(label) : label;
    if (at < 0) continue;
    gradient[at] -= scale / labels.length;
    loss += (Math.log(total) + highest - logits[at]) / labels.length;
  }
  return { gradient: Float32Array.from(gradient), loss };
}
