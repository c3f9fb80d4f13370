// One-permutation hashing with optimal densification (Shrivastava, ICML 2017) of sets, a vector's non-zero coordinates:
// a random order of the coordinates is cut into as many bins as there are tables, and a bin's hash is its first
// coordinate. An empty bin takes that of the first bin that is not, in a random sequence of its own. Every sub-code of a
// code has an order of its own, so that they are independent.

import { donated } from './dwta';
import { HashBatch, listNonZeros } from './hash-batch';
import { storeLabels } from './minhash';
import { mix, mix4 } from './mix';

/** Bytes of scratch that hashDoph needs for each thread. */
export function dophScratchBytes(coordinates: i32, perCode: i32, tables: i32): i32 {
  return (coordinates + 4 + (((perCode + 3) & ~3) + perCode) * tables) << 2;
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` winners of `bits` bits for each of up to 4,096 tables, the first
 * in the highest bits. Order j is that of mix(a[j] k + b[j]); `seeds` has b[j], then a[j], each padded to a multiple of 4.
 * `probes`: two random 64-bit integers. An empty set has code 0.
 */
export function hashDoph(
  batchAt: usize, seeds: usize, probes: usize, bits: i32, perCode: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const padded = (perCode + 3) & ~3;
  const half = <usize>padded << 2;
  const bytes = <usize>tables << 2;
  const labels = scratch + <usize>padded * bytes;
  const ids = labels + <usize>perCode * bytes;
  const count4 = i32x4.splat(tables);
  for (let s = begin; s < end; s++) {
    const count = listNonZeros(batch, s, ids, 0);
    const stop = ids + (<usize>count << 2);
    memory.fill(scratch, 0xff, <usize>padded * bytes);
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
        const bin = i32x4.shl(i32x4.shr_u(i32x4.mul(i32x4.shr_u(h, 12), count4), 20), 2);
        const value = i32x4.shr_u(h, 1);
        offer(bins0 + v128.extract_lane<u32>(bin, 0), v128.extract_lane<u32>(value, 0));
        offer(bins1 + v128.extract_lane<u32>(bin, 1), v128.extract_lane<u32>(value, 1));
        offer(bins2 + v128.extract_lane<u32>(bin, 2), v128.extract_lane<u32>(value, 2));
        offer(bins3 + v128.extract_lane<u32>(bin, 3), v128.extract_lane<u32>(value, 3));
      }
    }
    for (let j = 0; count > 0 && j < perCode; j++) {
      const bins = scratch + <usize>j * bytes;
      for (let t = 0; t < tables; t++) {
        let winner = load<i32>(bins + (<usize>t << 2));
        if (winner < 0) winner = donated(bins, 4, probes, tables, t);
        // The table goes in, so that two winners that share a label in one bin do not in all that copy it.
        const label = mix(<u32>winner + <u32>t * 0x9e3779b9) >> (32 - bits);
        store<u32>(labels + (<usize>(t * perCode + j) << 2), label);
      }
    }
    storeLabels(batch, s, count > 0, labels, bits, perCode, tables);
  }
}

/** A bin's least value. Values are below 2^31, and an empty bin is -1: more than all of them without its sign. */
// @ts-ignore: decorator
@inline
function offer(bin: usize, value: u32): void {
  store<u32>(bin, min(load<u32>(bin), value));
}
