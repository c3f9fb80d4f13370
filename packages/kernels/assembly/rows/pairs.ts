// A batch's (sample, row) pairs, sorted by row: after this each row of the weights is visited once a batch, not once a
// sample, and each thread can own a range of rows. Two passes of a stable radix sort, so that no pass scatters over all
// rows: first into buckets of 2^shift rows that follow each other, by chunks of samples that run at once; then each bucket
// on its own. What is not touched costs nothing: there is no array of all rows.

import { Pairs } from '../layout';
import { endOf } from './order-pairs';
import { TILE, TILE_BITS } from './tiles';

/** The first sample of a chunk: that of a tile. */
// @ts-ignore: decorator
@inline
function firstOf(chunk: i32, chunks: i32, batch: i32): i32 {
  const tiles = (batch + TILE - 1) >> TILE_BITS;
  return min(batch, <i32>((<i64>chunk * tiles) / chunks) << TILE_BITS);
}

/** How many rows at the end of its list sample `s` has in common with its tile. */
// @ts-ignore: decorator
@inline
function commonOf(common: usize, s: i32): i32 {
  return common ? load<i32>(common + (<usize>(s >> TILE_BITS) << 2)) : 0;
}

/** Counts the rows ids[first] to ids[stop - 1] by bucket. */
// @ts-ignore: decorator
@inline
function countRows(counts: usize, ids: usize, first: i32, stop: i32, shift: i32): void {
  const last = ids + (<usize>stop << 2);
  for (let at = ids + (<usize>first << 2); at < last; at += 4) {
    const slot = counts + (<usize>(load<u32>(at) >> shift) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
}

/**
 * Counts the pairs of chunks begin..end (of `chunks` of the samples) by bucket: histogram[chunk * buckets + bucket].
 * `ids` holds the rows that each of `batch` samples chose, sample s at offsets[s]..offsets[s + 1]. The common[tile] last ones of
 * each list are the same for all samples of a tile, and count once; 0 for none.
 */
export function countPairs(
  histogram: usize, offsets: usize, ids: usize, common: usize, batch: i32, chunks: i32, shift: i32, buckets: i32,
  begin: i32, end: i32,
): void {
  for (let c = begin; c < end; c++) {
    const counts = histogram + ((<usize>c * buckets) << 2);
    memory.fill(counts, 0, <usize>buckets << 2);
    const after = firstOf(c + 1, chunks, batch);
    for (let s = firstOf(c, chunks, batch); s < after; s++) {
      const stop = endOf(offsets, s) - commonOf(common, s);
      countRows(counts, ids, endOf(offsets, s - 1), stop, shift);
      if ((s & (TILE - 1)) == 0) countRows(counts, ids, stop, endOf(offsets, s), shift);
    }
  }
}

/** Turns the counts into places: where each chunk's first pair of each bucket goes, and in firsts[bucket] the bucket's. */
export function placePairs(histogram: usize, firsts: usize, chunks: i32, buckets: i32): void {
  let before = 0;
  for (let b = 0; b < buckets; b++) {
    store<i32>(firsts + (<usize>b << 2), before);
    for (let c = 0; c < chunks; c++) {
      const slot = histogram + ((<usize>c * buckets + b) << 2);
      const count = load<i32>(slot);
      store<i32>(slot, before);
      before += count;
    }
  }
  store<i32>(firsts + (<usize>buckets << 2), before);
}

/** Bits of a key that hold the sample; the row's place in its bucket is above them. */
const SAMPLE_BITS: i32 = 20;
const SAMPLE_MASK: u32 = (1 << SAMPLE_BITS) - 1;

/** Spreads the rows ids[first] to ids[stop - 1] over the buckets, as keys of sample `s`. */
// @ts-ignore: decorator
@inline
function spreadRows(keys: usize, places: usize, ids: usize, first: i32, stop: i32, s: i32, shift: i32): void {
  const mask: u32 = (1 << shift) - 1;
  for (let q = first; q < stop; q++) {
    const id = load<u32>(ids + (<usize>q << 2));
    const slot = places + (<usize>(id >> shift) << 2);
    const to = load<i32>(slot);
    store<i32>(slot, to + 1);
    store<u64>(keys + (<usize>to << 3), (<u64>q << 32) | <u64>(((id & mask) << SAMPLE_BITS) | <u32>s));
  }
}

/**
 * Spreads the pairs of chunks begin..end over the buckets, as keys of 64 bits: position above, row in bucket, sample. What a tile
 * has in common stands there once, before all else of it, as if `batch` + the tile were a sample, with the position that it has for
 * the first one.
 */
export function spreadPairs(
  keys: usize, histogram: usize, offsets: usize, ids: usize, common: usize, batch: i32, chunks: i32, shift: i32, buckets: i32,
  begin: i32, end: i32,
): void {
  for (let c = begin; c < end; c++) {
    const places = histogram + ((<usize>c * buckets) << 2);
    const after = firstOf(c + 1, chunks, batch);
    for (let s = firstOf(c, chunks, batch); s < after; s++) {
      const last = endOf(offsets, s);
      const stop = last - commonOf(common, s);
      if ((s & (TILE - 1)) == 0) spreadRows(keys, places, ids, stop, last, batch + (s >> TILE_BITS), shift);
      spreadRows(keys, places, ids, endOf(offsets, s - 1), stop, s, shift);
    }
  }
}

/**
 * Where each bucket is a single row (a shift of 0), keys are sorted: takes pairs begin..end from them. One stream of keys for each row
 * is written to and not two of numbers: rows of as many pairs each would have streams that lie in each other's way in a cache.
 */
export function unpackPairs(pairsAt: usize, keys: usize, begin: i32, end: i32): void {
  const pairs = changetype<Pairs>(pairsAt);
  const positions = pairs.positions;
  const samples = pairs.samples;
  let i = <usize>begin << 2;
  const stop = <usize>end << 2;
  for (; i + 16 <= stop; i += 16) {
    const a = v128.load(keys + (i << 1)), b = v128.load(keys + (i << 1), 16);
    v128.store(samples + i, v128.shuffle<i32>(a, b, 0, 2, 4, 6));
    v128.store(positions + i, v128.shuffle<i32>(a, b, 1, 3, 5, 7));
  }
  for (; i < stop; i += 4) {
    store<i32>(samples + i, load<i32>(keys + (i << 1)));
    store<i32>(positions + i, load<i32>(keys + (i << 1), 4));
  }
}

/** Lists those of `rows` rows that have a pair, and where their pairs start; gives how many they are. */
export function listRows(pairsAt: usize, firsts: usize, rows: i32): i32 {
  const pairs = changetype<Pairs>(pairsAt);
  let to: usize = 0;
  for (let r = 0; r < rows; r++) {
    const start = load<i32>(firsts + (<usize>r << 2));
    if (load<i32>(firsts + (<usize>r << 2), 4) == start) continue;
    store<i32>(pairs.rows + to, r);
    store<i32>(pairs.starts + to, start);
    to += 4;
  }
  return <i32>(to >> 2);
}

/** Scratch for sortPairs: a bit and a counter for each row of a bucket. */
export function sortPairsScratchBytes(shift: i32): i32 {
  return ((((1 << shift) + 63) >> 6) << 3) + (4 << shift);
}

/**
 * Sorts buckets begin..end by row; the pairs of a row stay in the order of samples. The rows of a bucket, and where each
 * one's pairs start, are left in the bucket's keys (start above, row below), their number in found[bucket]: packRows
 * moves them together.
 */
export function sortPairs(
  pairsAt: usize, keys: usize, firsts: usize, found: usize, shift: i32, begin: i32, end: i32, scratch: usize,
): void {
  const pairs = changetype<Pairs>(pairsAt);
  const positions = pairs.positions;
  const samples = pairs.samples;
  const words = ((1 << shift) + 63) >> 6;
  const counters = scratch + (<usize>words << 3);
  memory.fill(scratch, 0, <usize>sortPairsScratchBytes(shift));
  for (let b = begin; b < end; b++) {
    const first = load<i32>(firsts + (<usize>b << 2));
    const stop = load<i32>(firsts + (<usize>b << 2), 4);
    const last = keys + (<usize>stop << 3);
    for (let key = keys + (<usize>first << 3); key < last; key += 8) {
      const local = load<u32>(key) >> SAMPLE_BITS;
      const word = scratch + (<usize>(local >> 6) << 3);
      store<u64>(word, load<u64>(word) | (<u64>1 << (local & 63)));
      const counter = counters + (<usize>local << 2);
      store<i32>(counter, load<i32>(counter) + 1);
    }
    let before = first;
    for (let w = 0; w < words; w++) {
      for (let word = load<u64>(scratch + (<usize>w << 3)); word != 0; word &= word - 1) {
        const counter = counters + (<usize>((w << 6) + i32(ctz(word))) << 2);
        const count = load<i32>(counter);
        store<i32>(counter, before);
        before += count;
      }
    }
    for (let key = keys + (<usize>first << 3); key < last; key += 8) {
      const low = load<u32>(key);
      const counter = counters + (<usize>(low >> SAMPLE_BITS) << 2);
      const to = load<i32>(counter);
      store<i32>(counter, to + 1);
      store<i32>(positions + (<usize>to << 2), load<i32>(key, 4));
      store<i32>(samples + (<usize>to << 2), low & SAMPLE_MASK);
    }
    // A counter is now where the next row's pairs start.
    let row = keys + (<usize>first << 3);
    let start = first;
    for (let w = 0; w < words; w++) {
      const at = scratch + (<usize>w << 3);
      for (let word = load<u64>(at); word != 0; word &= word - 1) {
        const local = (w << 6) + i32(ctz(word));
        const counter = counters + (<usize>local << 2);
        store<i32>(row, (b << shift) + local);
        store<i32>(row, start, 4);
        start = load<i32>(counter);
        store<i32>(counter, 0);
        row += 8;
      }
      store<u64>(at, 0);
    }
    store<i32>(found + (<usize>b << 2), <i32>((row - keys) >> 3) - first);
  }
}

/** Moves the rows of buckets begin..end to their places; found[bucket] says how many rows are in the buckets before it. */
export function packRows(pairsAt: usize, keys: usize, firsts: usize, found: usize, begin: i32, end: i32): void {
  const pairs = changetype<Pairs>(pairsAt);
  for (let b = begin; b < end; b++) {
    let row = keys + (<usize>load<i32>(firsts + (<usize>b << 2)) << 3);
    const last = <usize>load<i32>(found + (<usize>b << 2), 4) << 2;
    for (let to = <usize>load<i32>(found + (<usize>b << 2)) << 2; to < last; to += 4) {
      store<i32>(pairs.rows + to, load<i32>(row));
      store<i32>(pairs.starts + to, load<i32>(row, 4));
      row += 8;
    }
  }
}
