// What hash kernels read and write. They take four vectors at a time, side by side in the four lanes of a SIMD vector, so
// that each lane does what a scalar program would do for one vector: no step depends on who its neighbours are.

import { transpose4 } from '../simd';

/** Vectors to hash, and where their codes go. src/ops/hash/batch.ts writes it. */
@unmanaged
export class HashBatch {
  /** u32: vector s has its code of table t at codes[t * codeStride + row], its row being s, or rows[s] if there is a list. */
  codes: usize;
  codeStride: i32;
  /** i32, one a vector, or 0. */
  rows: usize;
  /** f32: the row's `width` coordinates from row * stride on; of sparse vectors, the non-zeros. */
  values: usize;
  stride: i32;
  width: i32;
  /** i32: vector s has non-zeros offsets[s] to offsets[s + 1]; 0 if the vectors are dense. */
  offsets: usize;
  /** u32: the coordinate of each non-zero, below `width`. */
  ids: usize;
  /** f32: coordinates `width` to width + tailWidth of the row, from row * tailWidth on. */
  tail: usize;
  tailWidth: i32;
}

/** Where vector s stands: its row, and the column of its codes. */
// @ts-ignore: decorator
@inline
export function rowOf(batch: HashBatch, s: i32): i32 {
  const rows = batch.rows;
  return rows ? load<i32>(rows + (<usize>s << 2)) : s;
}

/**
 * Lays vectors s to s + live (1 to 4) side by side: coordinate k of vector s + i goes to lane i at to + k * step (bytes).
 * Lanes that have no vector get what does no harm.
 */
export function loadFour(batch: HashBatch, to: usize, step: usize, s: i32, live: i32): void {
  const r0 = rowOf(batch, s);
  const r1 = live > 1 ? rowOf(batch, s + 1) : r0;
  const r2 = live > 2 ? rowOf(batch, s + 2) : r0;
  const r3 = live > 3 ? rowOf(batch, s + 3) : r0;
  const width = batch.width;
  if (batch.offsets) {
    for (let k = 0; k < width; k++) v128.store(to + <usize>k * step, f32x4.splat(0));
    for (let i = 0; i < live; i++) scatterLane(batch, to + (<usize>i << 2), step, s + i);
  } else loadRows(batch.values, batch.stride, width, to, step, r0, r1, r2, r3);
  if (batch.tailWidth) {
    loadRows(batch.tail, batch.tailWidth, batch.tailWidth, to + <usize>width * step, step, r0, r1, r2, r3);
  }
}

/** The non-zeros of vector s, to one lane. */
function scatterLane(batch: HashBatch, to: usize, step: usize, s: i32): void {
  const end = <usize>load<i32>(batch.offsets + (<usize>s << 2), 4) << 2;
  for (let i = <usize>load<i32>(batch.offsets + (<usize>s << 2)) << 2; i < end; i += 4) {
    store<f32>(to + <usize>load<i32>(batch.ids + i) * step, load<f32>(batch.values + i));
  }
}

/** The non-zeros of sparse vectors s to s + live, tails and all, to where loadFour has them; or zeros in their stead. */
export function scatterFour(batch: HashBatch, to: usize, s: i32, live: i32, clear: boolean): void {
  for (let i = 0; i < live; i++) {
    const lane = to + (<usize>i << 2);
    const end = <usize>load<i32>(batch.offsets + (<usize>(s + i) << 2), 4) << 2;
    for (let p = <usize>load<i32>(batch.offsets + (<usize>(s + i) << 2)) << 2; p < end; p += 4) {
      store<f32>(lane + (<usize>load<i32>(batch.ids + p) << 4), clear ? 0 : load<f32>(batch.values + p));
    }
    const tail = batch.tail + ((<usize>rowOf(batch, s + i) * batch.tailWidth) << 2);
    for (let k = 0; k < batch.tailWidth; k++) {
      store<f32>(lane + (<usize>(batch.width + k) << 4), clear ? 0 : load<f32>(tail + (<usize>k << 2)));
    }
  }
}

/** For every set of four lanes (a bit each), the bytes of its lanes in their order, and then of any. */
const TO_FRONT: usize = memory.data<u8>([
  0,1,2,3,0,1,2,3,0,1,2,3,0,1,2,3,
  0,1,2,3,0,1,2,3,0,1,2,3,0,1,2,3,
  4,5,6,7,0,1,2,3,0,1,2,3,0,1,2,3,
  0,1,2,3,4,5,6,7,0,1,2,3,0,1,2,3,
  8,9,10,11,0,1,2,3,0,1,2,3,0,1,2,3,
  0,1,2,3,8,9,10,11,0,1,2,3,0,1,2,3,
  4,5,6,7,8,9,10,11,0,1,2,3,0,1,2,3,
  0,1,2,3,4,5,6,7,8,9,10,11,0,1,2,3,
  12,13,14,15,0,1,2,3,0,1,2,3,0,1,2,3,
  0,1,2,3,12,13,14,15,0,1,2,3,0,1,2,3,
  4,5,6,7,12,13,14,15,0,1,2,3,0,1,2,3,
  0,1,2,3,4,5,6,7,12,13,14,15,0,1,2,3,
  8,9,10,11,12,13,14,15,0,1,2,3,0,1,2,3,
  0,1,2,3,8,9,10,11,12,13,14,15,0,1,2,3,
  4,5,6,7,8,9,10,11,12,13,14,15,0,1,2,3,
  0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,
], 16);

/**
 * Lists the non-zeros of vector s, dense or sparse, tail and all: their coordinates, and their values unless `values` is
 * 0. Returns how many there are. Places are written for each coordinate of a dense vector, or each pair of a sparse one, the
 * tail's coordinates and four more.
 */
export function listNonZeros(batch: HashBatch, s: i32, ids: usize, values: usize): i32 {
  const row = rowOf(batch, s);
  let count: usize = 0;
  if (batch.offsets) {
    const end = <usize>load<i32>(batch.offsets + (<usize>s << 2), 4) << 2;
    for (let p = <usize>load<i32>(batch.offsets + (<usize>s << 2)) << 2; p < end; p += 4) {
      const x = load<f32>(batch.values + p);
      store<i32>(ids + count, load<i32>(batch.ids + p));
      if (values) store<f32>(values + count, x);
      count += <usize>(x != 0) << 2;
    }
  } else {
    const from = batch.values + ((<usize>row * batch.stride) << 2);
    const zero = f32x4.splat(0);
    let places = i32x4(0, 1, 2, 3);
    let k = 0;
    for (; k + 4 <= batch.width; k += 4) {
      // Which of four are not 0 says how to move those to the front; there is nothing to be guessed.
      const x = v128.load(from + (<usize>k << 2));
      const kept = i32x4.bitmask(f32x4.ne(x, zero));
      const order = v128.load(TO_FRONT + (<usize>kept << 4));
      v128.store(ids + count, i8x16.swizzle(places, order));
      if (values) v128.store(values + count, i8x16.swizzle(x, order));
      places = i32x4.add(places, i32x4.splat(4));
      count += <usize>popcnt(kept) << 2;
    }
    for (; k < batch.width; k++) {
      const x = load<f32>(from + (<usize>k << 2));
      store<i32>(ids + count, k);
      if (values) store<f32>(values + count, x);
      count += <usize>(x != 0) << 2;
    }
  }
  const tail = batch.tail + ((<usize>row * batch.tailWidth) << 2);
  for (let k = 0; k < batch.tailWidth; k++) {
    const x = load<f32>(tail + (<usize>k << 2));
    store<i32>(ids + count, batch.width + k);
    if (values) store<f32>(values + count, x);
    count += <usize>(x != 0) << 2;
  }
  return <i32>(count >> 2);
}

/** The first `width` floats of four rows, transposed. What lies between rows is not read. */
function loadRows(
  from: usize, stride: i32, width: i32, to: usize, step: usize, r0: i32, r1: i32, r2: i32, r3: i32,
): void {
  let p0 = from + ((<usize>r0 * stride) << 2);
  let p1 = from + ((<usize>r1 * stride) << 2);
  let p2 = from + ((<usize>r2 * stride) << 2);
  let p3 = from + ((<usize>r3 * stride) << 2);
  let k = 0;
  for (; k + 4 <= width; k += 4) {
    transpose4(to, step, p0, p1, p2, p3);
    to += step << 2;
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
  }
  for (; k < width; k++) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
    to += step;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
  }
}

/** The codes of table t of vectors s to s + live. */
// @ts-ignore: decorator
@inline
export function storeFour(batch: HashBatch, t: i32, s: i32, live: i32, code: v128): void {
  const table = batch.codes + ((<usize>t * batch.codeStride) << 2);
  if (live == 4 && !batch.rows) v128.store(table + (<usize>s << 2), code);
  else {
    storeCode(table, rowOf(batch, s), v128.extract_lane<u32>(code, 0));
    if (live > 1) storeCode(table, rowOf(batch, s + 1), v128.extract_lane<u32>(code, 1));
    if (live > 2) storeCode(table, rowOf(batch, s + 2), v128.extract_lane<u32>(code, 2));
    if (live > 3) storeCode(table, rowOf(batch, s + 3), v128.extract_lane<u32>(code, 3));
  }
}

// @ts-ignore: decorator
@inline
function storeCode(table: usize, column: i32, code: u32): void {
  store<u32>(table + (<usize>column << 2), code);
}
