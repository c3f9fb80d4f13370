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

/** Bytes of scratch that hashMin needs for each thread. */
export function minHashScratchBytes(coordinates: i32, blocks: i32, tables: i32): i32 {
  return ((coordinates + 4 + blocks * BLOCK) << 2) + <i32>labelScratchBytes(tables);
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` winners of `bits` bits for each table, the first in the highest
 * bits: function j * tables + t is the j-th of table t. `orders` as fillMinHash makes them, or 0: they are computed then.
 * An empty set has code 0.
 */
export function hashMin(
  batchAt: usize, orders: usize, seeds: usize, blocks: i32, bits: i32, perCode: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const coordinates = batch.width + batch.tailWidth;
  const bytes = <usize>blocks * (BLOCK << 2);
  const buffer = scratch + bytes;
  const ids = buffer + labelScratchBytes(tables);
  const none = i32x4.splat(-1);
  const factor = i32x4.splat(0x9e3779b1);
  for (let s = begin; s < end; s++) {
    const count = listNonZeros(batch, s, ids, 0);
    const stop = ids + (<usize>count << 2);
    for (let b: usize = 0; b < bytes; b += BLOCK << 2) {
      let m0 = none, m1 = none, m2 = none, m3 = none, m4 = none, m5 = none, m6 = none, m7 = none;
      if (orders) {
        const from = orders + b * coordinates;
        for (let p = ids; p < stop; p += 4) {
          const place = from + <usize>load<u32>(p) * (BLOCK << 2);
          m0 = i32x4.min_u(m0, v128.load(place));
          m1 = i32x4.min_u(m1, v128.load(place, 16));
          m2 = i32x4.min_u(m2, v128.load(place, 32));
          m3 = i32x4.min_u(m3, v128.load(place, 48));
          m4 = i32x4.min_u(m4, v128.load(place, 64));
          m5 = i32x4.min_u(m5, v128.load(place, 80));
          m6 = i32x4.min_u(m6, v128.load(place, 96));
          m7 = i32x4.min_u(m7, v128.load(place, 112));
        }
      } else {
        const seed = seeds + b;
        for (let p = ids; p < stop; p += 4) {
          const x = v128.load32_splat(p);
          m0 = i32x4.min_u(m0, place(x, seed, bytes));
          m1 = i32x4.min_u(m1, place(x, seed + 16, bytes));
          m2 = i32x4.min_u(m2, place(x, seed + 32, bytes));
          m3 = i32x4.min_u(m3, place(x, seed + 48, bytes));
          m4 = i32x4.min_u(m4, place(x, seed + 64, bytes));
          m5 = i32x4.min_u(m5, place(x, seed + 80, bytes));
          m6 = i32x4.min_u(m6, place(x, seed + 96, bytes));
          m7 = i32x4.min_u(m7, place(x, seed + 112, bytes));
        }
      }
      // The high bits of a product, because the low ones of a minimum need not be even: it is small.
      const to = scratch + b;
      const shift = 32 - bits;
      v128.store(to, i32x4.shr_u(i32x4.mul(m0, factor), shift));
      v128.store(to, i32x4.shr_u(i32x4.mul(m1, factor), shift), 16);
      v128.store(to, i32x4.shr_u(i32x4.mul(m2, factor), shift), 32);
      v128.store(to, i32x4.shr_u(i32x4.mul(m3, factor), shift), 48);
      v128.store(to, i32x4.shr_u(i32x4.mul(m4, factor), shift), 64);
      v128.store(to, i32x4.shr_u(i32x4.mul(m5, factor), shift), 80);
      v128.store(to, i32x4.shr_u(i32x4.mul(m6, factor), shift), 96);
      v128.store(to, i32x4.shr_u(i32x4.mul(m7, factor), shift), 112);
    }
    if (count == 0) memory.fill(scratch, 0, bytes);
    packLabels(batch, s, begin, end, scratch, bits, perCode, tables, buffer);
  }
}
