// Prefetching, which WebAssembly has no instruction for. The rows that a batch visits lie too far apart for the processor
// to guess the next: reading a byte of each of its cache lines has them on their way while the row before is computed.

import { Optimizer, Pairs, Rows } from '../layout';
import { BLOCK } from './tiles';

/** Rows that are nearer than this come by the processor's own prefetching. */
const FAR: i32 = 4;

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
let read: u32 = 0;

/** Reads a byte of each cache line from `at` on: four a turn, for the more are on their way the fewer instructions there are. */
// @ts-ignore: decorator
@inline
export function touch(at: usize, bytes: usize): void {
  let all: u32 = 0;
  let i: usize = 0;
  for (; i + 256 <= bytes; i += 256) {
    all |= load<u8>(at + i) | load<u8>(at + i, 64) | load<u8>(at + i, 128) | load<u8>(at + i, 192);
  }
  for (; i < bytes; i += 64) all |= load<u8>(at + i);
  read = all;
}

/** The row after the `v`-th of a list, or 0 if it is near to row `r` or is not before `end`. */
// @ts-ignore: decorator
@inline
export function farRow(list: usize, v: i32, end: i32, r: i32): i32 {
  if (v + 1 >= end) return 0;
  const next = load<i32>(list + (<usize>v << 2), 4);
  return next - r > FAR ? next : 0;
}

/** Touches the weights of row `r`. */
export function prefetchWeights(rows: Rows, r: i32): void {
  const bytes = <usize>rows.stride << 2;
  touch(rows.weights + <usize>r * bytes, bytes);
}

/** Touches all that an update of row `r` reads. */
export function prefetchRow(rows: Rows, optimizer: Optimizer, r: i32): void {
  prefetchWeights(rows, r);
  const bytes = <usize>rows.stride << 2;
  if (rows.first) {
    const firstBytes = optimizer.firstFormat == 1 ? bytes >> 1 : bytes;
    touch(rows.first + <usize>r * firstBytes, firstBytes);
  }
  if (rows.second && optimizer.secondFormat != 2) {
    const secondBytes = optimizer.secondFormat == 1 ? bytes >> 1 : bytes;
    touch(rows.second + <usize>r * secondBytes, secondBytes);
  }
  const one = <usize>r << 2;
  let all: u32 = 0;
  if (rows.steps) all |= load<u32>(rows.steps + one);
  if (rows.touched) all |= load<u32>(rows.touched + one);
  if (rows.bias) all |= load<u32>(rows.bias + one);
  if (rows.biasFirst) all |= load<u32>(rows.biasFirst + one);
  if (rows.biasSecond) all |= load<u32>(rows.biasSecond + one);
  read = all;
}

/** Bytes of rows that are touched ahead at once, at most: a part of a first-level cache. */
const AHEAD_BYTES: i32 = 12288;

/** Visits that are touched ahead at once, of rows of so many bytes: memory gives many lines at a time in little more than one. */
// @ts-ignore: decorator
@inline
export function visitsAhead(bytes: usize): i32 {
  return max(1, min(BLOCK, AHEAD_BYTES / <i32>max(bytes, 1)));
}

/** Touches the weights of the rows begin..end of `pairs`, each if it is far from the one before. */
export function prefetchWeightsOf(rows: Rows, pairs: Pairs, begin: i32, end: i32): void {
  for (let o = begin; o < end; o++) {
    const r = rowAt(pairs, o);
    if (isFar(pairs, o, r)) prefetchWeights(rows, r);
  }
}

/** The same of all that updates of the rows read. */
export function prefetchRowsOf(rows: Rows, pairs: Pairs, optimizer: Optimizer, begin: i32, end: i32): void {
  for (let o = begin; o < end; o++) {
    const r = rowAt(pairs, o);
    if (isFar(pairs, o, r)) prefetchRow(rows, optimizer, r);
  }
}

/** The `o`-th row. */
// @ts-ignore: decorator
@inline
function rowAt(pairs: Pairs, o: i32): i32 {
  return load<i32>(pairs.rows + (<usize>o << 2));
}

/** Whether row `r`, the `o`-th, is not just after the one before. */
// @ts-ignore: decorator
@inline
function isFar(pairs: Pairs, o: i32, r: i32): bool {
  return o == 0 || <u32>(r - rowAt(pairs, o - 1)) > <u32>FAR;
}
