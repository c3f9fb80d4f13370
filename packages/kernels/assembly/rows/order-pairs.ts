// Sorted pairs in the order in which walks visit the rows. Where lists of rows are shared by samples that follow each other (draws
// that a group of samples has in common), rows are many that have the same run of samples: those of one tile are visited
// together, and their pairs lie one after the other. What all lists of a tile end with is sorted once for the tile, not for each sample.

import { Pairs } from '../layout';
import { DENSE, TILE, TILE_BITS } from './tiles';

/**
 * For tiles begin..end of `batch` samples: common[tile] becomes the number of rows that the lists of all its samples end with, in
 * the same order; 0 for a tile of few samples. Lists are as for countPairs.
 */
export function commonEnds(common: usize, offsets: usize, ids: usize, batch: i32, begin: i32, end: i32): void {
  for (let tile = begin; tile < end; tile++) {
    const first = tile << TILE_BITS;
    const after = min(first + TILE, batch);
    const stop = ids + (<usize>endOf(offsets, first) << 2);
    let most = after - first < DENSE ? 0 : endOf(offsets, first) - endOf(offsets, first - 1);
    for (let s = first + 1; s < after && most; s++) {
      const length = endOf(offsets, s) - endOf(offsets, s - 1);
      most = commonEnd(stop, ids + (<usize>endOf(offsets, s) << 2), min(most, length));
    }
    store<i32>(common + (<usize>tile << 2), most);
  }
}

/** How many ids before `a` and before `b` are the same, `most` at most. */
function commonEnd(a: usize, b: usize, most: i32): i32 {
  const bytes = <usize>most << 2;
  let n: usize = 0;
  while (n + 16 <= bytes && i32x4.all_true(i32x4.eq(v128.load(a - n - 16), v128.load(b - n - 16)))) n += 16;
  while (n + 4 <= bytes && load<i32>(a - n - 4) == load<i32>(b - n - 4)) n += 4;
  return <i32>(n >> 2);
}

/** Where the list of sample `s` ends, and that of the next one begins. */
// @ts-ignore: decorator
@inline
export function endOf(offsets: usize, s: i32): i32 {
  return load<i32>(offsets + (<usize>(s + 1) << 2));
}

/** Samples of tile `tile`. */
// @ts-ignore: decorator
@inline
function samplesOf(tile: i32, batch: i32): i32 {
  return min(TILE, batch - (tile << TILE_BITS));
}

/** Rows that have a tile are visited with it if more than one in so many pairs is theirs. */
const FEW: i32 = 8;

/** The first dense tile of sorted pairs i..stop, if it is before `tiles`; else that. What stands for a whole tile is dense. */
function firstDense(samples: usize, i: i32, stop: i32, batch: i32, tiles: i32): i32 {
  for (; i < stop; i++) {
    const s = load<i32>(samples + (<usize>i << 2));
    if (s >= batch) return min(s - batch, tiles);
    if (i + DENSE > stop) continue;
    const later = load<i32>(samples + (<usize>(i + DENSE - 1) << 2));
    // Samples ascend, and are distinct. What stands for a later tile of 9 or more is a number beyond all samples of this one.
    if (later >> TILE_BITS == s >> TILE_BITS) return min(s >> TILE_BITS, tiles);
  }
  return tiles;
}

/**
 * Orders `count` rows of `sortedAt`: by their first dense tile, and then those without one. Within each they ascend. Writes to
 * `pairsAt` rows, tiles, and where each row's pairs start; and to order[o] which row the o-th is. Some pairs
 * stand for a tile unless `common` is 0. Gives false, and writes nothing, if rows that have a tile have too few of the pairs. `work` holds a number for each of `tiles` tiles, one more, and one for each row.
 */
export function orderPairs(
  pairsAt: usize, sortedAt: usize, order: usize, count: i32, batch: i32, common: usize, work: usize, tiles: i32,
): bool {
  if (!count) return false;
  const pairs = changetype<Pairs>(pairsAt);
  const sorted = changetype<Pairs>(sortedAt);
  const samples = sorted.samples;
  const found = work + (<usize>(tiles + 1) << 2);
  memory.fill(work, 0, <usize>(tiles + 1) << 2);
  let inTiles = 0;
  for (let v = 0; v < count; v++) {
    const at = sorted.starts + (<usize>v << 2);
    const first = load<i32>(at);
    const stop = load<i32>(at, 4);
    const tile = firstDense(samples, first, stop, batch, tiles);
    if (tile < tiles) inTiles += stop - first;
    store<i32>(found + (<usize>v << 2), tile);
    const place = work + (<usize>tile << 2);
    store<i32>(place, load<i32>(place) + 1);
  }
  // What stands for a tile is worth it already.
  if (!common && <i64>FEW * inTiles <= <i64>load<i32>(sorted.starts + (<usize>count << 2))) return false;
  let before = 0;
  for (let t = 0; t <= tiles; t++) {
    const place = work + (<usize>t << 2);
    const rows = load<i32>(place);
    store<i32>(place, before);
    before += rows;
  }
  for (let v = 0; v < count; v++) {
    const tile = load<i32>(found + (<usize>v << 2));
    const place = work + (<usize>tile << 2);
    const o = load<i32>(place);
    store<i32>(place, o + 1);
    store<i32>(order + (<usize>o << 2), v);
    store<i32>(pairs.rows + (<usize>o << 2), load<i32>(sorted.rows + (<usize>v << 2)));
    store<i32>(pairs.tiles + (<usize>o << 2), tile < tiles ? tile : -1);
  }
  let start = 0;
  for (let o = 0; o < count; o++) {
    store<i32>(pairs.starts + (<usize>o << 2), start);
    const at = sorted.starts + (<usize>load<i32>(order + (<usize>o << 2)) << 2);
    const stop = load<i32>(at, 4);
    let i = load<i32>(at);
    start += stop - i;
    for (; common && i < stop; i++) {
      const s = load<i32>(samples + (<usize>i << 2));
      if (s >= batch) start += samplesOf(s - batch, batch) - 1;
    }
  }
  store<i32>(pairs.starts + (<usize>count << 2), start);
  return true;
}

/** Writes the pairs of visits begin..end of `pairsAt`, which orderPairs has ordered; what stands for a tile, sample by sample. */
export function expandPairs(
  pairsAt: usize, sortedAt: usize, order: usize, offsets: usize, batch: i32, common: usize, begin: i32, end: i32,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const sorted = changetype<Pairs>(sortedAt);
  let to = <usize>load<i32>(pairs.starts + (<usize>begin << 2)) << 2;
  for (let o = begin; o < end; o++) {
    const at = sorted.starts + (<usize>load<i32>(order + (<usize>o << 2)) << 2);
    const stop = <usize>load<i32>(at, 4) << 2;
    let i = <usize>load<i32>(at) << 2;
    if (!common) {
      for (; i + 16 <= stop; i += 16, to += 16) {
        v128.store(pairs.samples + to, v128.load(sorted.samples + i));
        v128.store(pairs.positions + to, v128.load(sorted.positions + i));
      }
    }
    for (; i < stop; i += 4) {
      let s = load<i32>(sorted.samples + i);
      const position = load<i32>(sorted.positions + i);
      if (s < batch) {
        store<i32>(pairs.samples + to, s);
        store<i32>(pairs.positions + to, position);
        to += 4;
        continue;
      }
      const tile = s - batch;
      s = tile << TILE_BITS;
      const after = s + samplesOf(tile, batch);
      // It was listed for the tile's first sample; in each list it is as far from the end.
      const fromEnd = endOf(offsets, s) - position;
      for (; s + 4 <= after; s += 4) {
        v128.store(pairs.samples + to, i32x4.add(i32x4.splat(s), i32x4(0, 1, 2, 3)));
        v128.store(pairs.positions + to, i32x4.sub(v128.load(offsets + (<usize>s << 2), 4), i32x4.splat(fromEnd)));
        to += 16;
      }
      for (; s < after; s++) {
        store<i32>(pairs.samples + to, s);
        store<i32>(pairs.positions + to, endOf(offsets, s) - fromEnd);
        to += 4;
      }
    }
  }
}
