/** The units of a layer with the highest activations, which selectors are to find. */
import { topK, type Team } from '@hashgrad/kernels';
import type { DenseActivations } from '../layers/activations.ts';

/**
 * For each of `batch` samples the `k` units with the highest activations, ascending. ReLU units of activation 0 are left out:
 * whether they are chosen changes nothing.
 */
export function bestUnits(
  team: Team,
  { values, stride, width }: DenseActivations,
  batch: number,
  k: number,
  activation: string,
): Int32Array[] {
  const { arena } = team;
  const ids = arena.int32(batch * k);
  try {
    topK(team, { ids, values, stride, width, k }, batch);
    return Array.from({ length: batch }, (_, s) => {
      const own = ids.slice(s * k, s * k + k);
      return activation === 'relu' ? own.filter((unit) => values[s * stride + unit]! > 0) : own;
    });
  } finally {
    arena.free(ids);
  }
}

/** How many ids two ascending lists share. */
export function common(a: Int32Array, b: Int32Array): number {
  let both = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) both++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return both;
}
