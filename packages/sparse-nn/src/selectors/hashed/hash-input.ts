/** Hashing a batch of a layer's inputs, dense or sparse. */
import type { TransformedHasher } from '@hashgrad/mips';
import type { Counts } from '../../layers/counts.ts';
import type { Activations } from '../../layers/activations.ts';

/** Writes the codes of a batch as queries: that of sample s in table t to codes[t * batch + s]. Counted as `hashing`. */
export function hashInput(
  hasher: TransformedHasher,
  input: Activations,
  batch: number,
  codes: Uint32Array,
  counts: Counts,
): void {
  counts.time('hashing', () => hasher.hashQueries(input, batch, { codes, stride: batch }));
  if (input.kind === 'dense') {
    counts.add('hashing', batch * hasher.multiplyAdds(input.width));
  } else {
    const nonZeros = input.offsets[batch]!;
    counts.add('hashing', (batch - 1) * hasher.multiplyAdds(0) + hasher.multiplyAdds(nonZeros));
  }
}
