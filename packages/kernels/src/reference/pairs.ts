/** Reference of the counting sort that turns a batch's choices into work by row. */
import type { PairsFields } from '../layout.ts';

/**
 * The (sample, row) pairs of a batch, sorted by row: `ids` holds the rows that each sample chose, sample s at
 * `offsets[s]` to `offsets[s + 1]`, each from 0 to `rows` - 1. Row r's pairs are `starts[r]` to `starts[r + 1]`, in the
 * order of samples: `samples` says whose a pair is, `positions` where it stands in `ids`.
 */
export function sortPairs(offsets: Int32Array, ids: Int32Array, rows: number): PairsFields {
  const batch = offsets.length - 1;
  const count = offsets[batch];
  const starts = new Int32Array(rows + 1);
  for (let q = 0; q < count; q++) starts[ids[q] + 1]++;
  for (let r = 0; r < rows; r++) starts[r + 1] += starts[r];
  const next = starts.slice();
  const positions = new Int32Array(count);
  const samples = new Int32Array(count);
  for (let s = 0; s < batch; s++) {
    for (let q = offsets[s]; q < offsets[s + 1]; q++) {
      const to = next[ids[q]]++;
      positions[to] = q;
      samples[to] = s;
    }
  }
  return { starts, positions, samples };
}
