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
/** Pairs are put in order if more than one in so many is of a row that has a dense tile. */
const FEW = 8;

/** For each tile of samples how many rows the lists of all of them end with, in the same order; 0 if they are too few to be dense. */
export function commonEnds(offsets: Int32Array, ids: Int32Array): Int32Array {
  const reversed = Array.from(offsets.subarray(1), (end, s) => ids.subarray(offsets[s], end).toReversed());
  const tiles = Array.from({ length: Math.ceil(reversed.length / TILE) }, (_, tile) =>
    reversed.slice(tile * TILE, (tile + 1) * TILE),
  );
  return Int32Array.from(tiles, (lists) => {
    const [list, ...others] = lists as [Int32Array, ...Int32Array[]];
    if (lists.length < DENSE) return 0;
    const differs = list.findIndex((id, i) => others.some((other) => other[i] !== id));
    return differs < 0 ? list.length : differs;
  });
}

/**
 * Sorted pairs in the order in which walks over dense samples visit the rows: by their first dense tile, and then those that have
 * none; within each they ascend. Where few pairs are of rows that have one, they stay as they are. Tile t are samples 16 t to 16 t + 15.
 */
export function orderPairs(pairs: PairsFields): PairsFields {
  const { rows, starts, positions, samples } = pairs;
  const visits = Array.from(rows, (row, v) => {
    const own = {
      positions: positions.subarray(starts[v], starts[v + 1]),
      samples: samples.subarray(starts[v], starts[v + 1]),
    };
    const tiles = Array.from(own.samples, (sample) => Math.floor(sample / TILE));
    return {
      row,
      ...own,
      tile: tiles.find((tile) => tiles.filter((other) => other === tile).length >= DENSE) ?? -1,
    };
  });
  const inTiles = visits.reduce((total, { tile, samples: own }) => total + (tile < 0 ? 0 : own.length), 0);
  if (FEW * inTiles <= samples.length) return pairs;
  const sorted = visits.toSorted((a, b) =>
    a.tile === b.tile ? a.row - b.row : place(a.tile) - place(b.tile),
  );
  const ends = new Int32Array(rows.length + 1);
  for (const [o, visit] of sorted.entries()) ends[o + 1] = ends[o] + visit.samples.length;
  return {
    rows: Int32Array.from(sorted, ({ row }) => row),
    starts: ends,
    positions: Int32Array.from(sorted.flatMap((visit) => [...visit.positions])),
    samples: Int32Array.from(sorted.flatMap((visit) => [...visit.samples])),
    tiles: Int32Array.from(sorted, ({ tile }) => tile),
  };
}

/** Where rows of a tile come among the others: those of none come last. */
function place(tile: number): number {
  return tile < 0 ? Infinity : tile;
}
