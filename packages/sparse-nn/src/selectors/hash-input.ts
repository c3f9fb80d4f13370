/** Hashing a batch of a layer's inputs, dense or sparse. */
import type { TransformedHasher } from '@hashgrad/mips';
import type { Counts } from '../layers/counts.ts';
import type { Activations } from '../layers/activations.ts';

/**
 * Writes the codes of a batch as queries: probe p of sample s in table t to codes[(t * probes + p) * batch + s]. Counted as
 * `hashing`.
 */
export function hashInput(
  hasher: TransformedHasher,
  input: Activations,
  batch: number,
  codes: Uint32Array,
  counts: Counts,
  probes: number = 1,
): void {
  counts.time('hashing', () => hasher.hashQueries(input, batch, { codes, stride: batch }, { probes }));
  countProbes(hasher, batch, probes, counts);
  if (input.kind === 'dense') {
    counts.add('hashing', hasher.operations(input.width), batch);
  } else {
    // Operations grow evenly with the non-zeros.
    counts.add('hashing', hasher.operations(0), batch - 1);
    counts.add('hashing', hasher.operations(input.offsets[batch]!));
  }
}

/** Counts what it takes to find `count` queries' probes: each bit of a code merges a list of them. */
export function countProbes(hasher: TransformedHasher, count: number, probes: number, counts: Counts): void {
  if (probes === 1) return;
  const merges = hasher.tables * Math.ceil(Math.log2(hasher.buckets));
  counts.add('hashing', { comparisons: merges * probes }, count);
}
