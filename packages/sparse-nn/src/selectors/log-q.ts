/**
 * Importance weights of a sampled softmax, as corrections of its logits. A class that is active for certain counts as it
 * is; one that was drawn, with probability q, stands for 1 / q of its kind: its logit gets -log q (Bengio and Senecal
 * 2008), so that the partition function, given the certain ones, is estimated without bias. The kernels' loss adds them
 * (assembly/loss/softmax.ts).
 */
import type { SelectorCapabilities } from './selector.ts';

/** What a selector can do that corrects logits by its option `logQ`. */
export function correctionsBy({ logQ }: { readonly logQ: boolean }): SelectorCapabilities {
  return { corrections: logQ ? 'logQ' : undefined };
}

/**
 * Writes the corrections of `batch` lists, one after the other: 0 for the first `certain[s]` of the `lengths[s]` units of
 * sample s, -log q for the others, which were drawn uniformly from all that are not among the certain ones.
 */
export function correctDrawn(
  corrections: Float32Array,
  certain: Int32Array,
  lengths: Int32Array,
  units: number,
  batch: number,
): void {
  let to = 0;
  for (let s = 0; s < batch; s++) {
    const first = to + certain[s]!;
    const end = to + lengths[s]!;
    corrections.fill(0, to, first);
    if (end > first) corrections.fill(Math.log((units - certain[s]!) / (end - first)), first, end);
    to = end;
  }
}
