/** Hashing a batch of a layer's inputs, dense or sparse. */
import type { Hasher } from '@hashgrad/lsh';
import type { Counts } from '../../layers/counts.ts';
import type { Activations } from '../../layers/activations.ts';

/** Coordinates after the inputs' own; none where left out. */
export interface InputTails {
  readonly tail?: Float32Array;
  readonly tailWidth?: number;
}

/** Writes the codes of a batch: that of sample s in table t to codes[t * batch + s]. Counted as `hashing`. */
export function hashInput(
  hasher: Hasher,
  input: Activations,
  batch: number,
  codes: Uint32Array,
  tails: InputTails,
  counts: Counts,
): void {
  const target = { codes, stride: batch };
  counts.time('hashing', () => {
    if (input.kind === 'dense') hasher.hash({ ...input, ...tails }, batch, target);
    else hasher.hashSparse({ ...input, ...tails }, batch, target);
  });
  if (input.kind === 'dense') {
    counts.add('hashing', batch * hasher.multiplyAdds(input.width));
  } else {
    const nonZeros = input.offsets[batch]!;
    counts.add('hashing', (batch - 1) * hasher.multiplyAdds(0) + hasher.multiplyAdds(nonZeros));
  }
}
