// Search by signatures: each vector has some hundred SimHash bits, and the vectors lie in blocks of alike lengths, longest
// first. A block's signatures are read from end to end; how many bits of one differ from the query's tells about the angle,
// and with the block's greatest length about the inner product. What is promising is scored by its int8 copy, and the best
// of that in float32.

import {
  BEST_HEADER, BINS_BYTES, bestBytes, decodeBest, keyOf, leastKey, radixSortKeys, selectKeys, thinKeys,
} from './best';
import { int8Products, widen } from './scan-int8';
import { Blocks, Vectors } from './layout';
import { dot, sum4 } from './scan';
import { gather } from './score-lists';
import { madd } from './simd';

/** How many are scored in float32 for the k best: some more, for those that their int8 copies rank too low. */
// @ts-ignore: decorator
@inline
function keptOf(k: i32): i32 {
  return k + (k >> 4) + 4;
}

/** Scratch for searchSignatures: a query in 16-bit integers, the places of a block's promising rows, and keys. */
export function signaturesScratchBytes(stride: i32, blockSize: i32, k: i32): i32 {
  return <i32>BINS_BYTES + (stride << 1) + ((blockSize + 8) << 2) + ((2 * keptOf(k) + blockSize) << 4);
}

/**
 * The k best found for queries begin..end, query s's record (see best.ts) at best + s * bestBytes(k). `planes` and `terms`
 * as in scanInt8; `signatures` are the queries', laid out as those of the blocks are. cosines[h], for 0 to all bits, is how
 * large the cosine may be where h bits differ: descending, 1 first. A row is scored if its block's greatest length times
 * that reaches the k-th best score so far. No more blocks are visited once `most` rows were read, or the block's greatest
 * length shows that none of it can be among the best. scored[s] counts the rows that were scored; unless `listed` is 0,
 * their ids go there, for one query, s = 0.
 */
export function searchSignatures(
  best: usize, scored: usize, listed: usize, vectorsAt: usize, blocksAt: usize, queries: usize, planes: usize,
  terms: usize, signatures: usize, cosines: usize, k: i32, most: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const blocks = changetype<Blocks>(blocksAt);
  const stride = <usize>vectors.stride;
  const words = blocks.words;
  const kept = keptOf(k);
  const bins = scratch + (stride << 1);
  const list = bins + BINS_BYTES;
  const keys = list + (<usize>(blocks.size + 8) << 2);
  const other = keys + (<usize>(2 * kept + blocks.size) << 3);
  for (let s = begin; s < end; s++) {
    const planesAt = planes + <usize>s * (stride << 1);
    const termsAt = terms + <usize>s * 12;
    const queryLength = load<f32>(termsAt, 4);
    const signature = signatures + ((<usize>s * words) << 3);
    if (!ASC_FEATURE_RELAXED_SIMD) widen(scratch, planesAt, stride);
    let least: f32 = -Infinity;
    let cut = words << 6;
    let read = 0;
    let count = 0;
    let held = 0;
    for (let b = 0; b < blocks.count && read < most; b++) {
      const block = <usize>load<i32>(blocks.order + (<usize>b << 2));
      const longest = load<f32>(blocks.longest + (block << 2)) * queryLength;
      if (longest < least) break;
      while (longest * load<f32>(cosines + (<usize>cut << 2)) < least) cut--;
      const rows = load<i32>(blocks.counts + (block << 2));
      const first = block * <usize>blocks.size;
      read += rows;
      const found = near(list, blocks.signatures + ((first * words) << 3), signature, words, rows, cut);
      for (let i = 0; i < found && listed; i++) {
        const r = first + <usize>load<i32>(list + (<usize>i << 2));
        store<u32>(listed + (<usize>(count + i) << 2), load<u32>(vectors.ids + (r << 2)));
      }
      count += found;
      held = score(keys, held, vectors, list, first, found, planesAt, load<f32>(termsAt), scratch, least);
      if (held >= 2 * kept) {
        held = thinKeys(keys, held, kept, bins);
        // Where many scores are all but equal, one bin has too many.
        if (held > kept + (kept >> 1)) {
          selectKeys(keys, held, kept);
          held = kept;
        }
        least = leastKey(keys, held);
      }
    }
    if (held > kept + (kept >> 2)) held = thinKeys(keys, held, kept, bins);
    const query = queries + <usize>s * (stride << 2);
    scoreHeld(keys, held, vectors, query);
    radixSortKeys(keys, held, other, bins);
    const record = best + <usize>s * bestBytes(k);
    const length = min(held, k);
    store<i32>(record, length);
    memory.copy(record + BEST_HEADER, keys, <usize>length << 3);
    decodeBest(record);
    store<i32>(scored + (<usize>s << 2), count);
  }
}

/** Appends keys of the listed rows whose int8 products reach `least`; how many keys there are then. */
function score(
  keys: usize, held: i32, vectors: Vectors, list: usize, first: usize, found: i32, planes: usize, scale: f32,
  wide: usize, least: f32,
): i32 {
  const stride = <usize>vectors.stride;
  const codes = vectors.codes + first * stride;
  const sums = vectors.sums + (first << 2);
  const scales = vectors.scales + (first << 2);
  // Rows that fill up the last group of four are row 0, and not taken.
  for (let i = found; i & 3; i++) store<i32>(list + (<usize>i << 2), 0);
  for (let i = 0; i < found; i += 4) {
    const at = list + (<usize>i << 2);
    const r0 = <usize>load<i32>(at);
    const r1 = <usize>load<i32>(at, 4);
    const r2 = <usize>load<i32>(at, 8);
    const r3 = <usize>load<i32>(at, 12);
    const sum = gather(sums, r0, r1, r2, r3);
    const factor = gather(scales, r0, r1, r2, r3);
    const products = int8Products(
      codes + r0 * stride, codes + r1 * stride, codes + r2 * stride, codes + r3 * stride, sum, planes, wide, stride,
    );
    const scores = f32x4.mul(f32x4.mul(products, f32x4.splat(scale)), factor);
    const left = found - i;
    held = append(keys, held, f32x4.extract_lane(scores, 0), first + r0, least);
    if (left > 1) held = append(keys, held, f32x4.extract_lane(scores, 1), first + r1, least);
    if (left > 2) held = append(keys, held, f32x4.extract_lane(scores, 2), first + r2, least);
    if (left > 3) held = append(keys, held, f32x4.extract_lane(scores, 3), first + r3, least);
  }
  return held;
}

/** Written whether or not it is enough, so that there is no branch to mispredict. */
// @ts-ignore: decorator
@inline
function append(keys: usize, held: i32, score: f32, place: usize, least: f32): i32 {
  store<u64>(keys + (<usize>held << 3), keyOf(score + 0, <u32>place));
  return held + i32(score >= least);
}

/** The place that a key of `append` is of. */
// @ts-ignore: decorator
@inline
function placeAt(key: usize): usize {
  return <usize>~(<u32>load<u64>(key));
}

/** Makes a key of a place one of a score and an id. */
// @ts-ignore: decorator
@inline
function rekey(key: usize, score: f32, vectors: Vectors): void {
  store<u64>(key, keyOf(score + 0, load<u32>(vectors.ids + (placeAt(key) << 2))));
}

/** Makes the keys of places those of ids and scores in float32. */
function scoreHeld(keys: usize, held: i32, vectors: Vectors, query: usize): void {
  const bytes = <usize>vectors.stride << 2;
  const end = keys + (<usize>held << 3);
  let at = keys;
  // Four rows at a time: each is far from the last, and memory is asked for them all at once.
  for (; at + 32 <= end; at += 32) {
    const p0 = vectors.rows + placeAt(at) * bytes;
    const p1 = vectors.rows + placeAt(at + 8) * bytes;
    const p2 = vectors.rows + placeAt(at + 16) * bytes;
    const p3 = vectors.rows + placeAt(at + 24) * bytes;
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const q = v128.load(query + i);
      a = madd(v128.load(p0 + i), q, a);
      b = madd(v128.load(p1 + i), q, b);
      c = madd(v128.load(p2 + i), q, c);
      d = madd(v128.load(p3 + i), q, d);
    }
    const scores = sum4(a, b, c, d);
    rekey(at, f32x4.extract_lane(scores, 0), vectors);
    rekey(at + 8, f32x4.extract_lane(scores, 1), vectors);
    rekey(at + 16, f32x4.extract_lane(scores, 2), vectors);
    rekey(at + 24, f32x4.extract_lane(scores, 3), vectors);
  }
  for (; at < end; at += 8) rekey(at, dot(vectors.rows + placeAt(at) * bytes, query, bytes), vectors);
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
