// Scores lists of rows, one list for each query, and keeps the best: what hash tables gave. As in scanInt8, rows are scored
// by their int8 copies first, and in float32 where those leave them a chance.

import { bestBytes, finishBest, leastOf, offer } from './best';
import { int8Products, widen } from './scan-int8';
import { Vectors } from '../layout';
import { dot, isAllowed, startBest } from './scan';

/**
 * Offers to the record of query s, at best + s * bestBytes(k), the rows of its list: lengths[s] items at lists[s * stride],
 * of which item i is row places[i] of the vectors, or row i where `places` is 0. For queries begin..end; `clear` and `finish` are not 0 for the first and
 * the last of several calls. `planes`, `terms`, `allowed` and `threshold` as in scanInt8, and its scratch. Vectors without
 * int8 copies are all scored in float32.
 */
export function scoreLists(
  best: usize, vectorsAt: usize, queries: usize, planes: usize, terms: usize, k: i32,
  lists: usize, stride: i32, lengths: usize, places: usize, allowed: usize, threshold: f32, clear: i32, finish: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const width = <usize>vectors.stride;
  for (let s = begin; s < end; s++) {
    const record = best + <usize>s * bestBytes(k);
    const plane = planes + <usize>s * (width << 1);
    if (!ASC_FEATURE_RELAXED_SIMD && vectors.codes) widen(scratch, plane, width);
    if (clear) startBest(record, threshold);
    const list = lists + ((<usize>s * stride) << 2);
    const count = load<i32>(lengths + (<usize>s << 2));
    const query = queries + <usize>s * (width << 2);
    if (vectors.codes) {
      scoreList(record, k, vectors, list, count, places, allowed, query, plane, terms + <usize>s * 12, scratch);
    } else scoreRows(record, k, vectors, list, count, places, allowed, query);
    if (finish) finishBest(record);
  }
}

/** Scores a list in float32. */
function scoreRows(
  best: usize, k: i32, vectors: Vectors, list: usize, count: i32, places: usize, allowed: usize, query: usize,
): void {
  const bytes = <usize>vectors.stride << 2;
  for (let i = 0; i < count; i++) {
    const r = placeOf(places, list + (<usize>i << 2));
    if (!isAllowed(allowed, r)) continue;
    const score = dot(vectors.rows + r * bytes, query, bytes);
    if (score >= leastOf(best)) offer(best, k, score, load<u32>(vectors.ids + (r << 2)));
  }
}

function scoreList(
  best: usize, k: i32, vectors: Vectors, list: usize, count: i32, places: usize, allowed: usize, query: usize,
  planes: usize, terms: usize, wide: usize,
): void {
  const stride = <usize>vectors.stride;
  const codes = vectors.codes;
  const scale = v128.load32_splat(terms);
  const length = v128.load32_splat(terms, 4);
  const missed = v128.load32_splat(terms, 8);
  let least = leastOf(best);
  for (let i = 0; i < count; i += 4) {
    const live = min(4, count - i);
    const at = list + (<usize>i << 2);
    const r0 = placeOf(places, at);
    // Rows that fill up the last group of four are its first, and not offered again.
    const r1 = live > 1 ? placeOf(places, at + 4) : r0;
    const r2 = live > 2 ? placeOf(places, at + 8) : r0;
    const r3 = live > 3 ? placeOf(places, at + 12) : r0;
    const products = int8Products(
      codes + r0 * stride, codes + r1 * stride, codes + r2 * stride, codes + r3 * stride,
      gather(vectors.sums, r0, r1, r2, r3), planes, wide, stride,
    );
    const scales = gather(vectors.scales, r0, r1, r2, r3);
    const errors = gather(vectors.errors, r0, r1, r2, r3);
    const most = f32x4.add(
      f32x4.mul(f32x4.mul(products, scale), scales),
      f32x4.add(f32x4.mul(errors, length), f32x4.mul(scales, missed)),
    );
    let passed = i32x4.bitmask(f32x4.ge(most, f32x4.splat(least)));
    if (live < 4) passed &= (1 << live) - 1;
    while (passed != 0) {
      const r = placeOf(places, at + (<usize>ctz(passed) << 2));
      passed &= passed - 1;
      if (!isAllowed(allowed, r)) continue;
      const score = dot(vectors.rows + r * (stride << 2), query, stride << 2);
      if (score < least) continue;
      offer(best, k, score, load<u32>(vectors.ids + (r << 2)));
      least = leastOf(best);
    }
  }
}

// @ts-ignore: decorator
@inline
function placeOf(places: usize, item: usize): usize {
  const row = <usize>load<i32>(item);
  return places ? <usize>load<i32>(places + (row << 2)) : row;
}

/** The words of four rows. */
// @ts-ignore: decorator
@inline
export function gather(words: usize, r0: usize, r1: usize, r2: usize, r3: usize): v128 {
  let four = v128.load32_zero(words + (r0 << 2));
  four = v128.load32_lane(words + (r1 << 2), four, 1);
  four = v128.load32_lane(words + (r2 << 2), four, 2);
  return v128.load32_lane(words + (r3 << 2), four, 3);
}
