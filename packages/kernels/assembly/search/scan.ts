// Exact scans: the inner products of queries with all rows, of which the best are kept as they come. A row is summed in
// four lanes, each one chain of multiply-adds in ascending order, and the lanes by `sum`: the same bits for one query, for
// many at once, and for one row alone.

import { bestBytes, clearBest, finishBest, leastOf, offer } from './best';
import { Vectors } from '../layout';
import { madd, sum } from '../simd';

/** Queries that are scored at a time against two rows: with the rows they fill half of the SIMD registers. */
const TILE: i32 = 4;
/** Bytes of rows that stay in the first-level cache while all queries pass. */
const BLOCK: i32 = 16384;

/** The inner product of two rows of so many bytes, a multiple of 16. */
// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let total = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) total = madd(v128.load(a + at), v128.load(b + at), total);
  return sum(total);
}

/** `sum` of four vectors at once. */
// @ts-ignore: decorator
@inline
export function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** Empties a record for scores of `threshold` or more. */
// @ts-ignore: decorator
@inline
export function startBest(best: usize, threshold: f32): void {
  clearBest(best);
  store<f32>(best, threshold, 4);
}

/** Whether a row may be found: `allowed` has a bit for each, or is 0 where all may. */
// @ts-ignore: decorator
@inline
export function isAllowed(allowed: usize, row: usize): bool {
  return allowed == 0 || ((load<u32>(allowed + ((row >> 5) << 2)) >> (<u32>row & 31)) & 1) != 0;
}

/** Offers a row's score if it is high enough and may be found. */
// @ts-ignore: decorator
@inline
function offerRow(best: usize, k: i32, score: f32, vectors: Vectors, row: usize, allowed: usize): void {
  if (score >= leastOf(best) && isAllowed(allowed, row)) offer(best, k, score, load<u32>(vectors.ids + (row << 2)));
}

/** Scratch for scanRows: the least scores of its queries. */
export function scanScratchBytes(count: i32): i32 {
  return ((count + TILE - 1) & -TILE) << 2;
}

/**
 * The k best of each of `count` queries, for parts begin..end of the rows: rows [part * grain, (part + 1) * grain) of
 * those that there are. Query s has its record (see best.ts) for a part at best + (part * count + s) * bestBytes(k).
 * `queries` are laid out as the rows are, up to a multiple of TILE of them. Only scores of `threshold` or more count, of
 * rows whose bit is set in `allowed`, unless that is 0.
 */
export function scanRows(
  best: usize, vectorsAt: usize, queries: usize, count: i32, k: i32, grain: i32, allowed: usize, threshold: f32,
  begin: i32, end: i32, scratch: usize,
): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const size = bestBytes(k);
  for (let part = begin; part < end; part++) {
    const records = best + <usize>part * <usize>count * size;
    for (let s = 0; s < count; s++) startBest(records + <usize>s * size, threshold);
    const first = part * grain;
    const last = min(first + grain, vectors.count);
    if (count == 1) scanOne(records, vectors, queries, k, first, last, allowed);
    else scanMany(records, vectors, queries, count, k, first, last, allowed, scratch);
    for (let s = 0; s < count; s++) finishBest(records + <usize>s * size);
  }
}

/** Four rows at a time, from four quarters of the range: memory gives more to four streams than to one. */
function scanOne(
  best: usize, vectors: Vectors, query: usize, k: i32, first: i32, last: i32, allowed: usize,
): void {
  const bytes = <usize>vectors.stride << 2;
  const quarter = (last - first) >> 2;
  const apart = <usize>quarter * bytes;
  let least = f32x4.splat(leastOf(best));
  let p = vectors.rows + <usize>first * bytes;
  let row = first;
  for (const stop = first + quarter; row < stop; row++) {
    const p1 = p + apart;
    const p2 = p1 + apart;
    const p3 = p2 + apart;
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 64) {
      let q = v128.load(query + at);
      a = madd(v128.load(p + at), q, a);
      b = madd(v128.load(p1 + at), q, b);
      c = madd(v128.load(p2 + at), q, c);
      d = madd(v128.load(p3 + at), q, d);
      q = v128.load(query + at, 16);
      a = madd(v128.load(p + at, 16), q, a);
      b = madd(v128.load(p1 + at, 16), q, b);
      c = madd(v128.load(p2 + at, 16), q, c);
      d = madd(v128.load(p3 + at, 16), q, d);
      q = v128.load(query + at, 32);
      a = madd(v128.load(p + at, 32), q, a);
      b = madd(v128.load(p1 + at, 32), q, b);
      c = madd(v128.load(p2 + at, 32), q, c);
      d = madd(v128.load(p3 + at, 32), q, d);
      q = v128.load(query + at, 48);
      a = madd(v128.load(p + at, 48), q, a);
      b = madd(v128.load(p1 + at, 48), q, b);
      c = madd(v128.load(p2 + at, 48), q, c);
      d = madd(v128.load(p3 + at, 48), q, d);
    }
    const scores = sum4(a, b, c, d);
    if (v128.any_true(f32x4.ge(scores, least))) {
      const r = <usize>row;
      const step = <usize>quarter;
      offerRow(best, k, f32x4.extract_lane(scores, 0), vectors, r, allowed);
      offerRow(best, k, f32x4.extract_lane(scores, 1), vectors, r + step, allowed);
      offerRow(best, k, f32x4.extract_lane(scores, 2), vectors, r + step * 2, allowed);
      offerRow(best, k, f32x4.extract_lane(scores, 3), vectors, r + step * 3, allowed);
      least = f32x4.splat(leastOf(best));
    }
    p += bytes;
  }
  for (row = first + (quarter << 2); row < last; row++) {
    offerRow(best, k, dot(vectors.rows + <usize>row * bytes, query, bytes), vectors, <usize>row, allowed);
  }
}

/** Blocks of rows, and against each all queries, TILE at a time, so that neither leaves the first-level cache too early. */
function scanMany(
  records: usize, vectors: Vectors, queries: usize, count: i32, k: i32, first: i32, last: i32, allowed: usize,
  least: usize,
): void {
  const bytes = <usize>vectors.stride << 2;
  const block = max(2, (BLOCK / <i32>bytes) & -2);
  const size = bestBytes(k);
  for (let s = 0; s < count; s++) store<f32>(least + (<usize>s << 2), leastOf(records + <usize>s * size));
  // What is computed for the queries that fill up the last tile is never offered.
  for (let s = count; s & (TILE - 1); s++) store<f32>(least + (<usize>s << 2), Infinity);
  for (let row = first; row < last; row += block) {
    const stop = min(row + block, last);
    for (let s = 0; s < count; s += TILE) {
      const best = records + <usize>s * size;
      scanTile(
        best, size, vectors, queries + <usize>s * bytes, min(TILE, count - s), k, row, stop, allowed,
        least + (<usize>s << 2),
      );
    }
  }
}

/** Rows first..last against four queries, `live` of them real. */
function scanTile(
  best: usize, size: usize, vectors: Vectors, query: usize, live: i32, k: i32, first: i32, last: i32, allowed: usize,
  leastAt: usize,
): void {
  const bytes = <usize>vectors.stride << 2;
  const ids = vectors.ids;
  const q1 = query + bytes;
  const q2 = q1 + bytes;
  const q3 = q2 + bytes;
  let least = v128.load(leastAt);
  let p = vectors.rows + <usize>first * bytes;
  for (let row = first; row < last; row += 2) {
    // The last of an odd number of rows is scored twice, and offered once.
    const pair = row + 1 < last;
    const r = pair ? p + bytes : p;
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 32) {
      let x = v128.load(p + at);
      let y = v128.load(r + at);
      let q = v128.load(query + at);
      a0 = madd(x, q, a0);
      b0 = madd(y, q, b0);
      q = v128.load(q1 + at);
      a1 = madd(x, q, a1);
      b1 = madd(y, q, b1);
      q = v128.load(q2 + at);
      a2 = madd(x, q, a2);
      b2 = madd(y, q, b2);
      q = v128.load(q3 + at);
      a3 = madd(x, q, a3);
      b3 = madd(y, q, b3);
      x = v128.load(p + at, 16);
      y = v128.load(r + at, 16);
      q = v128.load(query + at, 16);
      a0 = madd(x, q, a0);
      b0 = madd(y, q, b0);
      q = v128.load(q1 + at, 16);
      a1 = madd(x, q, a1);
      b1 = madd(y, q, b1);
      q = v128.load(q2 + at, 16);
      a2 = madd(x, q, a2);
      b2 = madd(y, q, b2);
      q = v128.load(q3 + at, 16);
      a3 = madd(x, q, a3);
      b3 = madd(y, q, b3);
    }
    const x = sum4(a0, a1, a2, a3);
    const y = sum4(b0, b1, b2, b3);
    if (v128.any_true(v128.or(f32x4.ge(x, least), f32x4.ge(y, least)))) {
      const id = ids + (<usize>row << 2);
      if (isAllowed(allowed, row)) offerFour(best, size, k, live, x, load<u32>(id), leastAt);
      if (pair && isAllowed(allowed, row + 1)) offerFour(best, size, k, live, y, load<u32>(id, 4), leastAt);
      least = v128.load(leastAt);
    }
    p += bytes << 1;
  }
}

/** Offers a row's scores for four queries, and notes their new least ones. */
function offerFour(best: usize, size: usize, k: i32, live: i32, scores: v128, id: u32, leastAt: usize): void {
  for (let s = 0; s < live; s++) {
    const score = s == 0 ? f32x4.extract_lane(scores, 0)
      : s == 1 ? f32x4.extract_lane(scores, 1)
      : s == 2 ? f32x4.extract_lane(scores, 2)
      : f32x4.extract_lane(scores, 3);
    if (score < load<f32>(leastAt)) {
      leastAt += 4;
      best += size;
      continue;
    }
    offer(best, k, score, id);
    store<f32>(leastAt, leastOf(best));
    leastAt += 4;
    best += size;
  }
}
