// Blocked matrix product C (+)= A B for the dense layers, after Goto and van de Geijn (2008): panels of A and B are
// packed so that the inner kernel reads both in order; a block of B stays in the second-level cache.
//
// Each element of C is one chain of multiply-adds over k in ascending order, whatever the blocking: the tile of C is
// loaded, continued and stored. So the bits do not depend on how rows are shared among threads, and a sparse walk over
// ascending indices (see simhash.ts) reproduces them.

import { madd, transpose4 } from '../simd';

/** Rows of a tile of C. With NR it sets how many accumulators stay in the sixteen SIMD registers. */
const MR: i32 = 6;
/** Columns of a tile of C: two vectors. */
const NR: i32 = 8;
/** Rows of A packed at a time, a multiple of MR. */
const MC: i32 = 120;
/** Depth packed at a time: a panel of B, KC x NR floats, is a quarter of a 32 KiB first-level cache. */
const KC: i32 = 256;
/** Columns of B packed at a time, a multiple of NR: KC x NC floats are 512 KiB, half of a second-level cache. */
const NC: i32 = 512;

/** Bytes of scratch that gemm needs for each thread: the packed blocks and one tile for the edges. */
export function gemmScratchBytes(): i32 {
  return (MC * KC + KC * NC + MR * NR) << 2;
}

/** Packs `rows` (at most 2^31 strides apart) by `depth` of a strided matrix into panels of `width` rows, zero-padded. */
function pack(to: usize, from: usize, rowStride: i32, depthStride: i32, rows: i32, depth: i32, width: i32): void {
  const rs = <usize>rowStride << 2;
  const ds = <usize>depthStride << 2;
  for (let r = 0; r < rows; r += width) {
    const live = min(width, rows - r);
    let source = from + <usize>r * rs;
    if (live == width && rowStride == 1 && width == NR) {
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
        source += ds;
        to += NR << 2;
      }
      continue;
    }
    let k = 0;
    if (live == width && depthStride == 1) {
      // Transpose in the registers: four steps of depth of four rows at a time.
      for (; k + 4 <= depth; k += 4) {
        let row = source;
        let j = 0;
        for (; j + 4 <= width; j += 4) {
          transpose4(to + (<usize>j << 2), <usize>width << 2, row, row + rs, row + (rs << 1), row + rs * 3);
          row += rs << 2;
        }
        for (; j < width; j += 2) {
          const x = v128.load(row);
          const y = v128.load(row + rs);
          const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
          const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
          const at = to + (<usize>j << 2);
          v128.store64_lane(at, low, 0);
          v128.store64_lane(at + (<usize>width << 2), low, 1);
          v128.store64_lane(at + (<usize>width << 3), high, 0);
          v128.store64_lane(at + <usize>width * 12, high, 1);
          row += rs << 1;
        }
        source += 16;
        to += <usize>width << 4;
      }
    }
    for (; k < depth; k++) {
      let row = source;
      for (let j = 0; j < width; j++) {
        store<f32>(to, j < live ? load<f32>(row) : 0);
        row += rs;
        to += 4;
      }
      source += ds;
    }
  }
}

/** Continues one MR x NR tile of C (rows `stride` bytes apart) over `depth` packed steps. */
function tile(c: usize, stride: usize, a: usize, b: usize, depth: i32): void {
  const r1 = c + stride;
  const r2 = r1 + stride;
  const r3 = r2 + stride;
  const r4 = r3 + stride;
  const r5 = r4 + stride;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(r1);
  let c11 = v128.load(r1, 16);
  let c20 = v128.load(r2);
  let c21 = v128.load(r2, 16);
  let c30 = v128.load(r3);
  let c31 = v128.load(r3, 16);
  let c40 = v128.load(r4);
  let c41 = v128.load(r4, 16);
  let c50 = v128.load(r5);
  let c51 = v128.load(r5, 16);
  const end = b + (<usize>depth * NR << 2);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a += MR << 2;
    b += NR << 2;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
  v128.store(r4, c40);
  v128.store(r4, c41, 16);
  v128.store(r5, c50);
  v128.store(r5, c51, 16);
}

/** A tile that reaches over the edge of C: continued in scratch, of which the live part is copied back. */
function edgeTile(c: usize, stride: usize, a: usize, b: usize, depth: i32, rows: i32, columns: i32, scratch: usize): void {
  memory.fill(scratch, 0, (MR * NR) << 2);
  for (let i = 0; i < rows; i++) memory.copy(scratch + (<usize>i * NR << 2), c + <usize>i * stride, <usize>columns << 2);
  tile(scratch, NR << 2, a, b, depth);
  for (let i = 0; i < rows; i++) memory.copy(c + <usize>i * stride, scratch + (<usize>i * NR << 2), <usize>columns << 2);
}

/** Continues four chains over four steps of depth: x0 to x3 are splats of A, `column` the first of four columns of B in order. */
// @ts-ignore: decorator
@inline
function fourColumns(c: v128, x0: v128, x1: v128, x2: v128, x3: v128, column: usize, stride: usize): v128 {
  const r0 = v128.load(column);
  const r1 = v128.load(column + stride);
  const r2 = v128.load(column + (stride << 1));
  const r3 = v128.load(column + stride * 3);
  const low0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high0 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high1 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  c = madd(x0, v128.shuffle<f32>(low0, low1, 0, 1, 4, 5), c);
  c = madd(x1, v128.shuffle<f32>(low0, low1, 2, 3, 6, 7), c);
  c = madd(x2, v128.shuffle<f32>(high0, high1, 0, 1, 4, 5), c);
  return madd(x3, v128.shuffle<f32>(high0, high1, 2, 3, 6, 7), c);
}

/** One step of depth of four columns. */
// @ts-ignore: decorator
@inline
function oneStep(c: v128, x: v128, column: usize, stride: usize): v128 {
  let y = v128.load32_splat(column);
  y = v128.load_lane<f32>(column + stride, y, 1);
  y = v128.load_lane<f32>(column + (stride << 1), y, 2);
  y = v128.load_lane<f32>(column + stride * 3, y, 3);
  return madd(x, y, c);
}

/**
 * Columns begin..end of a C of one row, where A and the columns of B lie in order, `stride` bytes apart. To pack B for one row
 * would take several times as long as the product. The chains are those of the tiles.
 */
function rowProduct(c: usize, a: usize, b: usize, stride: usize, depth: i32, begin: i32, end: i32): void {
  const whole = depth & ~3;
  let j = begin;
  for (; j + 16 <= end; j += 16) {
    const to = c + (<usize>j << 2);
    let column = b + <usize>j * stride;
    let c0 = v128.load(to);
    let c1 = v128.load(to, 16);
    let c2 = v128.load(to, 32);
    let c3 = v128.load(to, 48);
    for (let k = 0; k < whole; k += 4) {
      const x = a + (<usize>k << 2);
      const x0 = v128.load32_splat(x);
      const x1 = v128.load32_splat(x, 4);
      const x2 = v128.load32_splat(x, 8);
      const x3 = v128.load32_splat(x, 12);
      c0 = fourColumns(c0, x0, x1, x2, x3, column, stride);
      c1 = fourColumns(c1, x0, x1, x2, x3, column + (stride << 2), stride);
      c2 = fourColumns(c2, x0, x1, x2, x3, column + (stride << 3), stride);
      c3 = fourColumns(c3, x0, x1, x2, x3, column + stride * 12, stride);
      column += 16;
    }
    for (let k = whole; k < depth; k++) {
      const x = v128.load32_splat(a + (<usize>k << 2));
      c0 = oneStep(c0, x, column, stride);
      c1 = oneStep(c1, x, column + (stride << 2), stride);
      c2 = oneStep(c2, x, column + (stride << 3), stride);
      c3 = oneStep(c3, x, column + stride * 12, stride);
      column += 4;
    }
    v128.store(to, c0);
    v128.store(to, c1, 16);
    v128.store(to, c2, 32);
    v128.store(to, c3, 48);
  }
  // The last columns, up to four at a time.
  for (; j < end; j += 4) {
    const live = min(4, end - j);
    const to = c + (<usize>j << 2);
    let y = chainsAt(to, live);
    for (let k = 0; k < depth; k++) {
      const x = v128.load32_splat(a + (<usize>k << 2));
      const at = b + <usize>j * stride + (<usize>k << 2);
      let z = v128.load32_splat(at);
      if (live > 1) z = v128.load_lane<f32>(at + stride, z, 1);
      if (live > 2) z = v128.load_lane<f32>(at + (stride << 1), z, 2);
      if (live > 3) z = v128.load_lane<f32>(at + stride * 3, z, 3);
      y = madd(x, z, y);
    }
    v128.store32_lane(to, y, 0);
    if (live > 1) v128.store32_lane(to, y, 1, 4);
    if (live > 2) v128.store32_lane(to, y, 2, 8);
    if (live > 3) v128.store32_lane(to, y, 3, 12);
  }
}

/** What `live` elements of C have so far. */
// @ts-ignore: decorator
@inline
function chainsAt(at: usize, live: i32): v128 {
  let y = v128.load32_splat(at);
  if (live > 1) y = v128.load_lane<f32>(at, y, 1, 4);
  if (live > 2) y = v128.load_lane<f32>(at, y, 2, 8);
  if (live > 3) y = v128.load_lane<f32>(at, y, 3, 12);
  return y;
}

/**
 * Columns begin..end of C (m x n, rows `cStride` floats apart) become A B, or C + A B where `accumulate` is not 0.
 * Element (i, k) of A is at a[i * aRow + k * aColumn], element (k, j) of B at b[k * bRow + j * bColumn], in floats, so
 * that a transpose is a swap of strides.
 */
export function gemm(
  c: usize, cStride: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  m: i32, depth: i32, accumulate: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const packedA = scratch;
  const packedB = packedA + (MC * KC << 2);
  const edge = packedB + (KC * NC << 2);
  const stride = <usize>cStride << 2;
  if (!accumulate) {
    for (let i = 0; i < m; i++) memory.fill(c + <usize>i * stride + (<usize>begin << 2), 0, <usize>(end - begin) << 2);
  }
  if (m == 1 && aColumn == 1 && bRow == 1) {
    rowProduct(c, a, b, <usize>bColumn << 2, depth, begin, end);
    return;
  }
  for (let jc = begin; jc < end; jc += NC) {
    const nc = min(NC, end - jc);
    for (let pc = 0; pc < depth; pc += KC) {
      const kc = min(KC, depth - pc);
      pack(packedB, b + ((<usize>pc * bRow + <usize>jc * bColumn) << 2), bColumn, bRow, nc, kc, NR);
      for (let ic = 0; ic < m; ic += MC) {
        const mc = min(MC, m - ic);
        pack(packedA, a + ((<usize>ic * aRow + <usize>pc * aColumn) << 2), aRow, aColumn, mc, kc, MR);
        for (let jr = 0; jr < nc; jr += NR) {
          const panelB = packedB + (<usize>jr * kc << 2);
          for (let ir = 0; ir < mc; ir += MR) {
            const panelA = packedA + (<usize>ir * kc << 2);
            const at = c + <usize>(ic + ir) * stride + (<usize>(jc + jr) << 2);
            if (ir + MR <= mc && jr + NR <= nc) tile(at, stride, panelA, panelB, kc);
            else edgeTile(at, stride, panelA, panelB, kc, min(MR, mc - ir), min(NR, nc - jr), edge);
          }
        }
      }
    }
  }
}
