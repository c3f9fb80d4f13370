// Products of a sparse batch with all rows: only the columns that are active in a sample are multiplied.
//
// Each output is one chain of multiply-adds over ascending columns, as in gemm, where those that are left out would add 0:
// the bits are those of the dense product.

import { Rows, Sparse } from '../layout';
import { madd, transpose4 } from '../simd';

/** Rows whose weights are packed by column, a cache line a column. */
const PANEL: i32 = 16;

/** Scratch for multiplySparse: a panel of rows of so many columns. */
export function multiplySparseScratchBytes(width: i32): i32 {
  return ((width + 3) & ~3) * PANEL << 2;
}

/** out[s * outStride + r] = row r . sample s, for rows begin..end and all of `batch` samples. No bias is added. */
export function multiplySparse(
  out: usize, outStride: i32, rowsAt: usize, xAt: usize, batch: i32, begin: i32, end: i32, scratch: usize,
): void {
  const rows = changetype<Rows>(rowsAt);
  const x = changetype<Sparse>(xAt);
  const stride = <usize>rows.stride << 2;
  const nonZeros = load<i32>(x.offsets + (<usize>batch << 2)) - load<i32>(x.offsets);
  // To pack a panel takes about as long as to gather one column for each of its own.
  const packs = nonZeros > rows.width;
  for (let r = begin; r < end; r += PANEL) {
    const live = min(PANEL, end - r);
    const w = rows.weights + <usize>r * stride;
    const y = out + (<usize>r << 2);
    if (packs) {
      packPanel(scratch, w, stride, rows.width, live);
      multiplyPanel(y, outStride, scratch, x, batch, live);
    } else for (let j = 0; j < live; j += 4) gatherFour(y + (<usize>j << 2), outStride, w + <usize>j * stride, stride, x, batch, min(4, live - j));
  }
}

/** Packs `live` rows by column; the others are the last one again. */
function packPanel(panel: usize, w: usize, stride: usize, width: i32, live: i32): void {
  const last = w + <usize>(live - 1) * stride;
  for (let j = 0; j < PANEL; j += 4) {
    const p0 = min(last, w + <usize>j * stride);
    const p1 = min(last, p0 + stride);
    const p2 = min(last, p1 + stride);
    const p3 = min(last, p2 + stride);
    const to = panel + (<usize>j << 2);
    for (let k: usize = 0; k < <usize>width << 2; k += 16) {
      transpose4(to + k * PANEL, PANEL << 2, p0 + k, p1 + k, p2 + k, p3 + k);
    }
  }
}

function multiplyPanel(y: usize, outStride: i32, panel: usize, x: Sparse, batch: i32, live: i32): void {
  for (let s = 0; s < batch; s++, y += <usize>outStride << 2) {
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let k = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2; k < last; k += 4) {
      const v = v128.load32_splat(x.values + k);
      const column = panel + <usize>load<i32>(x.ids + k) * (PANEL << 2);
      a = madd(v, v128.load(column), a);
      b = madd(v, v128.load(column, 16), b);
      c = madd(v, v128.load(column, 32), c);
      d = madd(v, v128.load(column, 48), d);
    }
    if (live == PANEL) {
      v128.store(y, a);
      v128.store(y, b, 16);
      v128.store(y, c, 32);
      v128.store(y, d, 48);
    } else {
      storeSome(y, a, live);
      storeSome(y + 16, b, live - 4);
      storeSome(y + 32, c, live - 8);
      storeSome(y + 48, d, live - 12);
    }
  }
}

/** The products of 1 to 4 rows, whose elements are read one by one. */
function gatherFour(y: usize, outStride: i32, w: usize, stride: usize, x: Sparse, batch: i32, live: i32): void {
  const w1 = live > 1 ? w + stride : w;
  const w2 = live > 2 ? w1 + stride : w;
  const w3 = live > 3 ? w2 + stride : w;
  for (let s = 0; s < batch; s++, y += <usize>outStride << 2) {
    const last = <usize>load<i32>(x.offsets + (<usize>s << 2), 4) << 2;
    let sums = f32x4.splat(0);
    for (let k = <usize>load<i32>(x.offsets + (<usize>s << 2)) << 2; k < last; k += 4) {
      const at = <usize>load<i32>(x.ids + k) << 2;
      let column = v128.load32_splat(w + at);
      column = v128.load_lane<f32>(w1 + at, column, 1);
      column = v128.load_lane<f32>(w2 + at, column, 2);
      column = v128.load_lane<f32>(w3 + at, column, 3);
      sums = madd(v128.load32_splat(x.values + k), column, sums);
    }
    storeSome(y, sums, live);
  }
}

/** Stores the first `live` lanes, if there are any. */
// @ts-ignore: decorator
@inline
function storeSome(y: usize, four: v128, live: i32): void {
  if (live > 0) v128.store32_lane(y, four, 0);
  if (live > 1) v128.store32_lane(y, four, 1, 4);
  if (live > 2) v128.store32_lane(y, four, 2, 8);
  if (live > 3) v128.store32_lane(y, four, 3, 12);
}
