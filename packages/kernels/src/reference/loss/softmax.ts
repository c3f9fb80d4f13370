/** Reference of softmax cross-entropy over an active set. */
import { unlessTiny } from '../fading.ts';
import { type SampleWeighting, UNWEIGHTED } from './weighting.ts';

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
 * was included (Bengio and Senecal 2008). A tiny probability has no gradient.
 * With `weighting` the loss is sample * -sum of w t log p, w being a unit's weight and t its target, of which the share
 * `smoothing` goes to all units by e^correction (evenly, without corrections), if there are labels.
 */
export function softmaxCrossEntropy(
  logits: Float32Array,
  ids: Int32Array | undefined,
  labels: Int32Array,
  scale: number,
  corrections?: Float32Array,
  { sample, outputs, smoothing: share }: SampleWeighting = UNWEIGHTED,
): SoftmaxResult {
  const smoothing = labels.length > 0 ? share : 0;
  const stands = Float64Array.from(logits, (_, i) => (corrections ? Math.exp(corrections[i]) : 1));
  const all = stands.reduce((sum, count) => sum + count, 0);
  const z = Float64Array.from(logits, (logit, i) => logit + (corrections ? corrections[i] : 0));
  const highest = z.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let total = 0;
  for (const logit of z) total += Math.exp(logit - highest);
  const weightOf = (unit: number): number => outputs?.[unit] ?? 1;
  // What each unit's target weighs; labels that are not active count in the mass alone.
  const targets = stands.map((count, i) => weightOf(ids ? ids[i] : i) * smoothing * (count / all));
  let mass = targets.reduce((sum, target) => sum + target, labels.length > 0 ? 0 : 1);
  for (const label of labels) {
    const target = (weightOf(label) * (1 - smoothing)) / labels.length;
    mass += target;
    const at = ids ? ids.indexOf(label) : label;
    if (at >= 0) targets[at] += target;
  }
  const gradient = z.map(
    (logit, i) => sample * scale * (mass * unlessTiny(Math.exp(logit - highest) / total) - targets[i]),
  );
  const loss = targets.reduce(
    (sum, target, i) => (target === 0 ? sum : sum + target * (Math.log(total) + highest - z[i])),
    0,
  );
  return { gradient: Float32Array.from(gradient), loss: sample * loss };
}
