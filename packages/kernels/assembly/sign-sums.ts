// What signatures tell of a query. A vector's signature is the signs of a random rotation of it; the query is rotated as well,
// and kept whole: the sum of its coordinates, each with the sign that the signature has, tells the cosine of their angle, with
// a standard deviation of about sqrt((pi / 2 - 1) / bits) (RaBitQ; Gao and Long, SIGMOD 2024). Four signs at a time are looked
// up in a table of sixteen sums, which SIMD does for sixteen vectors at once (Quick ADC; Andre et al., ICMR 2017).

import { BLOCK_LOG2, signaturesOf } from './blocks';
import { Block } from './layout';
import { sum } from './simd';

/** Words of 64 bits whose sums fit into 8 bits at once. */
const PART: i32 = 2;
/** Mean magnitude of a coordinate of a random direction, times the square root of their number: sqrt(2 / pi). */
const MEAN: f32 = 0.7978845608;

/** Bytes of a query's tables. */
// @ts-ignore: decorator
@inline
export function tableBytes(words: i32): usize {
  return <usize>words << 8;
}

/** The greatest sum of entries. */
// @ts-ignore: decorator
@inline
export function topSum(words: i32): f32 {
  return <f32>((words + PART - 1) / PART) * 255;
}

/**
 * Writes the query's tables: one of sixteen bytes for four coordinates p, entry c being the sum of p[i] where bit i of c is 1
 * and -p[i] where not, less the least of the sixteen, times a factor, which it gives: such that the sums of a part fit.
 */
export function layTables(tables: usize, projection: usize, words: i32): f32 {
  let greatest: f32 = 0;
  for (let first = 0; first < words; first += PART) {
    greatest = max(greatest, absoluteSum(projection + (<usize>first << 8), min(PART, words - first)));
  }
  // Coordinates of the smallest floats count as 0.
  const step: f32 = greatest > 1e-30 ? <f32>127.5 / greatest : 0;
  const even = f32x4(-1, 1, -1, 1);
  const odd = f32x4(-1, -1, 1, 1);
  for (let m = 0; m < words << 4; m++) {
    const at = projection + (<usize>m << 4);
    const p0 = load<f32>(at) * step;
    const p1 = load<f32>(at, 4) * step;
    const p2 = load<f32>(at, 8) * step;
    const p3 = load<f32>(at, 12) * step;
    const base = abs(p0) + abs(p1) + abs(p2) + abs(p3);
    // Four entries at a time: the first two bits of c tell the lane.
    const two = f32x4.add(f32x4.add(f32x4.splat(base), f32x4.mul(even, f32x4.splat(p0))), f32x4.mul(odd, f32x4.splat(p1)));
    const low = f32x4.add(two, f32x4.splat(-p2));
    const high = f32x4.add(two, f32x4.splat(p2));
    const a = i16x8.narrow_i32x4_s(rounded(low, -p3), rounded(high, -p3));
    const b = i16x8.narrow_i32x4_s(rounded(low, p3), rounded(high, p3));
    v128.store(tables + (<usize>m << 4), i8x16.narrow_i16x8_u(a, b));
  }
  return step;
}

/** Four sums and one coordinate more, as integers. */
// @ts-ignore: decorator
@inline
function rounded(sums: v128, more: f32): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.add(sums, f32x4.splat(more))));
}

/** The sum of magnitudes of coordinates. */
function absoluteSum(projection: usize, words: i32): f32 {
  let total = f32x4.splat(0);
  for (let at: usize = 0; at < <usize>words << 8; at += 16) total = f32x4.add(total, f32x4.abs(v128.load(projection + at)));
  return sum(total);
}

/** What entries sum up to for a cosine of 0: half of the most that they can. */
export function sumOfZero(projection: usize, words: i32, step: f32): f32 {
  return absoluteSum(projection, words) * step;
}

/** How much more entries sum up to, in the mean, for a cosine of 1. */
export function sumOfOne(projection: usize, words: i32, step: f32): f32 {
  let total = f32x4.splat(0);
  for (let at: usize = 0; at < <usize>words << 8; at += 16) {
    // Squares of what was multiplied before are neither too great for a float nor too small.
    const x = f32x4.mul(v128.load(projection + at), f32x4.splat(step));
    total = f32x4.add(total, f32x4.mul(x, x));
  }
  return MEAN * sqrt(<f32>(words << 6) * sum(total));
}

/** What entries sum up to that is a deviation above the sum of a signature at random, whose sign is right as often as not. */
export function sumOfSome(words: i32, zero: f32, one: f32): f32 {
  return zero + one / (MEAN * sqrt(<f32>(words << 6)));
}

/** Sixteen entries of a table. */
// @ts-ignore: decorator
@inline
function lookUp(table: v128, indices: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(table, indices) : i8x16.swizzle(table, indices);
}

/** Adds the entries of sixteen bytes of signatures: `table` and the next one. */
// @ts-ignore: decorator
@inline
function addByte(total: v128, bytes: v128, table: usize): v128 {
  const low = i8x16.splat(15);
  const sum = i8x16.add_sat_u(total, lookUp(v128.load(table), v128.and(bytes, low)));
  return i8x16.add_sat_u(sum, lookUp(v128.load(table, 16), v128.and(i16x8.shr_u(bytes, 4), low)));
}

/** More than any sum of entries. */
export const ABOVE_ALL: i32 = 32767;

/**
 * Lists the slots of a block whose sums of entries reach `cut` (0 or more), but not `below`, and that are allowed; how many
 * there are.
 */
export function near(
  list: usize, block: Block, tables: usize, words: i32, cut: i32, below: i32, allowed: usize, number: i32,
): i32 {
  const rows = block.count;
  const bytes = <usize>words << 7;
  let at = signaturesOf(block);
  let found = 0;
  let bits = allowed ? allowed + (<usize>number << (BLOCK_LOG2 - 3)) : 0;
  const cuts = i8x16.splat(<i8>min(cut, 255));
  const belows = i8x16.splat(<i8>min(below, 255));
  const open = below > 255;
  for (let first = 0; first < rows; first += 16) {
    let mask: i32;
    if (words <= PART) {
      // Two sums, so that one need not wait for the other.
      let a = i8x16.splat(0);
      let b = i8x16.splat(0);
      for (let j: usize = 0; j < bytes; j += 32) {
        a = addByte(a, v128.load(at + j), tables + (j << 1));
        b = addByte(b, v128.load(at + j, 16), tables + (j << 1) + 32);
      }
      const sums = i8x16.add_sat_u(a, b);
      mask = i8x16.bitmask(i8x16.ge_u(sums, cuts));
      if (!open) mask &= ~i8x16.bitmask(i8x16.ge_u(sums, belows));
    } else mask = reaches(at, tables, bytes, cut, below);
    at += bytes;
    const left = rows - first;
    if (left < 16) mask &= (1 << left) - 1;
    if (bits) {
      mask &= <i32>load<u16>(bits);
      bits += 2;
    }
    while (mask != 0) {
      store<i32>(list + (<usize>found << 2), first + ctz(mask));
      mask &= mask - 1;
      found++;
    }
  }
  return found;
}

/** Which of sixteen signatures of several parts reach `cut`, but not `below`. */
function reaches(at: usize, tables: usize, bytes: usize, cut: i32, below: i32): i32 {
  let low = i16x8.splat(0);
  let high = i16x8.splat(0);
  for (let part: usize = 0; part < bytes; part += <usize>PART << 7) {
    let sum = i8x16.splat(0);
    for (let j = part; j < min(bytes, part + (<usize>PART << 7)); j += 16) {
      sum = addByte(sum, v128.load(at + j), tables + (j << 1));
    }
    low = i16x8.add(low, i16x8.extend_low_i8x16_u(sum));
    high = i16x8.add(high, i16x8.extend_high_i8x16_u(sum));
  }
  const cuts = i16x8.splat(<i16>cut);
  const belows = i16x8.splat(<i16>below);
  low = v128.and(i16x8.ge_u(low, cuts), i16x8.lt_u(low, belows));
  high = v128.and(i16x8.ge_u(high, cuts), i16x8.lt_u(high, belows));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}
