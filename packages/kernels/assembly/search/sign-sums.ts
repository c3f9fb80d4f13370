// What signatures tell of a query. A vector's signature is the signs of a random rotation of it; the query is rotated as well,
// and kept whole: the sum of its coordinates, each with the sign that the signature has, tells the cosine of their angle, with
// a standard deviation of about sqrt((pi / 2 - 1) / bits) (RaBitQ; Gao and Long, SIGMOD 2024). Four signs at a time are looked
// up in a table of sixteen sums, which SIMD does for sixteen vectors at once (Quick ADC; Andre et al., ICMR 2017).

import { BLOCK_LOG2, signaturesOf } from './blocks';
import { Block } from '../layout';
import { sum } from '../simd';

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

/** The entries of sixteen bytes of signatures, for their low and their high halves. */
// @ts-ignore: decorator
@inline
function entriesOf(bytes: v128, low: v128, high: v128): v128 {
  const four = i8x16.splat(15);
  return i8x16.add_sat_u(lookUp(low, v128.and(bytes, four)), lookUp(high, v128.and(i16x8.shr_u(bytes, 4), four)));
}

/** Adds the entries of sixteen bytes of signatures: `table` and the next one. */
// @ts-ignore: decorator
@inline
function addByte(total: v128, bytes: v128, table: usize): v128 {
  return i8x16.add_sat_u(total, entriesOf(bytes, v128.load(table), v128.load(table, 16)));
}

/** More than any sum of entries. */
export const ABOVE_ALL: i32 = 32767;

/**
 * Lists the places of a block whose sums of entries reach `cut` (0 or more), but not `below`, and that are allowed; how many
 * there are.
 */
export function near(
  list: usize, block: Block, tables: usize, words: i32, cut: i32, below: i32, allowed: usize, number: i32,
): i32 {
  const rows = block.count;
  const bytes = <usize>words << 7;
  const cuts = i8x16.splat(<i8>min(cut, 255));
  // The greatest sum that is listed.
  const most = i8x16.splat(<i8>min(below - 1, 255));
  const bits = allowed ? allowed + (<usize>number << (BLOCK_LOG2 - 3)) : 0;
  let at = signaturesOf(block);
  const place = number << BLOCK_LOG2;
  let found = 0;
  for (let first = 0; first < rows; first += 32) {
    let mask: i32;
    if (words <= PART) {
      let a = i8x16.splat(0);
      let b = i8x16.splat(0);
      // Thirty-two signatures share the loads of tables. The last sixteen may be none, of which nothing is taken.
      const other = at + (first + 16 < rows ? bytes : 0);
      for (let j: usize = 0; j < bytes; j += 64) {
        const table = tables + (j << 1);
        let low = v128.load(table);
        let high = v128.load(table, 16);
        a = i8x16.add_sat_u(a, entriesOf(v128.load(at + j), low, high));
        b = i8x16.add_sat_u(b, entriesOf(v128.load(other + j), low, high));
        low = v128.load(table, 32);
        high = v128.load(table, 48);
        a = i8x16.add_sat_u(a, entriesOf(v128.load(at + j, 16), low, high));
        b = i8x16.add_sat_u(b, entriesOf(v128.load(other + j, 16), low, high));
        low = v128.load(table, 64);
        high = v128.load(table, 80);
        a = i8x16.add_sat_u(a, entriesOf(v128.load(at + j, 32), low, high));
        b = i8x16.add_sat_u(b, entriesOf(v128.load(other + j, 32), low, high));
        low = v128.load(table, 96);
        high = v128.load(table, 112);
        a = i8x16.add_sat_u(a, entriesOf(v128.load(at + j, 48), low, high));
        b = i8x16.add_sat_u(b, entriesOf(v128.load(other + j, 48), low, high));
      }
      mask = within(a, cuts, most) | (within(b, cuts, most) << 16);
    } else {
      mask = reaches(at, tables, bytes, cut, below);
      if (first + 16 < rows) mask |= reaches(at + bytes, tables, bytes, cut, below) << 16;
    }
    at += bytes << 1;
    const left = rows - first;
    if (left < 32) mask &= (1 << left) - 1;
    if (bits) mask &= load<i32>(bits + (<usize>first >> 3));
    while (mask != 0) {
      store<i32>(list + (<usize>found << 2), place + first + ctz(mask));
      mask &= mask - 1;
      found++;
    }
  }
  return found;
}

/** Which of sixteen sums are from `least` to `most`. */
// @ts-ignore: decorator
@inline
function within(sums: v128, least: v128, most: v128): i32 {
  return i8x16.bitmask(v128.and(i8x16.ge_u(sums, least), i8x16.le_u(sums, most)));
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
