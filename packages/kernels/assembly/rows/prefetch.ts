// Prefetching, which WebAssembly has no instruction for. The rows that a batch visits lie too far apart for the processor
// to guess the next: reading a byte of each of its cache lines has them on their way while the row before is computed.

import { Optimizer, Rows } from '../layout';

/** Rows that are nearer than this come by the processor's own prefetching. */
const FAR: i32 = 4;

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
let read: u32 = 0;

/** Reads a byte of each cache line from `at` on. */
// @ts-ignore: decorator
@inline
export function touch(at: usize, bytes: usize): void {
  let all: u32 = 0;
  for (let i: usize = 0; i < bytes; i += 64) all |= load<u8>(at + i);
  read = all;
}

/** The visited row after `v`, or 0 if it is near to row `r` or is not before `end`. */
// @ts-ignore: decorator
@inline
export function farRow(visited: usize, v: i32, end: i32, r: i32): i32 {
  if (v + 1 >= end) return 0;
  const next = load<i32>(visited + (<usize>v << 2), 4);
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
}
