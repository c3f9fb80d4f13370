/** Reference of the sort that turns a batch's choices into work by row. */
import type { PairsFields } from '../../ops/layout.ts';

/**
 * The (sample, row) pairs of a batch, sorted by row: `ids` holds the rows that each sample chose, sample s at
 * `offsets[s]` to `offsets[s + 1]`. Of the rows that have pairs, ascending, the v-th is `rows[v]`; its pairs are
 * `starts[v]` to `starts[v + 1]`, in the order of samples: `samples` says whose a pair is, `positions` where it stands in
 * `ids`.
 */
export function sortPairs(offsets: Int32Array, ids: Int32Array): PairsFields {
  const byRow = new Map<number, { position: number; sample: number }[]>();
  for (let sample = 0; sample + 1 < offsets.length; sample++) {
    for (let position = offsets[sample]; position < offsets[sample + 1]; position++) {
      const row = ids[position];
      if (!byRow.has(row)) byRow.set(row, []);
      byRow.get(row)?.push({ position, sample });
    }
  }
  const rows = Int32Array.from(byRow.keys()).toSorted();
  const sorted = Array.from(rows, (row) => byRow.get(row) ?? []);
  const starts = new Int32Array(rows.length + 1);
  for (const [v, { length }] of sorted.entries()) starts[v + 1] = starts[v] + length;
  const pairs = sorted.flat();
  return {
    rows,
    starts,
    positions: Int32Array.from(pairs, ({ position }) => position),
    samples: Int32Array.from(pairs, ({ sample }) => sample),
  };
}
