// Scans over int8 copies of the rows, a quarter of their bytes. The rounding errors are bounded, so that a row which the
// int8 product rules out cannot be among the best: all others are scored in float32, and the result is that of scanRows.

import { bestBytes, finishBest, leastOf, offer } from './best';
import { Vectors } from '../layout';
import { dot, isAllowed, startBest } from './scan';
import { madd, sum } from '../simd';

/** A query's coordinates are 14-bit integers: 0 to 16383 less this, in two planes of 7 bits. */
const OFFSET: i32 = 8192;

/**
 * Fills codes, scales, errors and sums of rows first + begin to first + end. The scale is the largest magnitude over 127.
 * The error has room for what rounding may do to a score of |query| * |row|: `slack` times the row's length, and some for
 * squares too small for a float.
 */
export function quantizeRows(vectorsAt: usize, slack: f32, first: i32, begin: i32, end: i32): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const bytes = <usize>vectors.stride << 2;
  for (let r = first + begin; r < first + end; r++) {
    const row = vectors.rows + <usize>r * bytes;
    const codes = vectors.codes + <usize>r * <usize>vectors.stride;
    let most = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) most = f32x4.max(most, f32x4.abs(v128.load(row + at)));
    const largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    const scale = largest / 127;
    // Rows of the smallest floats get codes of 0.
    const inverse = scale > 1e-37 ? f32x4.splat(1 / scale) : f32x4.splat(0);
    const scales = f32x4.splat(scale);
    let total = i32x4.splat(0);
    let squares = f32x4.splat(0);
    let misses = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 64) {
      const p = row + at;
      const x0 = v128.load(p);
      const x1 = v128.load(p, 16);
      const x2 = v128.load(p, 32);
      const x3 = v128.load(p, 48);
      const n0 = f32x4.nearest(f32x4.mul(x0, inverse));
      const n1 = f32x4.nearest(f32x4.mul(x1, inverse));
      const n2 = f32x4.nearest(f32x4.mul(x2, inverse));
      const n3 = f32x4.nearest(f32x4.mul(x3, inverse));
      const i0 = i32x4.trunc_sat_f32x4_s(n0);
      const i1 = i32x4.trunc_sat_f32x4_s(n1);
      const i2 = i32x4.trunc_sat_f32x4_s(n2);
      const i3 = i32x4.trunc_sat_f32x4_s(n3);
      total = i32x4.add(total, i32x4.add(i32x4.add(i0, i1), i32x4.add(i2, i3)));
      v128.store(
        codes + (at >> 2),
        i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(i0, i1), i16x8.narrow_i32x4_s(i2, i3)),
      );
      squares = madd(x0, x0, madd(x1, x1, madd(x2, x2, madd(x3, x3, squares))));
      const e0 = f32x4.sub(x0, f32x4.mul(n0, scales));
      const e1 = f32x4.sub(x1, f32x4.mul(n1, scales));
      const e2 = f32x4.sub(x2, f32x4.mul(n2, scales));
      const e3 = f32x4.sub(x3, f32x4.mul(n3, scales));
      misses = madd(e0, e0, madd(e1, e1, madd(e2, e2, madd(e3, e3, misses))));
    }
    store<f32>(vectors.scales + (<usize>r << 2), scale);
    // Ten millionths more, for the rounding of the sum and the root.
    const error = sqrt(sum(misses)) * <f32>1.00001 + slack * sqrt(sum(squares)) + <f32>1e-20;
    store<f32>(vectors.errors + (<usize>r << 2), error);
    store<i32>(vectors.sums + (<usize>r << 2), sumi(total));
  }
}

/** Scratch for scanInt8: a query in 16-bit integers. */
export function int8ScratchBytes(stride: i32): i32 {
  return stride << 1;
}

/**
 * As scanRows. `planes` has for each query its high and its low 7 bits, `stride` bytes each, and `terms` three f32: the
 * query's scale, its length (1e-15 or more), and the length of what its rounding left out times the greatest length of
 * codes.
 */
export function scanInt8(
  best: usize, vectorsAt: usize, queries: usize, planes: usize, terms: usize, count: i32, k: i32, grain: i32,
  allowed: usize, threshold: f32, begin: i32, end: i32, scratch: usize,
): void {
  const vectors = changetype<Vectors>(vectorsAt);
  const size = bestBytes(k);
  const stride = <usize>vectors.stride;
  for (let part = begin; part < end; part++) {
    const records = best + <usize>part * <usize>count * size;
    const first = part * grain;
    const last = min(first + grain, vectors.count);
    for (let s = 0; s < count; s++) {
      const record = records + <usize>s * size;
      startBest(record, threshold);
      const query = queries + <usize>s * (stride << 2);
      const plane = planes + <usize>s * (stride << 1);
      scanInt8One(record, vectors, query, plane, terms + <usize>s * 12, k, first, last, allowed, scratch);
      finishBest(record);
    }
  }
}

/** Four lanes' sums of four vectors of integers. */
// @ts-ignore: decorator
@inline
function sum4i(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

/**
 * The inner products of a query's integers and the codes of four rows, which lie at p0 to p3 and have these sums. `wide` are
 * the query's planes in 16-bit integers, as `widen` writes them, which only the builds without relaxed SIMD read.
 */
// @ts-ignore: decorator
@inline
export function int8Products(
  p0: usize, p1: usize, p2: usize, p3: usize, sums: v128, planes: usize, wide: usize, stride: usize,
): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    let e = i32x4.splat(0);
    let f = i32x4.splat(0);
    let g = i32x4.splat(0);
    let h = i32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      const u = v128.load(planes + at);
      const v = v128.load(planes + stride + at);
      let x = v128.load(p0 + at);
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, u, a);
      e = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, v, e);
      x = v128.load(p1 + at);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, u, b);
      f = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, v, f);
      x = v128.load(p2 + at);
      c = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, u, c);
      g = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, v, g);
      x = v128.load(p3 + at);
      d = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, u, d);
      h = i32x4.relaxed_dot_i8x16_i7x16_add_s(x, v, h);
    }
    const high = i32x4.sub(sum4i(a, b, c, d), i32x4.shl(sums, 6));
    return f32x4.add(
      f32x4.mul(f32x4.convert_i32x4_s(high), f32x4.splat(128)),
      f32x4.convert_i32x4_s(sum4i(e, f, g, h)),
    );
  } else {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      const u = v128.load(wide + (at << 1));
      const v = v128.load(wide + (at << 1), 16);
      let x = v128.load(p0 + at);
      a = i32x4.add(a, i32x4.add(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(x), u), i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(x), v)));
      x = v128.load(p1 + at);
      b = i32x4.add(b, i32x4.add(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(x), u), i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(x), v)));
      x = v128.load(p2 + at);
      c = i32x4.add(c, i32x4.add(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(x), u), i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(x), v)));
      x = v128.load(p3 + at);
      d = i32x4.add(d, i32x4.add(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(x), u), i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(x), v)));
    }
    return f32x4.convert_i32x4_s(sum4i(a, b, c, d));
  }
}

function scanInt8One(
  best: usize, vectors: Vectors, query: usize, planes: usize, terms: usize, k: i32, first: i32, last: i32,
  allowed: usize, wide: usize,
): void {
  const stride = <usize>vectors.stride;
  const ids = vectors.ids;
  const scale = v128.load32_splat(terms);
  const length = v128.load32_splat(terms, 4);
  const missed = v128.load32_splat(terms, 8);
  if (!ASC_FEATURE_RELAXED_SIMD) widen(wide, planes, stride);
  let least = leastOf(best);
  for (let row = first; row < last; row += 4) {
    const live = min(4, last - row);
    const p = vectors.codes + <usize>row * stride;
    // Rows that are not there are the first one again, and never offered.
    const p1 = live > 1 ? p + stride : p;
    const p2 = live > 2 ? p + stride * 2 : p;
    const p3 = live > 3 ? p + stride * 3 : p;
    const sums = v128.load(vectors.sums + (<usize>row << 2));
    const products = int8Products(p, p1, p2, p3, sums, planes, wide, stride);
    const at = <usize>row << 2;
    const scales = v128.load(vectors.scales + at);
    const most = f32x4.add(
      f32x4.mul(f32x4.mul(products, scale), scales),
      f32x4.add(f32x4.mul(v128.load(vectors.errors + at), length), f32x4.mul(scales, missed)),
    );
    let passed = i32x4.bitmask(f32x4.ge(most, f32x4.splat(least)));
    if (live < 4) passed &= (1 << live) - 1;
    while (passed != 0) {
      const r = <usize>(row + <i32>ctz(passed));
      passed &= passed - 1;
      if (!isAllowed(allowed, r)) continue;
      const score = dot(vectors.rows + r * (stride << 2), query, stride << 2);
      if (score >= least) {
        offer(best, k, score, load<u32>(ids + (r << 2)));
        least = leastOf(best);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sumi(x: v128): i32 {
  const pairs = i32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** The planes as 16-bit integers less OFFSET. */
export function widen(wide: usize, planes: usize, stride: usize): void {
  for (let at: usize = 0; at < stride; at++) {
    const value = (<i32>load<u8>(planes + at) << 7) + <i32>load<u8>(planes + stride + at) - OFFSET;
    store<i16>(wide + (at << 1), <i16>value);
  }
}

/** The largest integer that a query's coordinate is rounded to. */
const LEVELS: f32 = 8191;

/**
 * Fills planes, and of each query's terms the scale and what rounding left out, for queries begin..end, which are laid out as
 * rows are: see scanInt8. Their lengths are there already. Integers are up to 8191, or less where sums of products might
 * leave 32 bits.
 */
export function quantizeQueries(
  queries: usize, planes: usize, terms: usize, stride: i32, begin: i32, end: i32,
): void {
  const levels = min(LEVELS, floor(<f32>2147483000 / (127 * <f32>stride)));
  for (let s = begin; s < end; s++) {
    const query = queries + (<usize>s * stride << 2);
    const high = planes + (<usize>s * stride << 1);
    const low = high + stride;
    let most = f32x4.splat(0);
    for (let at: usize = 0; at < <usize>stride << 2; at += 16) most = f32x4.max(most, f32x4.abs(v128.load(query + at)));
    const largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    // Of queries too small to be rounded in 32-bit floats nothing is kept: everything is then scored.
    const scale: f32 = largest > 1e-30 ? largest / levels : 0;
    const inverse = f32x4.splat(scale > 0 ? levels / largest : 0);
    const offset = i32x4.splat(OFFSET);
    // Errors are at most half a step: squares of them, in steps, are neither too great for a float nor too small.
    let missed = f32x4.splat(0);
    for (let k: usize = 0; k < <usize>stride; k += 16) {
      const from = query + (k << 2);
      const a = step(from, inverse);
      const b = step(from + 16, inverse);
      const c = step(from + 32, inverse);
      const d = step(from + 48, inverse);
      missed = f32x4.add(missed, f32x4.add(f32x4.add(left(from, inverse, a), left(from + 16, inverse, b)),
        f32x4.add(left(from + 32, inverse, c), left(from + 48, inverse, d))));
      const first = i16x8.narrow_i32x4_s(i32x4.add(whole(a), offset), i32x4.add(whole(b), offset));
      const second = i16x8.narrow_i32x4_s(i32x4.add(whole(c), offset), i32x4.add(whole(d), offset));
      v128.store(high + k, i8x16.narrow_i16x8_u(i16x8.shr_u(first, 7), i16x8.shr_u(second, 7)));
      const seven = i16x8.splat(127);
      v128.store(low + k, i8x16.narrow_i16x8_u(v128.and(first, seven), v128.and(second, seven)));
    }
    const term = terms + <usize>s * 12;
    store<f32>(term, scale);
    const root = sqrt(<f32>stride);
    // Some more, because a coordinate in steps is off by 0.001 itself. Of queries of which nothing is kept, all is left out.
    const length: f32 = scale > 0 ? (sqrt(sum(missed)) * <f32>1.0001 + <f32>0.002 * root) * scale : <f32>1e-30 * root;
    store<f32>(term, length * 127 * root, 8);
  }
}

/** Four coordinates in steps, rounded. */
// @ts-ignore: decorator
@inline
function step(at: usize, inverse: v128): v128 {
  return f32x4.nearest(f32x4.mul(v128.load(at), inverse));
}

// @ts-ignore: decorator
@inline
function whole(steps: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(steps);
}

/** The squares of what rounding to steps leaves out. */
// @ts-ignore: decorator
@inline
function left(at: usize, inverse: v128, steps: v128): v128 {
  const rest = f32x4.sub(f32x4.mul(v128.load(at), inverse), steps);
  return f32x4.mul(rest, rest);
}
