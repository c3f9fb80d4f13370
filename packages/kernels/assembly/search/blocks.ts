// Blocks of vectors, as Blocks and Block in layout.ts describe them; src/ops/search/block-reader.ts reads entries, too. A block's
// signatures lie apart from the rest, beside those of other blocks, since a search reads little else: BLOCK_SLOTS * 8 * words
// bytes, for sixteen vectors at a time, byte j of all of them side by side. A block's memory has room for `capacity` vectors (C):
//
//   entries     C of them, each with all that scoring a vector takes: i8 codes, `stride` of them, and four words: f32 what
//               codes are to be multiplied with, i32 their sum, u32 the id, f32 the vector's length or a little more
//   rows        f32, `stride` floats a vector, unless only int8 is kept

import { Block, Blocks } from '../layout';

/** Places of a block, as a power of 2. */
export const BLOCK_LOG2: i32 = 8;
/** The most vectors that a block has room for. */
export const BLOCK_SLOTS: i32 = 1 << BLOCK_LOG2;
const LAST_SLOT: i32 = BLOCK_SLOTS - 1;
const RECORD_BYTES: usize = 28;

// @ts-ignore: decorator
@inline
export function blockAt(blocks: Blocks, number: i32): Block {
  return changetype<Block>(blocks.records + <usize>number * RECORD_BYTES);
}

// @ts-ignore: decorator
@inline
export function signaturesOf(block: Block): usize {
  return block.signatures;
}

/** Bytes of an entry. */
// @ts-ignore: decorator
@inline
export function entryBytes(stride: usize): usize {
  return stride + 16;
}

// @ts-ignore: decorator
@inline
export function entriesOf(block: Block): usize {
  return block.memory;
}

// @ts-ignore: decorator
@inline
export function rowsOf(block: Block, stride: usize): usize {
  return entriesOf(block) + <usize>block.capacity * entryBytes(stride);
}

/** The entry at a place. */
// @ts-ignore: decorator
@inline
export function entryAt(blocks: Blocks, place: i32): usize {
  const entries = entriesOf(blockAt(blocks, place >> BLOCK_LOG2));
  return entries + <usize>(place & LAST_SLOT) * entryBytes(blocks.stride);
}

/** The row at a place. */
// @ts-ignore: decorator
@inline
export function rowAt(blocks: Blocks, place: i32): usize {
  const stride = <usize>blocks.stride;
  return rowsOf(blockAt(blocks, place >> BLOCK_LOG2), stride) + <usize>(place & LAST_SLOT) * (stride << 2);
}

/** Bytes of a block's memory, signatures apart. */
export function blockBytes(capacity: i32, stride: i32, rows: i32): i32 {
  return capacity * (16 + stride * (rows ? 5 : 1));
}

/** Vectors on their way into a block. src/ops/search/blocks.ts writes them. */
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
    const entry = entriesOf(block) + slot * entryBytes(stride);
    memory.copy(entry, staged.codes + <usize>s * stride, stride);
    store<f32>(entry + stride, load<f32>(staged.scales + word));
    store<i32>(entry + stride, load<i32>(staged.sums + word), 4);
    store<u32>(entry + stride, load<u32>(staged.ids + word), 8);
    store<f32>(entry + stride, load<f32>(staged.lengths + word), 12);
    if (blocks.rows) {
      memory.copy(rowsOf(block, stride) + slot * (stride << 2), staged.rows + <usize>s * (stride << 2), stride << 2);
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
    const p = <usize>(source & LAST_SLOT);
    const q = <usize>(target & LAST_SLOT);
    let x = signaturesOf(a) + (p >> 4) * (bytes << 4) + (p & 15);
    let y = signaturesOf(b) + (q >> 4) * (bytes << 4) + (q & 15);
    for (let j: usize = 0; j < bytes; j++) {
      store<u8>(y, load<u8>(x));
      x += 16;
      y += 16;
    }
    memory.copy(entryAt(blocks, target), entryAt(blocks, source), entryBytes(stride));
    if (blocks.rows) memory.copy(rowAt(blocks, target), rowAt(blocks, source), stride << 2);
  }
}
