// Search by signatures. A vector's signature is the signs of a random rotation of it; the query is rotated as well, and kept
// whole: the sum of its coordinates, each with the sign that the signature has, tells the cosine of their angle, with an
// error of some sqrt((pi / 2 - 1) / bits) (RaBitQ; Gao and Long, SIGMOD 2024). Four signs at a time are looked up in a
// table of sixteen sums, which SIMD does for sixteen vectors at once. With the block's greatest length the cosine bounds the
// inner product; what may be among the best is scored by its int8 copy, and the best of that in float32.

import {
  BEST_HEADER, BINS_BYTES, bestBytes, clearBest, decodeBest, finishBest, keyOf, offer, radixSortKeys, scoreOf,
} from './best';
import { blockAt, BLOCK_LOG2, entriesOf, entryBytes, rowsOf, signaturesOf } from './blocks';
import { gather } from './score-lists';
import { heldLeast, leastHeld, selectHeld, thinHeld } from './held';
import { int8Products, widen } from './scan-int8';
import { Block, Blocks } from './layout';
import { dot, sum4 } from './scan';
import { madd } from './simd';

/** Words of 64 bits whose sums fit into 8 bits at once. */
const PART: i32 = 2;
/** Mean magnitude of a coordinate of a random direction, times the square root of their number. */
const MEAN: f32 = 0.7978845608;
/** By how much a bound may be too low in 32-bit floats. */
const MORE: f32 = 1.00001;
/** What rounding in float32 may do to a score, for lengths of 1. */
const ROUNDING: f32 = 1e-5;
/** Bands of so few blocks are not worth a look at the centres. */
const FEW: i32 = 4;

/** How many keys are held before they are thinned. */
// @ts-ignore: decorator
@inline
function fullOf(k: i32): i32 {
  return 2 * k + 32;
}

/** Keys that are held at most: a block may add as many as it has. */
// @ts-ignore: decorator
@inline
function roomOf(k: i32): i32 {
  return fullOf(k) + (1 << BLOCK_LOG2);
}

/**
 * Scratch for searchBlocks, of `count` blocks: the query in 16-bit integers, bins, its tables, the slots of a block's promising
 * vectors, keys, places and highest scores, and blocks' bounds.
 */
export function searchBlocksScratchBytes(stride: i32, words: i32, k: i32, count: i32): i32 {
  const list = ((1 << BLOCK_LOG2) + 8) << 2;
  return (stride << 1) + <i32>BINS_BYTES + (words << 8) + list + roomOf(k) * 24 + (count << 2);
}

/**
 * The k best found for queries begin..end, query s's record (see best.ts) at best + s * bestBytes(k). `queries` are laid out as
 * rows are, `planes` and `terms` as in scanInt8, and `projections` has 64 * words floats for each.
 * A vector is scored if the greatest inner product that its block's greatest length, and a cosine `slack` standard deviations
 * above the one that its signature tells, allow for reaches the least of what is held. A block is left out if this cannot be
 * so for a cosine `reach` deviations above what its centre tells. No more blocks are visited once `most` vectors were, or
 * lengths show that none can be among the best.
 * `deviation` is the standard deviation of what a signature tells. Scores below `threshold` do not count. `allowed` has a bit
 * for each place, or is 0. scored[s] counts the vectors that were scored; unless `listed` is 0, their ids go there, for one
 * query, s = 0.
 */
export function searchBlocks(
  best: usize, scored: usize, listed: usize, blocksAt: usize, queries: usize, planes: usize, terms: usize,
  projections: usize, k: i32, most: i32, slack: f32, reach: f32, deviation: f32, threshold: f32, allowed: usize,
  begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const stride = <usize>blocks.stride;
  const words = blocks.words;
  const bins = scratch + (stride << 1);
  const tables = bins + BINS_BYTES;
  const list = tables + (<usize>words << 8);
  const keys = list + (<usize>((1 << BLOCK_LOG2) + 8) << 2);
  const other = keys + (<usize>roomOf(k) << 3);
  const places = other + (<usize>roomOf(k) << 3);
  const highest = places + (<usize>roomOf(k) << 2);
  const bounds = highest + (<usize>roomOf(k) << 2);
  for (let s = begin; s < end; s++) {
    const planesAt = planes + <usize>s * (stride << 1);
    const scale = load<f32>(terms + <usize>s * 12);
    const queryLength = load<f32>(terms + <usize>s * 12, 4);
    const query = queries + <usize>s * (stride << 2);
    if (!ASC_FEATURE_RELAXED_SIMD) widen(scratch, planesAt, stride);
    const projection = projections + (<usize>s * words << 8);
    const step = layTables(tables, projection, words);
    // What the cosines -1 and 1 become, as sums of table entries: `zero` is that of 0, `one` that of 1 less it.
    const zero = step * absoluteSum(projection, words);
    const one = step * MEAN * sqrt(<f32>(words << 6) * squaredSum(projection, words));
    const top = 255 * ((words + PART - 1) / PART);
    // What rounding may do to a score, for a code's factor of 1 and for a vector's length of 1.
    const missed: f32 = blocks.rows ? load<f32>(terms + <usize>s * 12, 8) + <f32>0.5 * sqrt(<f32>stride) * queryLength : 0;
    const rounding: f32 = blocks.rows ? ROUNDING * queryLength : 0;
    let least = threshold;
    let seen = 0;
    let count = 0;
    let held = 0;
    for (let band = 0; band < blocks.bandCount && seen < most; band++) {
      const first = load<i32>(blocks.bands + (<usize>band << 2));
      const last = load<i32>(blocks.bands + (<usize>band << 2), 4);
      const looks = last - first > FEW && least > -Infinity;
      let greatest: f32;
      if (looks) greatest = boundByCentres(bounds, blocks, first, last, planesAt, scale, queryLength, reach, scratch);
      else greatest = boundByLengths(bounds, blocks, first, last, queryLength);
      if (greatest < least) {
        seen += countOf(blocks, first, last);
        continue;
      }
      // The better half of what the bounds span first: what it finds rules out most of the rest.
      let above = last - first > FEW ? (max(least, <f32>0) + greatest) * <f32>0.5 : -Infinity;
      let below: f32 = Infinity;
      for (;;) {
        for (let at = first; at < last && seen < most; at++) {
          const bound = load<f32>(bounds + (<usize>(at - first) << 2));
          if (bound < above || bound >= below) continue;
          const number = load<i32>(blocks.order + (<usize>at << 2));
          const block = blockAt(blocks, number);
          seen += block.count;
          if (bound < least) continue;
          const longest = block.longest * queryLength;
          const cut = least <= 0 || longest <= 0 ? <f32>0 : (least / longest - slack * deviation) * one + zero;
          if (cut > <f32>top) continue;
          touchNext(blocks, bounds, first, at + 1, last, max(least, above));
          const found = near(list, block, tables, words, max(0, <i32>cut), allowed, number);
          if (found == 0) continue;
          for (let i = 0; i < found && listed; i++) {
            const slot = <usize>load<i32>(list + (<usize>i << 2));
            const entry = entriesOf(block, words) + slot * entryBytes(stride);
            store<u32>(listed + (<usize>(count + i) << 2), load<u32>(entry + stride, 8));
          }
          count += found;
          held = score(
            keys, places, highest, held, blocks, block, number, list, found, planesAt, scale, scratch, least, missed,
            rounding * block.longest,
          );
          if (held >= fullOf(k)) {
            held = thinHeld(keys, places, highest, held, k, bins);
            least = max(least, heldLeast);
            // Where many scores are all but equal, it takes exact ones to tell them apart.
            if (held >= fullOf(k)) {
              if (blocks.rows) scoreHeld(keys, places, held, blocks, query);
              selectHeld(keys, places, held, k);
              held = k;
              least = max(least, leastHeld(keys, held));
              for (let i = 0; i < k; i++) {
                store<f32>(highest + (<usize>i << 2), scoreOf(load<u64>(keys + (<usize>i << 3))));
              }
            }
          }
        }
        if (above == -Infinity) break;
        below = above;
        above = -Infinity;
      }
    }
    if (held > k) held = thinHeld(keys, places, highest, held, k, bins);
    if (blocks.rows) scoreHeld(keys, places, held, blocks, query);
    radixSortKeys(keys, held, other, bins);
    while (held > 0 && scoreOf(load<u64>(keys + (<usize>(held - 1) << 3))) < threshold) held--;
    const record = best + <usize>s * bestBytes(k);
    const length = min(held, k);
    store<i32>(record, length);
    memory.copy(record + BEST_HEADER, keys, <usize>length << 3);
    decodeBest(record);
    store<i32>(scored + (<usize>s << 2), count);
  }
}

/** Vectors of a band's blocks. */
function countOf(blocks: Blocks, first: i32, last: i32): i32 {
  let count = 0;
  for (let at = first; at < last; at++) count += blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))).count;
  return count;
}

/** Bounds of the inner products with vectors of blocks first..last of the order, from lengths alone; the highest of them. */
function boundByLengths(bounds: usize, blocks: Blocks, first: i32, last: i32, queryLength: f32): f32 {
  let highest: f32 = 0;
  for (let at = first; at < last; at++) {
    const bound = blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))).longest * queryLength * MORE;
    store<f32>(bounds + (<usize>(at - first) << 2), bound);
    highest = max(highest, bound);
  }
  return highest;
}

/** The same, from the query's cosines with the centres, too. */
function boundByCentres(
  bounds: usize, blocks: Blocks, first: i32, last: i32, planes: usize, scale: f32, queryLength: f32, reach: f32, wide: usize,
): f32 {
  const stride = <usize>blocks.stride;
  const codes = blocks.centreCodes;
  let highest: f32 = 0;
  for (let at = first; at < last; at += 4) {
    const list = blocks.order + (<usize>at << 2);
    const r0 = <usize>load<i32>(list);
    const r1 = at + 1 < last ? <usize>load<i32>(list, 4) : r0;
    const r2 = at + 2 < last ? <usize>load<i32>(list, 8) : r0;
    const r3 = at + 3 < last ? <usize>load<i32>(list, 12) : r0;
    const products = int8Products(
      codes + r0 * stride, codes + r1 * stride, codes + r2 * stride, codes + r3 * stride,
      gather(blocks.centreSums, r0, r1, r2, r3), planes, wide, stride,
    );
    const dots = f32x4.mul(f32x4.mul(products, f32x4.splat(scale)), gather(blocks.centreScales, r0, r1, r2, r3));
    for (let j = 0; j < min(4, last - at); j++) {
      const block = blockAt(blocks, load<i32>(list + (<usize>j << 2)));
      const along = laneOf(dots, j);
      const across = sqrt(max(<f32>0, queryLength * queryLength - along * along));
      const product = block.alignment * along + reach * block.spread * across;
      const bound = block.longest * max(<f32>0, min(product, queryLength)) * MORE;
      store<f32>(bounds + (<usize>(at - first + j) << 2), bound);
      highest = max(highest, bound);
    }
  }
  return highest;
}

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
let read: u32 = 0;

/** Reads the first lines of the next block to be visited, so that they are on their way while this one is computed. */
function touchNext(blocks: Blocks, bounds: usize, first: i32, at: i32, last: i32, least: f32): void {
  while (at < last && load<f32>(bounds + (<usize>(at - first) << 2)) < least) at++;
  if (at == last) return;
  const start = signaturesOf(blockAt(blocks, load<i32>(blocks.order + (<usize>at << 2))));
  read = load<u8>(start) | load<u8>(start, 64) | load<u8>(start, 128) | load<u8>(start, 192);
}

// @ts-ignore: decorator
@inline
function laneOf(four: v128, lane: i32): f32 {
  return lane == 0 ? f32x4.extract_lane(four, 0)
    : lane == 1 ? f32x4.extract_lane(four, 1)
    : lane == 2 ? f32x4.extract_lane(four, 2)
    : f32x4.extract_lane(four, 3);
}

function absoluteSum(projection: usize, words: i32): f32 {
  let total: f32 = 0;
  for (let at: usize = 0; at < <usize>words << 8; at += 4) total += abs(load<f32>(projection + at));
  return total;
}

function squaredSum(projection: usize, words: i32): f32 {
  let total: f32 = 0;
  for (let at: usize = 0; at < <usize>words << 8; at += 4) total += load<f32>(projection + at) * load<f32>(projection + at);
  return total;
}

/**
 * Writes the query's tables: one of sixteen bytes for four coordinates p, entry c being the sum of p[i] where bit i of c is 1
 * and -p[i] where not, less the least of the sixteen, times a factor, which it gives: such that the sums of a part fit.
 */
function layTables(tables: usize, projection: usize, words: i32): f32 {
  let greatest: f32 = 0;
  for (let first = 0; first < words; first += PART) {
    greatest = max(greatest, absoluteSum(projection + (<usize>first << 8), min(PART, words - first)));
  }
  const step: f32 = greatest > 0 ? <f32>127.5 / greatest : 0;
  for (let m = 0; m < words << 4; m++) {
    const at = projection + (<usize>m << 4);
    const p0 = load<f32>(at) * step;
    const p1 = load<f32>(at, 4) * step;
    const p2 = load<f32>(at, 8) * step;
    const p3 = load<f32>(at, 12) * step;
    const base = abs(p0) + abs(p1) + abs(p2) + abs(p3);
    for (let c = 0; c < 16; c++) {
      const sum = base + (c & 1 ? p0 : -p0) + (c & 2 ? p1 : -p1) + (c & 4 ? p2 : -p2) + (c & 8 ? p3 : -p3);
      store<u8>(tables + (<usize>m << 4) + c, <u8>nearest(sum));
    }
  }
  return step;
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

/** Lists the slots whose sums of entries reach `cut`; how many there are. */
function near(list: usize, block: Block, tables: usize, words: i32, cut: i32, allowed: usize, number: i32): i32 {
  const rows = block.count;
  const bytes = <usize>words << 7;
  let at = signaturesOf(block);
  let found = 0;
  let bits = allowed ? allowed + (<usize>number << (BLOCK_LOG2 - 3)) : 0;
  const cuts = i8x16.splat(<i8>min(cut, 255));
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
      mask = i8x16.bitmask(i8x16.ge_u(i8x16.add_sat_u(a, b), cuts));
    } else mask = reaches(at, tables, bytes, cut);
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

/** Which of sixteen signatures of several parts reach `cut`. */
function reaches(at: usize, tables: usize, bytes: usize, cut: i32): i32 {
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
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.ge_u(low, cuts), i16x8.ge_u(high, cuts)));
}

/**
 * Appends keys of the listed vectors whose scores can reach `least`; how many keys there are then. A score is that of the int8
 * copy, which may be wrong by `missed` times the factor of its codes, and `rounding`.
 */
function score(
  keys: usize, places: usize, highest: usize, held: i32, blocks: Blocks, block: Block, number: i32, list: usize, found: i32,
  planes: usize, scale: f32, wide: usize, least: f32, missed: f32, rounding: f32,
): i32 {
  const stride = <usize>blocks.stride;
  const entries = entriesOf(block, blocks.words);
  const bytes = entryBytes(stride);
  const first = number << BLOCK_LOG2;
  // Slots that fill up the last group of four are slot 0, and not taken.
  for (let i = found; i & 3; i++) store<i32>(list + (<usize>i << 2), 0);
  for (let i = 0; i < found; i += 4) {
    const at = list + (<usize>i << 2);
    const p0 = entries + <usize>load<i32>(at) * bytes;
    const p1 = entries + <usize>load<i32>(at, 4) * bytes;
    const p2 = entries + <usize>load<i32>(at, 8) * bytes;
    const p3 = entries + <usize>load<i32>(at, 12) * bytes;
    const products = int8Products(p0, p1, p2, p3, fourWords(p0, p1, p2, p3, stride + 4), planes, wide, stride);
    const factors = fourWords(p0, p1, p2, p3, stride);
    const scores = f32x4.mul(f32x4.mul(products, f32x4.splat(scale)), factors);
    const errors = f32x4.add(f32x4.mul(factors, f32x4.splat(missed)), f32x4.splat(rounding));
    const tops = f32x4.add(scores, errors);
    for (let j = 0; j < min(4, found - i); j++) {
      const slot = load<i32>(at + (<usize>j << 2));
      const top = laneOf(tops, j);
      // Written whether or not it is enough, so that there is no branch to mispredict.
      const id = load<u32>(entries + <usize>slot * bytes + stride, 8);
      store<u64>(keys + (<usize>held << 3), keyOf(laneOf(scores, j) + 0, id));
      store<i32>(places + (<usize>held << 2), first + slot);
      store<f32>(highest + (<usize>held << 2), top);
      held += i32(top >= least);
    }
  }
  return held;
}

/** The words at an offset of four entries. */
// @ts-ignore: decorator
@inline
function fourWords(p0: usize, p1: usize, p2: usize, p3: usize, offset: usize): v128 {
  let four = v128.load32_zero(p0 + offset);
  four = v128.load32_lane(p1 + offset, four, 1);
  four = v128.load32_lane(p2 + offset, four, 2);
  return v128.load32_lane(p3 + offset, four, 3);
}

/** The row at a place. */
// @ts-ignore: decorator
@inline
function rowAt(blocks: Blocks, at: usize): usize {
  const place = load<i32>(at);
  const stride = <usize>blocks.stride;
  const slot = <usize>(place & ((1 << BLOCK_LOG2) - 1));
  return rowsOf(blockAt(blocks, place >> BLOCK_LOG2), blocks.words, stride) + slot * (stride << 2);
}

/** Gives a key another score. */
// @ts-ignore: decorator
@inline
function rescore(key: usize, score: f32): void {
  store<u64>(key, keyOf(score + 0, ~(<u32>load<u64>(key))));
}

/** Makes the scores of keys those in float32. */
function scoreHeld(keys: usize, places: usize, held: i32, blocks: Blocks, query: usize): void {
  const bytes = <usize>blocks.stride << 2;
  let i = 0;
  // Four rows at a time: each is far from the last, and memory is asked for them all at once.
  for (; i + 4 <= held; i += 4) {
    const at = places + (<usize>i << 2);
    const p0 = rowAt(blocks, at);
    const p1 = rowAt(blocks, at + 4);
    const p2 = rowAt(blocks, at + 8);
    const p3 = rowAt(blocks, at + 12);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let j: usize = 0; j < bytes; j += 16) {
      const q = v128.load(query + j);
      a = madd(v128.load(p0 + j), q, a);
      b = madd(v128.load(p1 + j), q, b);
      c = madd(v128.load(p2 + j), q, c);
      d = madd(v128.load(p3 + j), q, d);
    }
    const scores = sum4(a, b, c, d);
    const key = keys + (<usize>i << 3);
    rescore(key, f32x4.extract_lane(scores, 0));
    rescore(key + 8, f32x4.extract_lane(scores, 1));
    rescore(key + 16, f32x4.extract_lane(scores, 2));
    rescore(key + 24, f32x4.extract_lane(scores, 3));
  }
  for (; i < held; i++) {
    rescore(keys + (<usize>i << 3), dot(rowAt(blocks, places + (<usize>i << 2)), query, bytes));
  }
}

/**
 * The k best among `length` listed places for queries begin..end, of scores that reach `threshold`; records, queries, planes and
 * terms as in searchBlocks. Scratch of int8ScratchBytes.
 */
export function scorePlaces(
  best: usize, blocksAt: usize, queries: usize, planes: usize, terms: usize, k: i32, list: usize, length: i32, threshold: f32,
  begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const words = blocks.words;
  const stride = <usize>blocks.stride;
  for (let s = begin; s < end; s++) {
    const record = best + <usize>s * bestBytes(k);
    clearBest(record);
    const query = queries + <usize>s * (stride << 2);
    const planesAt = planes + <usize>s * (stride << 1);
    const scale = load<f32>(terms + <usize>s * 12);
    if (!ASC_FEATURE_RELAXED_SIMD) widen(scratch, planesAt, stride);
    for (let i = 0; i < length; i++) {
      const at = list + (<usize>i << 2);
      const place = load<i32>(at);
      const slot = <usize>(place & ((1 << BLOCK_LOG2) - 1));
      const entry = entriesOf(blockAt(blocks, place >> BLOCK_LOG2), words) + slot * entryBytes(stride);
      let score: f32;
      if (blocks.rows) score = dot(rowAt(blocks, at), query, stride << 2);
      else {
        const sums = v128.load32_splat(entry + stride, 4);
        const products = int8Products(entry, entry, entry, entry, sums, planesAt, scratch, stride);
        score = f32x4.extract_lane(products, 0) * scale * load<f32>(entry + stride);
      }
      if (score >= threshold) offer(record, k, score, load<u32>(entry + stride, 8));
    }
    finishBest(record);
  }
}
