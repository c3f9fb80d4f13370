/**
 * Importance weights of a sampled softmax, as corrections of its logits. A class that is active for certain counts as it
 * is; one that was drawn, with probability q, stands for 1 / q of its kind: its logit gets -log q (Bengio and Senecal
 * 2008), so that the partition function, given the certain ones, is estimated without bias. The kernels that draw write
 * them, and the kernels' loss adds them (assembly/draws, assembly/loss/softmax.ts).
 */
import type { SelectorCapabilities } from './selector.ts';

/** What a selector can do that corrects logits by its option `logQ`. */
export function correctionsBy({ logQ }: { readonly logQ: boolean }): SelectorCapabilities {
  return { corrections: logQ ? 'logQ' : undefined };
}
