// MinHash (Broder 1997) of sets, a vector's non-zero coordinates: hash function h puts all coordinates into a random
// order, and a set's hash is the first of its coordinates in it. Of the winner a code keeps `bits` bits (Li and Koenig,
// WWW 2010). Order h is that of mix(a[h] k + b[h]), a[h] odd, which is a permutation of the 32-bit integers: so two
// coordinates never are equal.

import { HashBatch, listNonZeros } from './hash-batch';
import { labelScratchBytes, packLabels } from './labels';
import { mix4 } from './mix';

/** Hash functions that a set is hashed with at a time: their minima stay in the registers. */
const BLOCK: i32 = 32;

/**
 * The orders of coordinates begin..end, so that they need not be computed for every set: place (h / 32 * coordinates + k) *
 * 32 + h % 32 of `orders` has the place of coordinate k in order h. `seeds`: b[h] of all `blocks` * 32 functions, then a[h].
 */
export function fillMinHash(orders: usize, seeds: usize, blocks: i32, coordinates: i32, begin: i32, end: i32): void {
  const half = <usize>blocks * (BLOCK << 2);
  for (let block = 0; block < blocks; block++) {
    const from = seeds + <usize>block * (BLOCK << 2);
    for (let k = begin; k < end; k++) {
      const to = orders + (<usize>block * coordinates + k) * (BLOCK << 2);
      const x = i32x4.splat(k);
      for (let i: usize = 0; i < <usize>BLOCK << 2; i += 16) v128.store(to + i, place(x, from + i, half));
    }
  }
}

/** Where coordinate x stands in the orders of the four functions whose seeds are at `seed`. */
// @ts-ignore: decorator
@inline
function place(x: v128, seed: usize, half: usize): v128 {
  return mix4(i32x4.add(i32x4.mul(x, v128.load(seed + half)), v128.load(seed)));
}

/** Sets hashed at a time: a block of the orders, once it is in the cache, serves all of them. */
const GROUP: i32 = 16;

/** Bytes of scratch that hashMin needs for each thread, for sets of at most `longest` coordinates. */
export function minHashScratchBytes(longest: i32, blocks: i32, tables: i32): i32 {
  const each = (longest + 4 + blocks * BLOCK) << 2;
  return groupOf(longest) * each + (GROUP << 2) + <i32>labelScratchBytes(tables);
}

/** The lists of a whole group of long sets would take too much room. */
function groupOf(longest: i32): i32 {
  return longest <= 1 << 16 ? GROUP : 1;
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` winners of `bits` bits for each table, the first in the highest
 * bits: function j * tables + t is the j-th of table t. `orders` as fillMinHash makes them, or 0: they are computed then, and
 * coordinates may be any 32-bit integers. No set lists more than `longest` coordinates, those of value 0 and the tail's
 * included. An empty set has code 0.
 */
export function hashMin(
  batchAt: usize, longest: i32, orders: usize, seeds: usize, blocks: i32, bits: i32, perCode: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const coordinates = batch.width + batch.tailWidth;
  const group = groupOf(longest);
  const bytes = <usize>blocks * (BLOCK << 2);
  const listBytes = <usize>(longest + 4) << 2;
  const counts = scratch + bytes * group;
  const buffer = counts + (GROUP << 2);
  const lists = buffer + labelScratchBytes(tables);
  for (let first = begin; first < end; first += group) {
    const live = min(group, end - first);
    for (let i = 0; i < live; i++) {
      store<i32>(counts + (<usize>i << 2), listNonZeros(batch, first + i, lists + listBytes * i, 0));
    }
    for (let b: usize = 0; b < bytes; b += BLOCK << 2) {
      for (let i = 0; i < live; i++) {
        const ids = lists + listBytes * i;
        const stop = ids + (<usize>load<i32>(counts + (<usize>i << 2)) << 2);
        const to = scratch + bytes * i + b;
        if (orders) leastOrdered(to, orders + b * coordinates, ids, stop, bits);
        else leastComputed(to, seeds + b, bytes, ids, stop, bits);
      }
    }
    for (let i = 0; i < live; i++) {
      const labels = scratch + bytes * i;
      if (load<i32>(counts + (<usize>i << 2)) == 0) memory.fill(labels, 0, bytes);
      packLabels(batch, first + i, begin, end, labels, bits, perCode, tables, buffer);
    }
  }
}

/** The labels of a block of functions whose orders are at `orders`, for the set of ids from `ids` to `stop`. */
function leastOrdered(to: usize, orders: usize, ids: usize, stop: usize, bits: i32): void {
  const none = i32x4.splat(-1);
  let m0 = none, m1 = none, m2 = none, m3 = none, m4 = none, m5 = none, m6 = none, m7 = none;
  for (; ids < stop; ids += 4) {
    const place = orders + <usize>load<u32>(ids) * (BLOCK << 2);
    m0 = i32x4.min_u(m0, v128.load(place));
    m1 = i32x4.min_u(m1, v128.load(place, 16));
    m2 = i32x4.min_u(m2, v128.load(place, 32));
    m3 = i32x4.min_u(m3, v128.load(place, 48));
    m4 = i32x4.min_u(m4, v128.load(place, 64));
    m5 = i32x4.min_u(m5, v128.load(place, 80));
    m6 = i32x4.min_u(m6, v128.load(place, 96));
    m7 = i32x4.min_u(m7, v128.load(place, 112));
  }
  storeEight(to, bits, m0, m1, m2, m3, m4, m5, m6, m7);
}

/** The same, for functions whose seeds are at `seed`. */
function leastComputed(to: usize, seed: usize, half: usize, ids: usize, stop: usize, bits: i32): void {
  const none = i32x4.splat(-1);
  let m0 = none, m1 = none, m2 = none, m3 = none, m4 = none, m5 = none, m6 = none, m7 = none;
  for (; ids < stop; ids += 4) {
    const x = v128.load32_splat(ids);
    m0 = i32x4.min_u(m0, place(x, seed, half));
    m1 = i32x4.min_u(m1, place(x, seed + 16, half));
    m2 = i32x4.min_u(m2, place(x, seed + 32, half));
    m3 = i32x4.min_u(m3, place(x, seed + 48, half));
    m4 = i32x4.min_u(m4, place(x, seed + 64, half));
    m5 = i32x4.min_u(m5, place(x, seed + 80, half));
    m6 = i32x4.min_u(m6, place(x, seed + 96, half));
    m7 = i32x4.min_u(m7, place(x, seed + 112, half));
  }
  storeEight(to, bits, m0, m1, m2, m3, m4, m5, m6, m7);
}

// @ts-ignore: decorator
@inline
function storeEight(
  to: usize, bits: i32, m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, m6: v128, m7: v128,
): void {
  v128.store(to, labelOf(m0, bits));
  v128.store(to, labelOf(m1, bits), 16);
  v128.store(to, labelOf(m2, bits), 32);
  v128.store(to, labelOf(m3, bits), 48);
  v128.store(to, labelOf(m4, bits), 64);
  v128.store(to, labelOf(m5, bits), 80);
  v128.store(to, labelOf(m6, bits), 96);
  v128.store(to, labelOf(m7, bits), 112);
}

/** The high bits of a product, because the low ones of a minimum need not be even: it is small. */
// @ts-ignore: decorator
@inline
function labelOf(least: v128, bits: i32): v128 {
  return i32x4.shr_u(i32x4.mul(least, i32x4.splat(0x9e3779b1)), 32 - bits);
}
