// One-permutation hashing with optimal densification (Shrivastava, ICML 2017) of sets, a vector's non-zero coordinates:
// a random order of the coordinates is cut into as many bins as there are tables, and a bin's hash is its first
// coordinate. An empty bin takes that of the first bin that is not, in a random sequence of its own. Every sub-code of a
// code has an order of its own, so that they are independent.

import { densify } from './densify';
import { HashBatch, listNonZeros } from './hash-batch';
import { labelScratchBytes, packLabels } from './labels';
import { mix, mix4 } from './mix';

/**
 * Where coordinates begin..end stand in the `perCode` orders, so that it need not be computed for every set: words
 * 2 (k * perCode + j) and the next of `orders` are, for coordinate k in order j, the byte offset of its bin and its place.
 * Order j is that of mix(a[j] k + b[j]); `seeds` has b[j], then a[j], each padded to a multiple of 4.
 */
export function fillDoph(orders: usize, seeds: usize, perCode: i32, tables: i32, begin: i32, end: i32): void {
  const half = <usize>((perCode + 3) & ~3) << 2;
  let to = orders + ((<usize>begin * perCode) << 3);
  for (let k = begin; k < end; k++) {
    for (let j = 0; j < perCode; j++) {
      const seed = seeds + (<usize>j << 2);
      const h = mix(<u32>k * load<u32>(seed + half) + load<u32>(seed));
      store<u32>(to, (j * tables + <i32>(((h >> 12) * tables) >> 20)) << 2);
      store<u32>(to, h >> 1, 4);
      to += 8;
    }
  }
}

/** Bytes of scratch that hashDoph needs for each thread, for sets that list at most `longest` coordinates. */
export function dophScratchBytes(longest: i32, perCode: i32, tables: i32): i32 {
  const padded = (perCode + 3) & ~3;
  return ((longest + 8 + (2 * padded + 1) * tables) << 2) + <i32>labelScratchBytes(tables);
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` winners of `bits` bits for each of up to 4,096 tables, the first
 * in the highest bits. `orders` as fillDoph makes them, or 0: they are computed then, and coordinates may be any 32-bit
 * integers. `probes`: two random 64-bit integers. An empty set has code 0.
 */
export function hashDoph(
  batchAt: usize, orders: usize, seeds: usize, probes: usize, bits: i32, perCode: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const padded = <usize>(perCode + 3) & ~3;
  const bytes = <usize>tables << 2;
  const labels = scratch + padded * bytes;
  const empty = labels + padded * bytes;
  const buffer = empty + bytes + 16;
  const ids = buffer + labelScratchBytes(tables);
  const shift = 32 - bits;
  for (let s = begin; s < end; s++) {
    const count = listNonZeros(batch, s, ids, 0);
    memory.fill(scratch, 0xff, padded * bytes);
    if (orders) offerOrdered(scratch, orders, ids, count, perCode);
    else offerAll(scratch, seeds, ids, count, padded, tables);
    for (let j: usize = 0; j < <usize>perCode; j++) {
      const bins = scratch + j * bytes;
      const to = labels + j * bytes;
      memory.copy(to, bins, bytes);
      if (count > 0) densify(to, bins, empty, probes, tables);
      // The table goes in, so that two winners that share a label in one bin do not in all that copy it.
      let table = i32x4(0, 0x9e3779b9, 0x3c6ef372, 0xdaa66d2b);
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(to + i, i32x4.shr_u(mix4(i32x4.add(v128.load(to + i), table)), shift));
        table = i32x4.add(table, i32x4.splat(0x78dde6e4));
      }
    }
    if (count == 0) memory.fill(labels, 0, padded * bytes);
    packLabels(batch, s, begin, end, labels, bits, perCode, tables, buffer);
  }
}

/** Offers each coordinate to its bin in each order. */
function offerOrdered(bins: usize, orders: usize, ids: usize, count: i32, perCode: i32): void {
  const bytes = <usize>perCode << 3;
  const stop = ids + (<usize>count << 2);
  for (; ids < stop; ids += 4) {
    const from = orders + <usize>load<u32>(ids) * bytes;
    for (let p = from; p < from + bytes; p += 8) offer(bins + load<u32>(p), load<u32>(p, 4));
  }
}

/** The same, four orders at a time, which are computed. */
function offerAll(scratch: usize, seeds: usize, ids: usize, count: i32, padded: usize, tables: i32): void {
  const half = padded << 2;
  const bytes = <usize>tables << 2;
  const tables4 = i32x4.splat(tables);
  const stop = ids + (<usize>count << 2);
  for (let j: usize = 0; j < half; j += 16) {
    const a = v128.load(seeds + half + j);
    const b = v128.load(seeds + j);
    const bins0 = scratch + (j >> 2) * bytes;
    const bins1 = bins0 + bytes;
    const bins2 = bins1 + bytes;
    const bins3 = bins2 + bytes;
    for (let p = ids; p < stop; p += 4) {
      const h = mix4(i32x4.add(i32x4.mul(v128.load32_splat(p), a), b));
      // The high 20 bits, scaled to the tables: times 4,096 they fit into 32.
      const bin = i32x4.shl(i32x4.shr_u(i32x4.mul(i32x4.shr_u(h, 12), tables4), 20), 2);
      const value = i32x4.shr_u(h, 1);
      offer(bins0 + v128.extract_lane<u32>(bin, 0), v128.extract_lane<u32>(value, 0));
      offer(bins1 + v128.extract_lane<u32>(bin, 1), v128.extract_lane<u32>(value, 1));
      offer(bins2 + v128.extract_lane<u32>(bin, 2), v128.extract_lane<u32>(value, 2));
      offer(bins3 + v128.extract_lane<u32>(bin, 3), v128.extract_lane<u32>(value, 3));
    }
  }
}

/** A bin's least value. Values are below 2^31, and an empty bin is -1: more than all of them without its sign. */
// @ts-ignore: decorator
@inline
function offer(bin: usize, value: u32): void {
  store<u32>(bin, min(load<u32>(bin), value));
}
