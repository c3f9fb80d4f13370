// Updates of rows that a walk puts off until some rows have their gradients. Their weights and moments are then read and
// written without a break, so that the processor sees what comes next and fetches it: a row's sums read so many samples in
// between that it would begin anew with each row.

import { Optimizer, Rows } from '../layout';
import { updateRow } from '../optimizer/update-row';

/** Rows whose updates are put off, at most, and bytes of their gradients: what stays in a second-level cache. */
const MOST_ROWS: i32 = 16;
const MOST_BYTES: i32 = 65536;

/** A row's number and the gradient of its bias. */
const ROW_BYTES: usize = 8;
const GRADIENTS: usize = <usize>MOST_ROWS * ROW_BYTES;

/** Rows of `bytes` bytes that wait at a time. */
// @ts-ignore: decorator
@inline
export function lateRows(bytes: usize): i32 {
  return max(1, min(MOST_ROWS, MOST_BYTES / <i32>max(bytes, 1)));
}

/** Scratch for them. */
export function lateBytes(bytes: i32): i32 {
  return <i32>GRADIENTS + lateRows(bytes) * bytes;
}

/** Where the gradient of the `i`-th row that waits is. */
// @ts-ignore: decorator
@inline
export function lateGradient(late: usize, i: i32, bytes: usize): usize {
  return late + GRADIENTS + <usize>i * bytes;
}

/** Notes row `row` as the `i`-th that waits. */
// @ts-ignore: decorator
@inline
export function putOff(late: usize, i: i32, row: i32, biasGradient: f32): void {
  const at = late + <usize>i * ROW_BYTES;
  store<i32>(at, row);
  store<f32>(at, biasGradient, 4);
}

/** Updates the `count` rows that wait. */
export function updateLate(rows: Rows, optimizer: Optimizer, late: usize, count: i32, bytes: usize): void {
  for (let i = 0; i < count; i++) {
    const at = late + <usize>i * ROW_BYTES;
    updateRow(rows, optimizer, load<i32>(at), lateGradient(late, i, bytes), load<f32>(at, 4));
  }
}
