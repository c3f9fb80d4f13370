// Cross-polytope hashing (Andoni et al., NIPS 2015) by fast rotations: random signs and a Walsh-Hadamard transform, three
// times over, of which the first two rounds are common to all hashes (see hadamard.ts). A polytope of 2^n coordinates
// takes as many outputs, and its sub-code is the closest of its 2^(n + 1) corners: the position i of the output with the
// largest magnitude, or 2^n + i where that output is negative. A code is some whole polytopes and one of as many bits as
// are left (FALCONN's form).

import { HashBatch, storeFour } from './hash-batch';
import { rotateCommon, transform } from './hadamard';
import { select } from '../simd';

/** Bytes of scratch that hashPolytopes needs for each thread, for 2^log2 coordinates. */
export function polytopeScratchBytes(log2: i32, tables: i32): i32 {
  return (32 << log2) + (tables << 4);
}

/**
 * Codes of `bits` bits of vectors begin..end, dense or sparse, in polytopes of 2^sizeLog2 coordinates (sizeLog2 <= log2),
 * the first in the highest bits. Tables take their first polytope from the first outputs, table by table, then their next
 * one, so that those of a table come from different transforms. `signs` as for hashHadamard.
 */
export function hashPolytopes(
  batchAt: usize, signs: usize, log2: i32, sizeLog2: i32, bits: i32, tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const y = scratch + (<usize>16 << log2);
  const stop = y + (<usize>16 << log2);
  const codes = stop;
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    let masks = rotateCommon(batch, scratch, s, live, signs, log2);
    memory.fill(codes, 0, <usize>tables << 4);
    let at = stop;
    for (let left = bits; left > 0; ) {
      const each = min(left, sizeLog2 + 1);
      left -= each;
      for (let t = 0; t < tables; t++) {
        if (at == stop) {
          transform(y, scratch, masks, log2);
          masks += <usize>4 << log2;
          at = y;
        }
        const code = codes + (<usize>t << 4);
        v128.store(code, v128.or(i32x4.shl(v128.load(code), each), cornerOf(at, each - 1)));
        at += <usize>8 << each;
      }
    }
    for (let t = 0; t < tables; t++) storeFour(batch, t, s, live, v128.load(codes + (<usize>t << 4)));
  }
}

/** The closest corner in four lanes, of equally close ones that of the first output. */
// @ts-ignore: decorator
@inline
function cornerOf(from: usize, log2: i32): v128 {
  const stop = from + (<usize>16 << log2);
  const one = i32x4.splat(1);
  let y = v128.load(from);
  let best = f32x4.abs(y);
  let winner = i32x4.splat(0);
  let sign = y;
  let position = one;
  for (let p = from + 16; p < stop; p += 16) {
    y = v128.load(p);
    const size = f32x4.abs(y);
    const better = f32x4.lt(best, size);
    best = f32x4.pmax(best, size);
    winner = select(position, winner, better);
    sign = select(y, sign, better);
    position = i32x4.add(position, one);
  }
  const negative = v128.and(f32x4.lt(sign, f32x4.splat(0)), i32x4.splat(1 << log2));
  return v128.or(winner, negative);
}
