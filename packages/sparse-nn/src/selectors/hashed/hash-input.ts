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
    counts.add('hashing', hasher.operations(input.width), batch);
  } else {
    // Operations grow evenly with the non-zeros.
    counts.add('hashing', hasher.operations(0), batch - 1);
    counts.add('hashing', hasher.operations(input.offsets[batch]!));
  }
}
