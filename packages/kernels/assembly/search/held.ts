// What a search holds while it goes on: keys of scores and ids (see best.ts), of which a greater one is better, and beside each
// the place of its vector and what its score can be at most: scores are those of int8 copies. Some more than are wanted are
// held, and thinned when there are too many: most come and go without ever being sorted.

import { scoreOf } from './best';

/** Bins of thinHeld, and the bytes of their counts. */
const BINS: u32 = 512;
export const BINS_BYTES: usize = 2048;
/** Below so many keys, sorting by insertion is faster than cutting in two. */
const FEW: i32 = 24;

/** What `thinHeld` has found: no vector with a lower score is among the k best. */
export let heldLeast: f32 = -Infinity;

/**
 * Drops, of k keys or more, those that cannot be among the `k` best; they stay in their order; how many there are. Those
 * that are best by their scores, k of them or some more in one of the bins that scores are counted in, can be no lower than the
 * lowest of them can be: what cannot reach that is dropped. No branch depends on a key, so that this takes a fraction of what
 * sorting does. `bins` is scratch of BINS_BYTES.
 */
export function thinHeld(keys: usize, places: usize, highest: usize, length: i32, k: i32, bins: usize): i32 {
  const end = keys + (<usize>length << 3);
  let lowest: u32 = 0xffffffff;
  let most: u32 = 0;
  for (let at = keys; at < end; at += 8) {
    const score = load<u32>(at, 4);
    lowest = min(lowest, score);
    most = max(most, score);
  }
  const span = most - lowest;
  // The smallest shift by which the span is below the number of bins.
  const shift = span < BINS ? 0 : 32 - clz(span) - 9;
  memory.fill(bins, 0, BINS_BYTES);
  for (let at = keys; at < end; at += 8) {
    const bin = bins + (<usize>((load<u32>(at, 4) - lowest) >> shift) << 2);
    store<i32>(bin, load<i32>(bin) + 1);
  }
  let bin = BINS;
  for (let room = k; room > 0; ) {
    bin--;
    room -= load<i32>(bins + (<usize>bin << 2));
  }
  const cut = lowest + (bin << shift);
  let least: f32 = Infinity;
  for (let i: usize = 0; i < <usize>length; i++) {
    const key = load<u64>(keys + (i << 3));
    const score = scoreOf(key);
    const low = score - (load<f32>(highest + (i << 2)) - score);
    least = <u32>(key >> 32) >= cut ? min(least, low) : least;
  }
  let to: usize = 0;
  for (let i: usize = 0; i < <usize>length; i++) {
    const high = load<f32>(highest + (i << 2));
    store<u64>(keys + (to << 3), load<u64>(keys + (i << 3)));
    store<i32>(places + (to << 2), load<i32>(places + (i << 2)));
    store<f32>(highest + (to << 2), high);
    to += <usize>(high >= least);
  }
  heldLeast = least;
  return <i32>to;
}

/** The least score of keys. */
export function leastHeld(keys: usize, length: i32): f32 {
  let least: u32 = 0xffffffff;
  for (let at = keys; at < keys + (<usize>length << 3); at += 8) least = min(least, load<u32>(at, 4));
  return scoreOf(<u64>least << 32);
}

/** Puts the `k` greatest of more different keys first, in no order. */
export function selectHeld(keys: usize, places: usize, length: i32, k: i32): void {
  while (length > FEW) {
    const cut = partition(keys, places, length);
    if (k <= cut) length = cut;
    else {
      keys += <usize>cut << 3;
      places += <usize>cut << 2;
      length -= cut;
      k -= cut;
    }
  }
  insert(keys, places, length);
}

/** Cuts different keys in two, 1 or more each: those before the place that it gives are greater than the rest. */
function partition(keys: usize, places: usize, length: i32): i32 {
  const a = load<u64>(keys);
  const b = load<u64>(keys + (<usize>(length >> 1) << 3));
  const c = load<u64>(keys + (<usize>(length - 1) << 3));
  const pivot = max(min(a, b), min(max(a, b), c));
  let low = 0;
  let high = length - 1;
  for (;;) {
    while (load<u64>(keys + (<usize>low << 3)) > pivot) low++;
    while (load<u64>(keys + (<usize>high << 3)) < pivot) high--;
    if (low >= high) break;
    swap(keys, places, low, high);
    low++;
    high--;
  }
  // Both parts have a key: the pivot is neither the greatest nor the least of three.
  return low;
}

// @ts-ignore: decorator
@inline
function swap(keys: usize, places: usize, i: i32, j: i32): void {
  const p = keys + (<usize>i << 3);
  const q = keys + (<usize>j << 3);
  const key = load<u64>(p);
  store<u64>(p, load<u64>(q));
  store<u64>(q, key);
  const r = places + (<usize>i << 2);
  const s = places + (<usize>j << 2);
  const place = load<i32>(r);
  store<i32>(r, load<i32>(s));
  store<i32>(s, place);
}

function insert(keys: usize, places: usize, length: i32): void {
  for (let i = 1; i < length; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    const place = load<i32>(places + (<usize>i << 2));
    let to = i;
    for (; to > 0; to--) {
      const before = keys + (<usize>(to - 1) << 3);
      if (load<u64>(before) >= key) break;
      store<u64>(keys + (<usize>to << 3), load<u64>(before));
      store<i32>(places + (<usize>to << 2), load<i32>(places + (<usize>(to - 1) << 2)));
    }
    store<u64>(keys + (<usize>to << 3), key);
    store<i32>(places + (<usize>to << 2), place);
  }
}
