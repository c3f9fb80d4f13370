// A block of rows by a tile of samples, on the way back: the gradients of the rows, and what flows to the samples, both as
// products blocked for registers; then the update of the rows.

import { Optimizer, Pairs, Rows } from '../layout';
import { updateRow } from '../optimizer/update-row';
import { madd } from '../simd';
import { listPairs, PAIR_BYTES, sumPairs } from './sum-pairs';
import { BLOCK, DENSE, TILE, tileAt, tileEnd } from './tiles';

/** What is known of a row of the block. */
@unmanaged
class GradientRow {
  row: i32;
  /** Its next pair, and where its pairs end. */
  at: i32;
  stop: i32;
  weights: usize;
  gradient: usize;
  biasGradient: f32;
}

const ROW_BYTES: usize = offsetof<GradientRow>();
/** Where in scratch lies what: rows, addresses of weights and gradients of those that have a tile, their coefficients by sample, */
const TILED: usize = <usize>BLOCK * ROW_BYTES;
const TILED_BYTES: usize = 8;
const COEFFICIENTS: usize = (TILED + <usize>BLOCK * TILED_BYTES + 15) & ~15;
const SAMPLE_BYTES: usize = <usize>BLOCK << 2;
/** gradients of a block, and a vector for what nobody wants. */
const GRADIENTS: usize = COEFFICIENTS + <usize>TILE * SAMPLE_BYTES;

/** Scratch for sumBlock, of rows of `bytes` bytes. */
export function blockScratchBytes(bytes: i32): i32 {
  return <i32>GRADIENTS + (BLOCK + 1) * bytes;
}

/** As walkBackward, of visits begin..end, at most BLOCK rows. Tile by tile, in ascending order. `list` has room for a row's pairs. */
export function sumBlock(
  coefficients: usize, rows: Rows, pairs: Pairs, optimizer: Optimizer, x: usize, sampleBytes: usize, y: usize, bytes: usize,
  begin: i32, end: i32, scratch: usize, list: usize,
): void {
  const samples = pairs.samples;
  const positions = pairs.positions;
  const stride = <usize>rows.stride << 2;
  const count = end - begin;
  for (let b = 0; b < count; b++) {
    const row = changetype<GradientRow>(scratch + <usize>b * ROW_BYTES);
    const at = <usize>(begin + b) << 2;
    row.row = load<i32>(pairs.rows + at);
    row.at = load<i32>(pairs.starts + at);
    row.stop = load<i32>(pairs.starts + at, 4);
    row.weights = rows.weights + <usize>row.row * stride;
    row.gradient = scratch + GRADIENTS + <usize>b * bytes;
    row.biasGradient = 0;
  }
  memory.fill(scratch + GRADIENTS, 0, <usize>count * bytes);
  while (true) {
    let tile = i32.MAX_VALUE;
    for (let b = 0; b < count; b++) {
      const row = changetype<GradientRow>(scratch + <usize>b * ROW_BYTES);
      if (row.at < row.stop) tile = min(tile, tileAt(samples, row.at));
    }
    if (tile == i32.MAX_VALUE) break;
    let dense = 0, lastSample = 0, from = 0, to = 0;
    let only = changetype<GradientRow>(scratch);
    for (let b = 0; b < count; b++) {
      const row = changetype<GradientRow>(scratch + <usize>b * ROW_BYTES);
      const at = row.at;
      const stop = tileEnd(samples, at, row.stop, tile);
      row.at = stop;
      if (stop == at) continue;
      if (stop - at < DENSE) {
        row.biasGradient = listPairs(list, pairs, coefficients, sampleBytes, at, stop, row.biasGradient);
        sumList(list, stop - at, row, x, y, bytes);
        continue;
      }
      if (!dense) memory.fill(scratch + COEFFICIENTS, 0, <usize>TILE * SAMPLE_BYTES);
      const column = scratch + COEFFICIENTS + (<usize>dense << 2);
      let biasGradient = row.biasGradient;
      for (let i = at; i < stop; i++) {
        const s = <usize>(load<i32>(samples + (<usize>i << 2)) & (TILE - 1));
        const d = load<f32>(coefficients + (<usize>load<i32>(positions + (<usize>i << 2)) << 2));
        store<f32>(column + s * SAMPLE_BYTES, d);
        biasGradient += d;
      }
      row.biasGradient = biasGradient;
      const own = scratch + TILED + <usize>dense * TILED_BYTES;
      store<usize>(own, row.weights);
      store<usize>(own, row.gradient, 4);
      dense++;
      only = row, from = at, to = stop;
      lastSample = max(lastSample, load<i32>(samples + (<usize>(stop - 1) << 2)) & (TILE - 1));
    }
    if (dense == 1) {
      listPairs(list, pairs, coefficients, sampleBytes, from, to, 0);
      sumList(list, to - from, only, x, y, bytes);
    } else if (dense) {
      const first = <usize>(tile * TILE) * sampleBytes;
      if (y) flowTile(scratch, dense, y + first, sampleBytes, bytes, lastSample);
      sumTile(scratch, dense, x + first, sampleBytes, bytes, lastSample);
    }
  }
  for (let b = 0; b < count; b++) {
    const row = changetype<GradientRow>(scratch + <usize>b * ROW_BYTES);
    updateRow(rows, optimizer, row.row, row.gradient, row.biasGradient);
  }
}

/** What a row has of `count` listed pairs. */
function sumList(list: usize, count: i32, row: GradientRow, x: usize, y: usize, bytes: usize): void {
  const end = list + <usize>count * PAIR_BYTES;
  if (y) sumPairs(true, false, list, end, row.weights, x, y, row.gradient, bytes);
  else sumPairs(false, false, list, end, row.weights, x, y, row.gradient, bytes);
}

/** Adds coefficient * row to what flows to each of the tile's samples, up to the last that a row has: four at a time. */
function flowTile(scratch: usize, dense: i32, y: usize, sampleBytes: usize, bytes: usize, last: i32): void {
  const nobody = scratch + GRADIENTS + <usize>BLOCK * bytes;
  const tiled = scratch + TILED;
  const after = tiled + <usize>dense * TILED_BYTES;
  for (let s = 0; s <= last; s += 4) {
    const y0 = y + <usize>s * sampleBytes;
    const y1 = s + 1 <= last ? y0 + sampleBytes : nobody;
    const y2 = s + 2 <= last ? y0 + (sampleBytes << 1) : nobody;
    const y3 = s + 3 <= last ? y0 + sampleBytes * 3 : nobody;
    const quad = scratch + COEFFICIENTS + <usize>s * SAMPLE_BYTES;
    let k: usize = 0;
    for (; k + 32 <= bytes; k += 32) {
      let a0 = v128.load(y0 + k), b0 = v128.load(y0 + k, 16), a1 = v128.load(y1 + k), b1 = v128.load(y1 + k, 16);
      let a2 = v128.load(y2 + k), b2 = v128.load(y2 + k, 16), a3 = v128.load(y3 + k), b3 = v128.load(y3 + k, 16);
      let c = quad;
      for (let row = tiled; row < after; row += TILED_BYTES) {
        const w = load<usize>(row) + k;
        const wa = v128.load(w), wb = v128.load(w, 16);
        const c0 = v128.load32_splat(c);
        a0 = madd(c0, wa, a0);
        b0 = madd(c0, wb, b0);
        const c1 = v128.load32_splat(c, SAMPLE_BYTES);
        a1 = madd(c1, wa, a1);
        b1 = madd(c1, wb, b1);
        const c2 = v128.load32_splat(c, 2 * SAMPLE_BYTES);
        a2 = madd(c2, wa, a2);
        b2 = madd(c2, wb, b2);
        const c3 = v128.load32_splat(c, 3 * SAMPLE_BYTES);
        a3 = madd(c3, wa, a3);
        b3 = madd(c3, wb, b3);
        c += 4;
      }
      v128.store(y0 + k, a0);
      v128.store(y0 + k, b0, 16);
      v128.store(y1 + k, a1);
      v128.store(y1 + k, b1, 16);
      v128.store(y2 + k, a2);
      v128.store(y2 + k, b2, 16);
      v128.store(y3 + k, a3);
      v128.store(y3 + k, b3, 16);
    }
    if (k == bytes) continue;
    let a0 = v128.load(y0 + k), a1 = v128.load(y1 + k), a2 = v128.load(y2 + k), a3 = v128.load(y3 + k);
    let c = quad;
    for (let row = tiled; row < after; row += TILED_BYTES) {
      const w = v128.load(load<usize>(row) + k);
      a0 = madd(v128.load32_splat(c), w, a0);
      a1 = madd(v128.load32_splat(c, SAMPLE_BYTES), w, a1);
      a2 = madd(v128.load32_splat(c, 2 * SAMPLE_BYTES), w, a2);
      a3 = madd(v128.load32_splat(c, 3 * SAMPLE_BYTES), w, a3);
      c += 4;
    }
    v128.store(y0 + k, a0);
    v128.store(y1 + k, a1);
    v128.store(y2 + k, a2);
    v128.store(y3 + k, a3);
  }
}

/** Adds coefficient * sample to the gradients of the rows that have the tile: six rows by two vectors at a time. */
function sumTile(scratch: usize, dense: i32, x: usize, sampleBytes: usize, bytes: usize, last: i32): void {
  for (let b = 0; b < dense; b += 6) sumSix(scratch, b, dense, x, sampleBytes, bytes, last);
}

function sumSix(scratch: usize, b: i32, dense: i32, x: usize, sampleBytes: usize, bytes: usize, last: i32): void {
  const g0 = gradientOf(scratch, b, dense, bytes), g1 = gradientOf(scratch, b + 1, dense, bytes);
  const g2 = gradientOf(scratch, b + 2, dense, bytes), g3 = gradientOf(scratch, b + 3, dense, bytes);
  const g4 = gradientOf(scratch, b + 4, dense, bytes), g5 = gradientOf(scratch, b + 5, dense, bytes);
  const first = scratch + COEFFICIENTS + (<usize>b << 2);
  const after = first + <usize>(last + 1) * SAMPLE_BYTES;
  let k: usize = 0;
  for (; k + 32 <= bytes; k += 32) {
    let a0 = v128.load(g0 + k), b0 = v128.load(g0 + k, 16), a1 = v128.load(g1 + k), b1 = v128.load(g1 + k, 16);
    let a2 = v128.load(g2 + k), b2 = v128.load(g2 + k, 16), a3 = v128.load(g3 + k), b3 = v128.load(g3 + k, 16);
    let a4 = v128.load(g4 + k), b4 = v128.load(g4 + k, 16), a5 = v128.load(g5 + k), b5 = v128.load(g5 + k, 16);
    let from = x + k;
    for (let c = first; c < after; c += SAMPLE_BYTES) {
      const xa = v128.load(from), xb = v128.load(from, 16);
      let d = v128.load32_splat(c);
      a0 = madd(d, xa, a0);
      b0 = madd(d, xb, b0);
      d = v128.load32_splat(c, 4);
      a1 = madd(d, xa, a1);
      b1 = madd(d, xb, b1);
      d = v128.load32_splat(c, 8);
      a2 = madd(d, xa, a2);
      b2 = madd(d, xb, b2);
      d = v128.load32_splat(c, 12);
      a3 = madd(d, xa, a3);
      b3 = madd(d, xb, b3);
      d = v128.load32_splat(c, 16);
      a4 = madd(d, xa, a4);
      b4 = madd(d, xb, b4);
      d = v128.load32_splat(c, 20);
      a5 = madd(d, xa, a5);
      b5 = madd(d, xb, b5);
      from += sampleBytes;
    }
    v128.store(g0 + k, a0);
    v128.store(g0 + k, b0, 16);
    v128.store(g1 + k, a1);
    v128.store(g1 + k, b1, 16);
    v128.store(g2 + k, a2);
    v128.store(g2 + k, b2, 16);
    v128.store(g3 + k, a3);
    v128.store(g3 + k, b3, 16);
    v128.store(g4 + k, a4);
    v128.store(g4 + k, b4, 16);
    v128.store(g5 + k, a5);
    v128.store(g5 + k, b5, 16);
  }
  if (k == bytes) return;
  let a0 = v128.load(g0 + k), a1 = v128.load(g1 + k), a2 = v128.load(g2 + k);
  let a3 = v128.load(g3 + k), a4 = v128.load(g4 + k), a5 = v128.load(g5 + k);
  let from = x + k;
  for (let c = first; c < after; c += SAMPLE_BYTES) {
    const xa = v128.load(from);
    a0 = madd(v128.load32_splat(c), xa, a0);
    a1 = madd(v128.load32_splat(c, 4), xa, a1);
    a2 = madd(v128.load32_splat(c, 8), xa, a2);
    a3 = madd(v128.load32_splat(c, 12), xa, a3);
    a4 = madd(v128.load32_splat(c, 16), xa, a4);
    a5 = madd(v128.load32_splat(c, 20), xa, a5);
    from += sampleBytes;
  }
  v128.store(g0 + k, a0);
  v128.store(g1 + k, a1);
  v128.store(g2 + k, a2);
  v128.store(g3 + k, a3);
  v128.store(g4 + k, a4);
  v128.store(g5 + k, a5);
}

/** Where the gradient of the b-th row that has the tile is; where nobody wants it, if there is none. */
// @ts-ignore: decorator
@inline
function gradientOf(scratch: usize, b: i32, dense: i32, bytes: usize): usize {
  if (b < dense) return load<usize>(scratch + TILED + <usize>b * TILED_BYTES, 4);
  return scratch + GRADIENTS + <usize>BLOCK * bytes;
}
