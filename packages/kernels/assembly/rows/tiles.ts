// Samples that chose the same rows. Where lists of rows are shared by samples that follow each other (draws that a group of
// samples has in common), a row's pairs are whole runs of samples, and rows are many that have the same run. Tiles of 16
// samples are what the walks look for: a tile by a block of rows is a dense product, which registers are blocked for, and
// whose samples stay in the first-level cache while the tile's rows pass by.

import { Pairs } from '../layout';

/** Samples in a tile, as a power of 2: tile t are samples 16 t to 16 t + 15. */
export const TILE_BITS: i32 = 4;
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

/** Rows of a block, at most: those of one tile that are visited together. */
export const BLOCK: i32 = 6;

/** The first dense tile of the `o`-th row, or -1. */
// @ts-ignore: decorator
@inline
export function tileOf(pairs: Pairs, o: i32): i32 {
  return pairs.tiles ? load<i32>(pairs.tiles + (<usize>o << 2)) : -1;
}

/** Where the block ends that starts with the `o`-th row, of rows of tile `tile`; `end` at most. */
// @ts-ignore: decorator
@inline
export function blockEnd(pairs: Pairs, o: i32, end: i32, tile: i32): i32 {
  end = min(end, o + BLOCK);
  while (o < end && tileOf(pairs, o) == tile) o++;
  return o;
}
