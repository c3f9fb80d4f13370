// Densified winner-take-all hashing (Chen and Shrivastava, UAI 2018). A bin is a few random coordinates in random order;
// its sub-code is the position of the largest one. Zeros are absent: a bin of zeros is empty, and takes its sub-code from
// the first bin of a random sequence of its own that is not.

import { densify } from './densify';
import { HashBatch, loadFour, rowOf, storeFour } from './hash-batch';
import { fold, fold4, winnerOf, winnerOf8 } from './winner';

/** Bytes of scratch that hashDwta needs for each thread. */
export function dwtaScratchBytes(coordinates: i32, bins: i32): i32 {
  return ((coordinates + bins) << 4) + bins * 12 + 4;
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` sub-codes for each table, the first in the highest bits.
 * Bin b of the `tables` x `perCode` bins holds coordinates members[b << binBits] and the following. `probes`: two random
 * 64-bit integers. `buckets`: how many codes are mixed into, or 0.
 */
export function hashDwta(
  batchAt: usize, members: usize, probes: usize, binBits: i32, perCode: i32, tables: i32, buckets: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const coordinates = batch.width + batch.tailWidth;
  const winners = scratch + (<usize>coordinates << 4);
  const bytes = <usize>(tables * perCode) << 2;
  const own = winners + (bytes << 2);
  const zero = f32x4.splat(0);
  const absent = f32x4.splat(-Infinity);
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    loadFour(batch, scratch, 16, s, live);
    for (let p = scratch; p < winners; p += 16) {
      const x = v128.load(p);
      v128.store(p, v128.bitselect(x, absent, f32x4.gt(f32x4.abs(x), zero)));
    }
    let empties = zero;
    let member = members;
    let to = winners;
    for (let t = 0; t < tables; t++) {
      let code = zero;
      for (let j = 0; j < perCode; j++) {
        const winner = binBits == 3 ? winnerOf8(scratch, member) : winnerOf(scratch, member, 1 << binBits);
        member += <usize>4 << binBits;
        v128.store(to, winner);
        to += 16;
        empties = v128.or(empties, winner);
        code = v128.or(i32x4.shl(code, binBits), winner);
      }
      if (buckets) code = fold4(code, t, buckets);
      storeFour(batch, t, s, live, code);
    }
    // Few vectors have empty bins, unless they are sparse; their codes are made again.
    const lanes = i32x4.bitmask(empties);
    for (let i = 0; i < live; i++) {
      if (!((lanes >> i) & 1)) continue;
      const codes = batch.codes + (<usize>rowOf(batch, s + i) << 2);
      for (let b: usize = 0; b < bytes; b += 4) store<i32>(own + b, load<i32>(winners + (b << 2) + (<usize>i << 2)));
      packFilled(own, probes, binBits, perCode, tables, buckets, codes, batch.codeStride);
    }
  }
}

/** Bytes of scratch that hashDwtaSparse needs for each thread. */
export function dwtaSparseScratchBytes(bins: i32): i32 {
  return bins * 12 + 4;
}

/**
 * The same for sparse vectors: coordinate k stands at places entries[starts[k]] to entries[starts[k + 1]] of the bins,
 * place p being position p % 2^binBits of bin p >> binBits.
 */
export function hashDwtaSparse(
  batchAt: usize, starts: usize, entries: usize, probes: usize, binBits: i32, perCode: i32, tables: i32, buckets: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const bytes = <usize>(tables * perCode) << 2;
  const winners = scratch;
  const bests = scratch + bytes;
  for (let s = begin; s < end; s++) {
    const row = rowOf(batch, s);
    memory.fill(winners, 0xff, bytes);
    for (let b: usize = 0; b < bytes; b += 4) store<f32>(bests + b, -Infinity);
    const stop = <usize>load<i32>(batch.offsets + (<usize>s << 2), 4) << 2;
    for (let i = <usize>load<i32>(batch.offsets + (<usize>s << 2)) << 2; i < stop; i += 4) {
      offer(winners, bests, starts, entries, binBits, load<i32>(batch.ids + i), load<f32>(batch.values + i));
    }
    const tail = batch.tail + ((<usize>row * batch.tailWidth) << 2);
    for (let k = 0; k < batch.tailWidth; k++) {
      offer(winners, bests, starts, entries, binBits, batch.width + k, load<f32>(tail + (<usize>k << 2)));
    }
    const column = batch.codes + (<usize>row << 2);
    packFilled(winners, probes, binBits, perCode, tables, buckets, column, batch.codeStride);
  }
}

/** Lets coordinate k win the bins in which it is the largest so far, or as large as one that stands after it. */
// @ts-ignore: decorator
@inline
function offer(winners: usize, bests: usize, starts: usize, entries: usize, binBits: i32, k: i32, x: f32): void {
  if (x == 0) return;
  const stop = entries + (<usize>load<i32>(starts + (<usize>k << 2), 4) << 2);
  for (let e = entries + (<usize>load<i32>(starts + (<usize>k << 2)) << 2); e < stop; e += 4) {
    const place = load<u32>(e);
    const bin = <usize>(place >> binBits) << 2;
    const position = <i32>(place & ((1 << binBits) - 1));
    const best = load<f32>(bests + bin);
    if (x > best || (x == best && position < load<i32>(winners + bin))) {
      store<f32>(bests + bin, x);
      store<i32>(winners + bin, position);
    }
  }
}

/**
 * One vector's codes from the winners of its bins, of which -1 stands for an empty one. Behind them there is room for two
 * times as many.
 */
function packFilled(
  winners: usize, probes: usize, binBits: i32, perCode: i32, tables: i32, buckets: i32, codes: usize, codeStride: i32,
): void {
  const bins = tables * perCode;
  const bytes = <usize>bins << 2;
  let filled = winners + bytes;
  // All bins of a vector without non-zeros count as 0.
  if (allEmpty(winners, bytes)) memory.fill(filled, 0, bytes);
  else {
    memory.copy(filled, winners, bytes);
    densify(filled, winners, filled + bytes, probes, bins);
  }
  for (let t = 0; t < tables; t++) {
    let code: u32 = 0;
    for (let j = 0; j < perCode; j++) {
      code = (code << binBits) | load<u32>(filled);
      filled += 4;
    }
    if (buckets) code = fold(code, t, buckets);
    store<u32>(codes, code);
    codes += <usize>codeStride << 2;
  }
}

function allEmpty(winners: usize, bytes: usize): boolean {
  for (let b: usize = 0; b < bytes; b += 4) if (load<i32>(winners + b) >= 0) return false;
  return true;
}
