// Blocks of vectors, as Blocks and Block in layout.ts describe them. A block's memory has room for `capacity` vectors (C):
//
//   signatures  C * 8 * words bytes: for sixteen vectors at a time, byte j of all of them side by side
//   entries     C of them, each with all that scoring a vector takes: i8 codes, `stride` of them, and four words: f32 what
//               codes are to be multiplied with, i32 their sum, u32 the id, f32 the vector's length or a little more
//   rows        f32, `stride` floats a vector, unless only int8 is kept

import { Block, Blocks } from './layout';
import { madd } from './simd';
import { dot, sum4 } from './scan';

/** Places of a block, as a power of 2. */
export const BLOCK_LOG2: i32 = 8;
const SLOTS: i32 = (1 << BLOCK_LOG2) - 1;
const RECORD_BYTES: usize = 24;

// @ts-ignore: decorator
@inline
export function blockAt(blocks: Blocks, number: i32): Block {
  return changetype<Block>(blocks.records + <usize>number * RECORD_BYTES);
}

// @ts-ignore: decorator
@inline
export function signaturesOf(block: Block): usize {
  return block.memory;
}

/** Bytes of an entry. */
// @ts-ignore: decorator
@inline
export function entryBytes(stride: usize): usize {
  return stride + 16;
}

// @ts-ignore: decorator
@inline
export function entriesOf(block: Block, words: i32): usize {
  return block.memory + ((<usize>block.capacity * <usize>words) << 3);
}

// @ts-ignore: decorator
@inline
export function rowsOf(block: Block, words: i32, stride: usize): usize {
  return entriesOf(block, words) + <usize>block.capacity * entryBytes(stride);
}

/** Bytes of a block's memory. */
export function blockBytes(capacity: i32, stride: i32, words: i32, rows: i32): i32 {
  return capacity * (16 + (words << 3) + stride * (rows ? 5 : 1));
}

/** Vectors on their way into a block. Field order is the memory layout, four bytes each; see ../src/blocks.ts. */
@unmanaged
class Staged {
  /** f32, `stride` floats a vector. */
  rows: usize;
  /** f32, 64 * words a vector: bit i of a signature is whether projection i is 0 or more. */
  projections: usize;
  /** As quantizeRows writes them. */
  codes: usize;
  scales: usize;
  sums: usize;
  ids: usize;
  lengths: usize;
}

/** Writes staged vectors begin..end to a block, the s-th to slot first + s. */
export function fillBlock(blocksAt: usize, number: i32, first: i32, stagedAt: usize, begin: i32, end: i32): void {
  const blocks = changetype<Blocks>(blocksAt);
  const staged = changetype<Staged>(stagedAt);
  const block = blockAt(blocks, number);
  const words = blocks.words;
  const stride = <usize>blocks.stride;
  const bytes = <usize>words << 3;
  const zero = f32x4.splat(0);
  for (let s = begin; s < end; s++) {
    const slot = <usize>(first + s);
    const word = <usize>s << 2;
    let to = signaturesOf(block) + (slot >> 4) * (bytes << 4) + (slot & 15);
    let from = staged.projections + (<usize>s * bytes << 5);
    for (const stop = from + (bytes << 5); from < stop; from += 32) {
      const low = i32x4.bitmask(f32x4.ge(v128.load(from), zero));
      const high = i32x4.bitmask(f32x4.ge(v128.load(from, 16), zero));
      store<u8>(to, low | (high << 4));
      to += 16;
    }
    const entry = entriesOf(block, words) + slot * entryBytes(stride);
    memory.copy(entry, staged.codes + <usize>s * stride, stride);
    store<f32>(entry + stride, load<f32>(staged.scales + word));
    store<i32>(entry + stride, load<i32>(staged.sums + word), 4);
    store<u32>(entry + stride, load<u32>(staged.ids + word), 8);
    store<f32>(entry + stride, load<f32>(staged.lengths + word), 12);
    if (blocks.rows) {
      memory.copy(rowsOf(block, words, stride) + slot * (stride << 2), staged.rows + <usize>s * (stride << 2), stride << 2);
    }
  }
}

/** Copies all of the vectors at places from[i] to places to[i], for i in begin..end. */
export function copyPlaces(blocksAt: usize, to: usize, from: usize, begin: i32, end: i32): void {
  const blocks = changetype<Blocks>(blocksAt);
  const words = blocks.words;
  const stride = <usize>blocks.stride;
  const bytes = <usize>words << 3;
  for (let i = begin; i < end; i++) {
    const source = load<i32>(from + (<usize>i << 2));
    const target = load<i32>(to + (<usize>i << 2));
    const a = blockAt(blocks, source >> BLOCK_LOG2);
    const b = blockAt(blocks, target >> BLOCK_LOG2);
    const p = <usize>(source & SLOTS);
    const q = <usize>(target & SLOTS);
    let x = signaturesOf(a) + (p >> 4) * (bytes << 4) + (p & 15);
    let y = signaturesOf(b) + (q >> 4) * (bytes << 4) + (q & 15);
    for (let j: usize = 0; j < bytes; j++) {
      store<u8>(y, load<u8>(x));
      x += 16;
      y += 16;
    }
    const entry = entryBytes(stride);
    memory.copy(entriesOf(b, words) + q * entry, entriesOf(a, words) + p * entry, entry);
    if (blocks.rows) {
      memory.copy(rowsOf(b, words, stride) + q * (stride << 2), rowsOf(a, words, stride) + p * (stride << 2), stride << 2);
    }
  }
}

/** Sixteen codes from `codes` on as floats, times a factor, to `to`. */
// @ts-ignore: decorator
@inline
function widenCodes(to: usize, codes: usize, factor: v128): void {
  const x = v128.load(codes);
  const low = i16x8.extend_low_i8x16_s(x);
  const high = i16x8.extend_high_i8x16_s(x);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), factor));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), factor), 16);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), factor), 32);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), factor), 48);
}

/** The direction of the vector at a place, from its codes: `stride` floats of length 1, or of 0 for a vector of zeros. */
function directionOf(to: usize, blocks: Blocks, place: i32): void {
  const block = blockAt(blocks, place >> BLOCK_LOG2);
  const slot = <usize>(place & SLOTS);
  const stride = <usize>blocks.stride;
  const codes = entriesOf(block, blocks.words) + slot * entryBytes(stride);
  const length = load<f32>(codes + stride, 12);
  const factor: f32 = length > 0 ? load<f32>(codes + stride) / length : 0;
  for (let k: usize = 0; k < stride; k += 16) widenCodes(to + (k << 2), codes + k, f32x4.splat(factor));
}

/** Scratch of the kernels below: two directions. */
export function directionScratchBytes(stride: i32): i32 {
  return stride << 3;
}

/** cosines[i] = that of the directions at places[i] and others[i], for i in begin..end. */
export function pairPlaces(
  cosines: usize, blocksAt: usize, places: usize, others: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
    directionOf(scratch + bytes, blocks, load<i32>(others + (<usize>i << 2)));
    store<f32>(cosines + (<usize>i << 2), dot(scratch, scratch + bytes, bytes));
  }
}

/** cosines[i] = the inner product of the direction at places[i] and `direction`, for i in begin..end. */
export function projectPlaces(
  cosines: usize, blocksAt: usize, places: usize, direction: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
    store<f32>(cosines + (<usize>i << 2), dot(scratch, direction, bytes));
  }
}

/**
 * Sums of directions: that of list l, of begin..end, whose `count` places start at places[l * count], goes to totals + l rows of
 * `stride` floats. Directions are added in the order of the list; where `signs` is not 0, those with signs[i] < 0 are subtracted.
 */
export function sumDirections(
  totals: usize, blocksAt: usize, places: usize, signs: usize, count: i32, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let l = begin; l < end; l++) {
    const total = totals + <usize>l * bytes;
    memory.fill(total, 0, bytes);
    for (let i = l * count; i < (l + 1) * count; i++) {
      directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
      const sign = f32x4.splat(signs && load<f32>(signs + (<usize>i << 2)) < 0 ? -1 : 1);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(total + at, madd(v128.load(scratch + at), sign, v128.load(total + at)));
      }
    }
  }
}

/**
 * numbers[i] = the block, of those in `order` from bands[band] on, whose centre is nearest to the direction at places[i], for
 * i in begin..end; of equal ones the first. band[i] is the band that the vector is for; one without blocks gives -1.
 */
export function routePlaces(
  numbers: usize, blocksAt: usize, places: usize, bandOf: usize, begin: i32, end: i32, scratch: usize,
): void {
  const blocks = changetype<Blocks>(blocksAt);
  const bytes = <usize>blocks.stride << 2;
  for (let i = begin; i < end; i++) {
    const band = blocks.bands + (<usize>load<i32>(bandOf + (<usize>i << 2)) << 2);
    const first = load<i32>(band);
    const last = load<i32>(band, 4);
    let best = first < last ? load<i32>(blocks.order + (<usize>first << 2)) : -1;
    if (last - first > 1) {
      directionOf(scratch, blocks, load<i32>(places + (<usize>i << 2)));
      let most: f32 = -Infinity;
      for (let at = first; at < last; at += 4) {
        const cosines = fourCosines(blocks, at, last, scratch, bytes);
        for (let j = 0; j < min(4, last - at); j++) {
          const cosine = j == 0 ? f32x4.extract_lane(cosines, 0)
            : j == 1 ? f32x4.extract_lane(cosines, 1)
            : j == 2 ? f32x4.extract_lane(cosines, 2)
            : f32x4.extract_lane(cosines, 3);
          if (cosine > most) {
            most = cosine;
            best = load<i32>(blocks.order + (<usize>(at + j) << 2));
          }
        }
      }
    }
    store<i32>(numbers + (<usize>i << 2), best);
  }
}

/** Inner products of `row` with the centres of the four blocks in `order` from `at` on; past `last` the first one again. */
// @ts-ignore: decorator
@inline
export function fourCosines(blocks: Blocks, at: i32, last: i32, row: usize, bytes: usize): v128 {
  const list = blocks.order + (<usize>at << 2);
  const centres = blocks.centres;
  const p0 = centres + <usize>load<i32>(list) * bytes;
  const p1 = at + 1 < last ? centres + <usize>load<i32>(list, 4) * bytes : p0;
  const p2 = at + 2 < last ? centres + <usize>load<i32>(list, 8) * bytes : p0;
  const p3 = at + 3 < last ? centres + <usize>load<i32>(list, 12) * bytes : p0;
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) {
    const x = v128.load(row + k);
    a = madd(v128.load(p0 + k), x, a);
    b = madd(v128.load(p1 + k), x, b);
    c = madd(v128.load(p2 + k), x, c);
    d = madd(v128.load(p3 + k), x, d);
  }
  return sum4(a, b, c, d);
}
