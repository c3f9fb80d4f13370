// Squared distances of chosen rows to a sample each, sample by sample: what candidates for the Euclidean distance are
// ranked by. Differences are taken first: |a|^2 + |b|^2 - 2 ab would lose all digits of vectors near each other.

import { madd, sum } from '../simd';

/**
 * out[q] = |row ids[q] - sample s|^2, for q from offsets[s] to offsets[s + 1], samples begin..end. Rows are `stride` floats
 * apart, samples `xStride`, both zero from `width` up to a multiple of 4. A row has the same bits wherever it stands in a
 * list: its squares are summed in four lanes in ascending order, and the lanes by `sum`.
 */
export function distanceRows(
  out: usize, offsets: usize, ids: usize, rows: usize, stride: i32, width: i32, x: usize, xStride: i32,
  begin: i32, end: i32,
): void {
  const bytes = <usize>((width + 3) >> 2) << 4;
  const rowBytes = <usize>stride << 2;
  for (let s = begin; s < end; s++) {
    const sample = x + ((<usize>s * xStride) << 2);
    let q = <usize>load<i32>(offsets + (<usize>s << 2)) << 2;
    const stop = <usize>load<i32>(offsets + (<usize>s << 2), 4) << 2;
    // Four rows are under way at a time, so that one is waited for while others are computed.
    for (; q + 16 <= stop; q += 16) {
      const r0 = rows + <usize>load<i32>(ids + q) * rowBytes;
      const r1 = rows + <usize>load<i32>(ids + q, 4) * rowBytes;
      const r2 = rows + <usize>load<i32>(ids + q, 8) * rowBytes;
      const r3 = rows + <usize>load<i32>(ids + q, 12) * rowBytes;
      let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
      for (let k: usize = 0; k < bytes; k += 16) {
        const v = v128.load(sample + k);
        t0 = addSquares(r0 + k, v, t0);
        t1 = addSquares(r1 + k, v, t1);
        t2 = addSquares(r2 + k, v, t2);
        t3 = addSquares(r3 + k, v, t3);
      }
      store<f32>(out + q, sum(t0));
      store<f32>(out + q, sum(t1), 4);
      store<f32>(out + q, sum(t2), 8);
      store<f32>(out + q, sum(t3), 12);
    }
    for (; q < stop; q += 4) {
      const r = rows + <usize>load<i32>(ids + q) * rowBytes;
      let total = f32x4.splat(0);
      for (let k: usize = 0; k < bytes; k += 16) total = addSquares(r + k, v128.load(sample + k), total);
      store<f32>(out + q, sum(total));
    }
  }
}

/** The squares of the differences from the four floats at `at`, added to `total`. */
// @ts-ignore: decorator
@inline
function addSquares(at: usize, x: v128, total: v128): v128 {
  const difference = f32x4.sub(v128.load(at), x);
  return madd(difference, difference, total);
}
