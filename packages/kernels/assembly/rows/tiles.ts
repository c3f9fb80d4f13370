// Samples that chose the same rows. Where lists of rows are shared by samples that follow each other (draws that a group of
// samples has in common), a row's pairs are whole runs of samples, and rows are many that have the same run. Tiles of 16
// samples are what the walks look for: a tile by a block of rows is a dense product, which registers are blocked for, and
// whose samples stay in the first-level cache while the tile's rows pass by.

import { Pairs } from '../layout';

/** Samples in a tile, as a power of 2: tile t are samples 16 t to 16 t + 15. */
const TILE_BITS: i32 = 4;
export const TILE: i32 = 1 << TILE_BITS;
/** Pairs that make a tile of a row dense: with fewer it is quicker to take pair by pair. */
export const DENSE: i32 = 9;

/** The tile of pair `i`. */
// @ts-ignore: decorator
@inline
export function tileAt(samples: usize, i: i32): i32 {
  return load<i32>(samples + (<usize>i << 2)) >> TILE_BITS;
}

/** Where the pairs of tile `tile` end that start at `i`; `stop` is where the row's end. */
// @ts-ignore: decorator
@inline
export function tileEnd(samples: usize, i: i32, stop: i32, tile: i32): i32 {
  // Samples ascend, and are distinct: 16 in a tile are all of it.
  if (i + TILE <= stop && tileAt(samples, i + TILE - 1) == tile) return i + TILE;
  while (i < stop && tileAt(samples, i) == tile) i++;
  return i;
}

/** The first dense tile of pairs i..stop, or -1: none, or none before tile `tiles`. */
function firstDense(samples: usize, i: i32, stop: i32, tiles: i32): i32 {
  while (i + DENSE <= stop) {
    const tile = tileAt(samples, i);
    if (tileAt(samples, i + DENSE - 1) == tile) return tile < tiles ? tile : -1;
    i++;
  }
  return -1;
}

/** Bytes of a visit: v, and the tile that its row is visited with, or -1. */
const VISIT_BYTES: usize = 8;

/** Rows of a block, at most: those of one tile that are visited together. */
export const BLOCK: i32 = 6;

/** Which of the rows visit `o` is of: where no row has a dense tile, they are visited in their order. */
// @ts-ignore: decorator
@inline
export function visited(pairs: Pairs, o: i32): i32 {
  return pairs.visits ? load<i32>(pairs.visits + <usize>o * VISIT_BYTES) : o;
}

/** The first dense tile of the row of visit `o`, or -1. */
// @ts-ignore: decorator
@inline
export function tileOf(pairs: Pairs, o: i32): i32 {
  return pairs.visits ? load<i32>(pairs.visits + <usize>o * VISIT_BYTES, 4) : -1;
}

/** Where the block ends that starts with visit `o`, of rows of tile `tile`; `end` at most. */
// @ts-ignore: decorator
@inline
export function blockEnd(pairs: Pairs, o: i32, end: i32, tile: i32): i32 {
  end = min(end, o + BLOCK);
  while (o < end && tileOf(pairs, o) == tile) o++;
  return o;
}

/**
 * Writes the visits of `count` rows: by their first dense tile, and then those without one. Within each they ascend. Gives how
 * many have one; if none has, nothing is written. `counts` holds a number for each of `tiles` tiles, one more, and one for each row.
 */
export function orderPairs(pairsAt: usize, count: i32, counts: usize, tiles: i32): i32 {
  if (!count) return 0;
  const pairs = changetype<Pairs>(pairsAt);
  const samples = pairs.samples;
  const starts = pairs.starts;
  const visits = pairs.visits;
  const found = counts + (<usize>(tiles + 1) << 2);
  memory.fill(counts, 0, <usize>(tiles + 1) << 2);
  for (let v = 0; v < count; v++) {
    const at = starts + (<usize>v << 2);
    let tile = firstDense(samples, load<i32>(at), load<i32>(at, 4), tiles);
    if (tile < 0) tile = tiles;
    store<i32>(found + (<usize>v << 2), tile);
    const place = counts + (<usize>tile << 2);
    store<i32>(place, load<i32>(place) + 1);
  }
  const tiled = count - load<i32>(counts + (<usize>tiles << 2));
  if (!tiled) return 0;
  let before = 0;
  for (let t = 0; t <= tiles; t++) {
    const place = counts + (<usize>t << 2);
    const rows = load<i32>(place);
    store<i32>(place, before);
    before += rows;
  }
  for (let v = 0; v < count; v++) {
    const tile = load<i32>(found + (<usize>v << 2));
    const place = counts + (<usize>tile << 2);
    const to = load<i32>(place);
    store<i32>(place, to + 1);
    store<i32>(visits + <usize>to * VISIT_BYTES, v);
    store<i32>(visits + <usize>to * VISIT_BYTES, tile < tiles ? tile : -1, 4);
  }
  return tiled;
}
