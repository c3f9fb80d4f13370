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

/** Samples in a tile, and how many of them have to have chosen a row for the tile to be dense in it. */
const TILE = 16;
const DENSE = 9;

/**
 * The order in which walks over dense samples visit the rows of sorted pairs: two numbers a visit, which of `rows` it is, and
 * its first dense tile, or -1. Rows with a dense tile come first, by tile; where none has one there is no order.
 * Tile t are samples 16 t to 16 t + 15.
 */
export function orderPairs({ rows, starts, samples }: PairsFields): Int32Array | undefined {
  const visits = Array.from(rows, (_, v) => {
    const tiles = Array.from(samples.subarray(starts[v], starts[v + 1]), (sample) =>
      Math.floor(sample / TILE),
    );
    return { v, tile: tiles.find((tile) => tiles.filter((other) => other === tile).length >= DENSE) ?? -1 };
  });
  if (visits.every(({ tile }) => tile < 0)) return undefined;
  const sorted = visits.toSorted((a, b) => (a.tile === b.tile ? a.v - b.v : place(a.tile) - place(b.tile)));
  return Int32Array.from(sorted.flatMap(({ v, tile }) => [v, tile]));
}

/** Where rows of a tile come among the others: those of none come last. */
function place(tile: number): number {
  return tile < 0 ? Infinity : tile;
}
