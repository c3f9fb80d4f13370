// Search by signatures. What a vector's signature tells of its cosine with the query (see sign-sums.ts), and the greatest length
// in its block, bound the inner product; what may be among the best is scored by its int8 copy, and the best of that in
// float32.

import { BEST_HEADER, bestBytes, decodeBest, keyOf, radixSortKeys, scoreOf } from './best';
import { boundByCentres, boundByLengths, countOf, prefetchNext } from './block-bounds';
import { blockAt, BLOCK_SLOTS, entryAt, rowAt } from './blocks';
import { BINS_BYTES, heldLeast, leastHeld, selectHeld, thinHeld } from './held';
import { Blocks } from '../layout';
import { dot, sum4 } from './scan';
import { int8Products, widen } from './scan-int8';
import { ABOVE_ALL, layTables, near, sumOfOne, sumOfSome, sumOfZero, tableBytes, topSum } from './sign-sums';
import { laneOf, madd } from '../simd';

/** Bands of so few blocks are not worth a look at the centres. */
const FEW: i32 = 4;
/**
 * Promising vectors that wait until there are so many: each is far from the last in memory, which is asked for several of them
 * at once where they are scored one after the other.
 */
const WAITING: i32 = 32;
/** Bytes of their list, with room for those of a block, and for what fills up the last group of four. */
const LIST_BYTES: i32 = (WAITING + BLOCK_SLOTS + 4) << 2;

/** Codes with a factor below this may be 0 (see quantizeRows). */
const COARSE: f32 = 1e-36;
/** What rounding in float32 may do to a score, for lengths of 1. */
const ROUNDING: f32 = 1e-5;

/** How many keys are held before they are thinned. */
// @ts-ignore: decorator
@inline
function fullOf(k: i32): i32 {
  return 2 * k + 32;
}

/** Keys that are held at most: a block may add as many as it has, and those that wait. */
// @ts-ignore: decorator
@inline
function roomOf(k: i32): i32 {
  return fullOf(k) + WAITING + BLOCK_SLOTS;
}

/**
 * Scratch for searchBlocks, of `count` blocks: the query in 16-bit integers, bins, its tables, the slots of a block's promising
 * vectors, keys, places and highest scores, and blocks' bounds.
 */
export function searchBlocksScratchBytes(stride: i32, words: i32, k: i32, count: i32): i32 {
  return (stride << 1) + <i32>BINS_BYTES + <i32>tableBytes(words) + LIST_BYTES + roomOf(k) * 24 + (count << 2);
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
  const list = tables + tableBytes(words);
  const keys = list + LIST_BYTES;
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
    const zero = sumOfZero(projection, words, step);
    const one = sumOfOne(projection, words, step);
    const top = topSum(words);
    const some = sumOfSome(words, zero, one);
    // What rounding may do to a score, for codes of a factor of 1, and for a vector's length of 1.
    const missed: f32 = blocks.rows ? load<f32>(terms + <usize>s * 12, 8) + <f32>0.5 * sqrt(<f32>stride) * queryLength : 0;
    const rounding: f32 = blocks.rows ? ROUNDING * queryLength : 0;
    const whole: f32 = blocks.rows ? queryLength : 0;
    let least = threshold;
    let seen = 0;
    let count = 0;
    let held = 0;
    let waiting = 0;
    for (let band = 0; band < blocks.bandCount && seen < most; band++) {
      const first = load<i32>(blocks.bands + (<usize>band << 2));
      const last = load<i32>(blocks.bands + (<usize>band << 2), 4);
      const looks = last - first > FEW;
      let greatest: f32;
      if (looks) greatest = boundByCentres(bounds, blocks, first, last, planesAt, scale, queryLength, reach, scratch);
      else greatest = boundByLengths(bounds, blocks, first, last, queryLength);
      if (greatest < least) {
        seen += countOf(blocks, first, last);
        continue;
      }
      // The better half of what the bounds span first: what it finds rules out most of the rest.
      const half: f32 = last - first > FEW ? (max(least, <f32>0) + greatest) * <f32>0.5 : -Infinity;
      for (let pass = 0; pass < 2; pass++) {
        for (let at = first; at < last && seen < most; at++) {
          const bound = load<f32>(bounds + (<usize>(at - first) << 2));
          if (i32(bound < half) != pass) continue;
          const number = load<i32>(blocks.order + (<usize>at << 2));
          const block = blockAt(blocks, number);
          seen += block.count;
          if (bound < least) continue;
          const longest = block.longest * queryLength;
          prefetchNext(blocks, bounds, first, at + 1, last, pass == 0 ? max(least, half) : least);
          // While nothing is known of the best, a block's likely ones first: they rule out most of the rest.
          let below = ABOVE_ALL;
          for (let round = least == -Infinity && block.count >= 4 * k ? 0 : 1; round < 2; round++) {
            const cut = round == 0 ? some
              : least <= 0 || longest <= 0 ? <f32>0
              : (least / longest - slack * deviation) * one + zero;
            if (cut > top || <i32>cut >= below) break;
            const found = near(list + (<usize>waiting << 2), block, tables, words, max(0, <i32>cut), below, allowed, number);
            below = <i32>cut;
            if (listed) listIds(listed + (<usize>count << 2), blocks, list + (<usize>waiting << 2), found);
            count += found;
            waiting += found;
            if (waiting < WAITING && least > -Infinity && round == 1) continue;
            held = score(keys, places, highest, held, blocks, list, waiting, planesAt, scale, scratch, least, missed, rounding, whole);
            waiting = 0;
            if (held >= fullOf(k) || (round == 0 && held > k)) {
              held = thinHeld(keys, places, highest, held, k, bins);
              least = max(least, heldLeast);
              // Where many scores are all but equal, it takes exact ones to tell them apart.
              if (held >= fullOf(k)) {
                if (blocks.rows) scoreHeld(keys, places, held, blocks, query);
                selectHeld(keys, places, held, k);
                held = k;
                least = max(least, leastHeld(keys, held));
                for (let i: usize = 0; i < <usize>k; i++) {
                  store<f32>(highest + (i << 2), scoreOf(load<u64>(keys + (i << 3))));
                }
              }
            }
          }
        }
      }
    }
    held = score(keys, places, highest, held, blocks, list, waiting, planesAt, scale, scratch, least, missed, rounding, whole);
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

/** Writes the ids of the listed places. */
function listIds(ids: usize, blocks: Blocks, list: usize, found: i32): void {
  for (let i: usize = 0; i < <usize>found << 2; i += 4) {
    const entry = entryAt(blocks, load<i32>(list + i));
    store<u32>(ids + i, load<u32>(entry + blocks.stride, 8));
  }
}

/**
 * Appends keys of the listed vectors whose scores can reach `least`; how many keys there are then. A score is that of the int8
 * copy, which may be wrong by `missed` times the factor of its codes, and by `rounding` times the vector's length.
 */
function score(
  keys: usize, places: usize, highest: usize, held: i32, blocks: Blocks, list: usize, found: i32,
  planes: usize, scale: f32, wide: usize, least: f32, missed: f32, rounding: f32, whole: f32,
): i32 {
  const stride = <usize>blocks.stride;
  // Places that fill up the last group of four are the first, and not taken.
  for (let i = found; i & 3; i++) store<i32>(list + (<usize>i << 2), load<i32>(list));
  for (let i = 0; i < found; i += 4) {
    const at = list + (<usize>i << 2);
    const p0 = entryAt(blocks, load<i32>(at));
    const p1 = entryAt(blocks, load<i32>(at, 4));
    const p2 = entryAt(blocks, load<i32>(at, 8));
    const p3 = entryAt(blocks, load<i32>(at, 12));
    const products = int8Products(p0, p1, p2, p3, fourWords(p0, p1, p2, p3, stride + 4), planes, wide, stride);
    const factors = fourWords(p0, p1, p2, p3, stride);
    const scores = f32x4.mul(f32x4.mul(products, f32x4.splat(scale)), factors);
    const lengths = fourWords(p0, p1, p2, p3, stride + 12);
    // The smallest floats have codes of 0: of such a vector nothing is known but its length.
    const lost = f32x4.lt(factors, f32x4.splat(COARSE));
    const rounded = v128.bitselect(f32x4.splat(whole), f32x4.splat(rounding), lost);
    const errors = f32x4.add(f32x4.mul(factors, f32x4.splat(missed)), f32x4.mul(lengths, rounded));
    const tops = f32x4.add(scores, errors);
    for (let j = 0; j < min(4, found - i); j++) {
      const top = laneOf(tops, j);
      // Written whether or not it is enough, so that there is no branch to mispredict.
      const id = load<u32>(entryAt(blocks, load<i32>(at + (<usize>j << 2))) + stride, 8);
      store<u64>(keys + (<usize>held << 3), keyOf(laneOf(scores, j) + 0, id));
      store<i32>(places + (<usize>held << 2), load<i32>(at + (<usize>j << 2)));
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
    const p0 = rowAt(blocks, load<i32>(at));
    const p1 = rowAt(blocks, load<i32>(at, 4));
    const p2 = rowAt(blocks, load<i32>(at, 8));
    const p3 = rowAt(blocks, load<i32>(at, 12));
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
    rescore(keys + (<usize>i << 3), dot(rowAt(blocks, load<i32>(places + (<usize>i << 2))), query, bytes));
  }
}
