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
 * `corrections`, where given, are added to the logits first: minus the log of the probability with which a sampled unit
 * was included (Bengio and Senecal 2008).
 */
export function softmaxCrossEntropy(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
  corrections?: Float32Array,
): SoftmaxResult {
  const z = Float64Array.from(logits, (logit, i) => logit + (corrections ? corrections[i] : 0));
  const highest = z.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let total = 0;
  for (const logit of z) total += Math.exp(logit - highest);
  const gradient = z.map((logit) => (Math.exp(logit - highest) / total) * scale);
  let loss = 0;
  for (const label of labels) {
    const at = ids ? ids.indexOf(label) : label;
    if (at < 0) continue;
    gradient[at] -= scale / labels.length;
    loss += (Math.log(total) + highest - z[at]) / labels.length;
  }
  return { gradient: Float32Array.from(gradient), loss };
}
