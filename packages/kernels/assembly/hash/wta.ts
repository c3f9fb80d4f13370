// Winner-take-all hashing (Yagnik et al., ICCV 2011): the first coordinates of a random permutation are a bin, and its
// sub-code is the position of the largest of them. A zero is a value like any other; dwta.ts is for vectors in which it
// says that there is none.

import { HashBatch, loadFour, scatterFour, storeFour } from './hash-batch';
import { fold4, winnerOf, winnerOf8 } from './winner';

/** Bytes of scratch that hashWta needs for each thread. */
export function wtaScratchBytes(coordinates: i32): i32 {
  return coordinates << 4;
}

/**
 * Codes of vectors begin..end, dense or sparse, of `perCode` sub-codes for each table, the first in the highest bits.
 * Bin b of the `tables` x `perCode` bins holds coordinates members[b << binBits] and the following; the first of equal
 * ones wins. `buckets`: how many codes are mixed into, or 0.
 */
export function hashWta(
  batchAt: usize, members: usize, binBits: i32, perCode: i32, tables: i32, buckets: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const batch = changetype<HashBatch>(batchAt);
  const sparse = batch.offsets != 0;
  // Of sparse vectors only the non-zeros are written, and taken back after use: not all the zeros of every group.
  if (sparse) memory.fill(scratch, 0, <usize>(batch.width + batch.tailWidth) << 4);
  for (let s = begin; s < end; s += 4) {
    const live = min(4, end - s);
    if (sparse) scatterFour(batch, scratch, s, live, false);
    else loadFour(batch, scratch, 16, s, live);
    let member = members;
    for (let t = 0; t < tables; t++) {
      let code = i32x4.splat(0);
      for (let j = 0; j < perCode; j++) {
        const winner = binBits == 3 ? winnerOf8(scratch, member) : winnerOf(scratch, member, 1 << binBits);
        member += <usize>4 << binBits;
        code = v128.or(i32x4.shl(code, binBits), winner);
      }
      if (buckets) code = fold4(code, t, buckets);
      storeFour(batch, t, s, live, code);
    }
    if (sparse) scatterFour(batch, scratch, s, live, true);
  }
}
