// A block of rows by a tile of samples, forward: three rows by two samples at a time, in twelve registers.

import { Pairs, Rows } from '../layout';
import { madd } from '../simd';
import { multiplyPairs } from './multiply-pairs';
import { BLOCK, DENSE, TILE, tileAt, tileEnd } from './tiles';

/** What is known of a row of the block: where it is, its bias, its next pair, and where its pairs end. */
@unmanaged
class ProductRow {
  weights: usize;
  bias: f32;
  at: i32;
  stop: i32;
}

const ROW_BYTES: usize = offsetof<ProductRow>();
const ROWS_BYTES: usize = <usize>BLOCK * ROW_BYTES;

/** Scratch for walkForward: the rows of a block, those that have a tile, and the tile's sums before they are added up. */
export function walkForwardScratchBytes(): i32 {
  return <i32>(2 * ROWS_BYTES) + (3 * TILE << 4) + (TILE << 2);
}

/** out[position] = row . sample + bias for the pairs of visits begin..end, at most BLOCK rows. Tile by tile, in ascending order. */
export function multiplyBlock(
  out: usize, rows: Rows, pairs: Pairs, x: usize, sampleBytes: usize, bytes: usize, begin: i32, end: i32, scratch: usize,
): void {
  const samples = pairs.samples;
  const stride = <usize>rows.stride << 2;
  const count = end - begin;
  for (let b = 0; b < count; b++) {
    const row = changetype<ProductRow>(scratch + <usize>b * ROW_BYTES);
    const at = <usize>(begin + b) << 2;
    const r = load<i32>(pairs.rows + at);
    row.weights = rows.weights + <usize>r * stride;
    row.bias = rows.bias ? load<f32>(rows.bias + (<usize>r << 2)) : 0;
    row.at = load<i32>(pairs.starts + at);
    row.stop = load<i32>(pairs.starts + at, 4);
  }
  const tiled = scratch + ROWS_BYTES;
  while (true) {
    let tile = i32.MAX_VALUE;
    for (let b = 0; b < count; b++) {
      const row = changetype<ProductRow>(scratch + <usize>b * ROW_BYTES);
      if (row.at < row.stop) tile = min(tile, tileAt(samples, row.at));
    }
    if (tile == i32.MAX_VALUE) return;
    let dense = 0;
    for (let b = 0; b < count; b++) {
      const row = changetype<ProductRow>(scratch + <usize>b * ROW_BYTES);
      const at = row.at;
      const stop = tileEnd(samples, at, row.stop, tile);
      row.at = stop;
      if (stop - at >= DENSE) {
        const own = changetype<ProductRow>(tiled + <usize>dense * ROW_BYTES);
        own.weights = row.weights;
        own.bias = row.bias;
        own.at = at;
        own.stop = stop;
        dense++;
      } else if (stop > at) multiplyRow(out, pairs, row, x, sampleBytes, bytes, at, stop);
    }
    if (dense == 1) {
      const row = changetype<ProductRow>(tiled);
      multiplyRow(out, pairs, row, x, sampleBytes, bytes, row.at, row.stop);
    } else if (dense) multiplyTile(out, pairs, tiled, dense, x, sampleBytes, bytes, tile);
  }
}

/** Pairs at..stop of one row. */
function multiplyRow(
  out: usize, pairs: Pairs, row: ProductRow, x: usize, sampleBytes: usize, bytes: usize, at: i32, stop: i32,
): void {
  multiplyPairs(out, pairs, row.weights, row.bias, x, sampleBytes, bytes, at, stop);
}

/** The tile by the rows that have it dense. */
function multiplyTile(
  out: usize, pairs: Pairs, tiled: usize, dense: i32, x: usize, sampleBytes: usize, bytes: usize, tile: i32,
): void {
  // No sample after the last that a row has is looked at: there may be none.
  let last = 0;
  for (let b = 0; b < dense; b++) {
    const row = changetype<ProductRow>(tiled + <usize>b * ROW_BYTES);
    last = max(last, load<i32>(pairs.samples + (<usize>(row.stop - 1) << 2)) & (TILE - 1));
  }
  const first = x + <usize>(tile * TILE) * sampleBytes;
  const sums = tiled + ROWS_BYTES;
  for (let b = 0; b < dense; b += 3) {
    const w0 = changetype<ProductRow>(tiled + <usize>b * ROW_BYTES).weights;
    const w1 = changetype<ProductRow>(tiled + <usize>min(b + 1, dense - 1) * ROW_BYTES).weights;
    const w2 = changetype<ProductRow>(tiled + <usize>min(b + 2, dense - 1) * ROW_BYTES).weights;
    let to = sums;
    for (let s = 0; s <= last; s += 2) {
      const x0 = first + <usize>s * sampleBytes;
      const x1 = first + <usize>min(s + 1, last) * sampleBytes;
      multiplySix(to, w0, w1, w2, x0, x1, bytes);
      to += 32;
    }
    for (let j = b; j < min(b + 3, dense); j++) {
      const row = changetype<ProductRow>(tiled + <usize>j * ROW_BYTES);
      const at = sums + (<usize>((j - b) * TILE) << 4);
      const totals = sums + <usize>(3 * TILE << 4);
      for (let s = 0; s <= last; s += 4) addUp(totals + (<usize>s << 2), at + (<usize>s << 4), row.bias);
      for (let i = row.at; i < row.stop; i++) {
        const s = <usize>(load<i32>(pairs.samples + (<usize>i << 2)) & (TILE - 1));
        store<f32>(out + (<usize>load<i32>(pairs.positions + (<usize>i << 2)) << 2), load<f32>(totals + (s << 2)));
      }
    }
  }
}

/** Three rows by two samples: even and odd vectors apart, then added, to the row's place `TILE` vectors from the one before. */
// @ts-ignore: decorator
@inline
function multiplySix(to: usize, w0: usize, w1: usize, w2: usize, x0: usize, x1: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  let e00 = zero, e01 = zero, e10 = zero, e11 = zero, e20 = zero, e21 = zero;
  let o00 = zero, o01 = zero, o10 = zero, o11 = zero, o20 = zero, o21 = zero;
  let k: usize = 0;
  for (; k + 32 <= bytes; k += 32) {
    let a = v128.load(x0 + k), b = v128.load(x1 + k);
    let w = v128.load(w0 + k);
    e00 = madd(w, a, e00);
    e01 = madd(w, b, e01);
    w = v128.load(w1 + k);
    e10 = madd(w, a, e10);
    e11 = madd(w, b, e11);
    w = v128.load(w2 + k);
    e20 = madd(w, a, e20);
    e21 = madd(w, b, e21);
    a = v128.load(x0 + k, 16), b = v128.load(x1 + k, 16);
    w = v128.load(w0 + k, 16);
    o00 = madd(w, a, o00);
    o01 = madd(w, b, o01);
    w = v128.load(w1 + k, 16);
    o10 = madd(w, a, o10);
    o11 = madd(w, b, o11);
    w = v128.load(w2 + k, 16);
    o20 = madd(w, a, o20);
    o21 = madd(w, b, o21);
  }
  if (k < bytes) {
    const a = v128.load(x0 + k), b = v128.load(x1 + k);
    let w = v128.load(w0 + k);
    e00 = madd(w, a, e00);
    e01 = madd(w, b, e01);
    w = v128.load(w1 + k);
    e10 = madd(w, a, e10);
    e11 = madd(w, b, e11);
    w = v128.load(w2 + k);
    e20 = madd(w, a, e20);
    e21 = madd(w, b, e21);
  }
  v128.store(to, f32x4.add(e00, o00));
  v128.store(to, f32x4.add(e01, o01), 16);
  v128.store(to, f32x4.add(e10, o10), 256);
  v128.store(to, f32x4.add(e11, o11), 272);
  v128.store(to, f32x4.add(e20, o20), 512);
  v128.store(to, f32x4.add(e21, o21), 528);
}

/** Four vectors added up, each in the order of `sum`, and the bias. */
// @ts-ignore: decorator
@inline
function addUp(to: usize, from: usize, bias: f32): void {
  const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  const total = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to, f32x4.add(total, f32x4.splat(bias)));
}
