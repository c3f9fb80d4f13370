// Search by signatures: each vector has some hundred SimHash bits, and the vectors lie in blocks of alike lengths, longest
// first. A block's signatures are read from end to end; how many bits of one differ from the query's tells about the angle,
// and with the block's greatest length about the inner product. What is promising is scored through its int8 copy, and
// what that leaves a chance in float32.

import { bestBytes, clearBest, finishBest, leastOf, offer } from './best';
import { int8Most, widen } from './int8';
import { Blocks, Vectors } from './layout';
import { dot } from './scan';

/** Scratch for searchSignatures: a query in 16-bit integers, and the places of a block's promising rows. */
export function signaturesScratchBytes(stride: i32, blockSize: i32): i32 {
  return (stride << 1) + ((blockSize + 1) << 2);
}

/**
 * The k best found for queries begin..end, query s's record (see best.ts) at best + s * bestBytes(k). `planes` and `terms`
 * as in scanInt8; `signatures` are the queries', laid out as those of the blocks are. cosines[h], for 0 to all bits, is how
 * large the cosine may be where h bits differ: descending, 1 first. A row is scored if its block's greatest length times
 * that reaches the k-th best score so far. No more blocks are visited once `most` rows were read, or the block's greatest
 * length shows that none of it can be among the best. scored[s] counts the rows that were scored.
 */
export function searchSignatures(
  best: usize, scored: usize, vectorsAt: usize, blocksAt: usize, queries: usize, planes: usize, terms: usize,
  signatures: usize, cosines: usize, k: i32, most: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const blocks = changetype<Blocks>(blocksAt);
  const stride = <usize>vectors.stride;
  const words = blocks.words;
  const size = bestBytes(k);
  const list = scratch + (stride << 1);
  for (let s = begin; s < end; s++) {
    const record = best + <usize>s * size;
    const query = queries + <usize>s * (stride << 2);
    const plane = planes + <usize>s * (stride << 1);
    const term = terms + <usize>s * 12;
    const length = load<f32>(term, 4);
    const signature = signatures + ((<usize>s * words) << 3);
    if (!ASC_FEATURE_RELAXED_SIMD) widen(scratch, plane, stride);
    clearBest(record);
    let cut = words << 6;
    let read = 0;
    let count = 0;
    for (let b = 0; b < blocks.count && read < most; b++) {
      const block = <usize>load<i32>(blocks.order + (<usize>b << 2));
      const longest = load<f32>(blocks.longest + (block << 2)) * length;
      let least = leastOf(record);
      if (longest < least) break;
      while (longest * load<f32>(cosines + (<usize>cut << 2)) < least) cut--;
      const rows = load<i32>(blocks.counts + (block << 2));
      const first = block * <usize>blocks.size;
      read += rows;
      const found = near(list, blocks.signatures + ((first * words) << 3), signature, words, rows, cut);
      count += found;
      for (let i = 0; i < found; i++) {
        const r = first + <usize>load<i32>(list + (<usize>i << 2));
        if (int8Most(vectors, r, plane, term, scratch) < least) continue;
        const score = dot(vectors.rows + r * (stride << 2), query, stride << 2);
        if (score >= least) {
          offer(record, k, score, load<u32>(vectors.ids + (r << 2)));
          least = leastOf(record);
        }
      }
    }
    finishBest(record);
    store<i32>(scored + (<usize>s << 2), count);
  }
}

/** Lists the rows whose signatures differ from the query's in `cut` bits or fewer; how many there are. */
function near(list: usize, at: usize, query: usize, words: i32, rows: i32, cut: i32): i32 {
  let found = 0;
  const q0 = load<u64>(query);
  if (words == 2) {
    const q1 = load<u64>(query, 8);
    for (let r = 0; r < rows; r++) {
      const distance = popcnt(load<u64>(at) ^ q0) + popcnt(load<u64>(at, 8) ^ q1);
      // Written whether or not it is near, so that there is no branch to mispredict.
      store<i32>(list + (<usize>found << 2), r);
      found += i32(<i32>distance <= cut);
      at += 16;
    }
  } else if (words == 4) {
    const q1 = load<u64>(query, 8);
    const q2 = load<u64>(query, 16);
    const q3 = load<u64>(query, 24);
    for (let r = 0; r < rows; r++) {
      const distance = popcnt(load<u64>(at) ^ q0) + popcnt(load<u64>(at, 8) ^ q1)
        + popcnt(load<u64>(at, 16) ^ q2) + popcnt(load<u64>(at, 24) ^ q3);
      store<i32>(list + (<usize>found << 2), r);
      found += i32(<i32>distance <= cut);
      at += 32;
    }
  } else {
    for (let r = 0; r < rows; r++) {
      let distance: u64 = 0;
      for (let w = 0; w < words; w++) {
        const offset = <usize>w << 3;
        distance += popcnt(load<u64>(at + offset) ^ load<u64>(query + offset));
      }
      store<i32>(list + (<usize>found << 2), r);
      found += i32(<i32>distance <= cut);
      at += <usize>words << 3;
    }
  }
  return found;
}
