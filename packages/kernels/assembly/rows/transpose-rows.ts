// Rows and columns exchanged: products over compressed rows of weights run along a batch, four samples at a time.

import { transpose4 } from '../simd';

/**
 * Row c of `out` (rows `outStride` floats apart) is column c of the `rows` rows of `x` (`stride` floats apart), for columns c
 * from begin to end.
 */
export function transposeRows(
  out: usize, outStride: i32, x: usize, stride: i32, rows: i32, begin: i32, end: i32,
): void {
  const from = <usize>stride << 2;
  const to = <usize>outStride << 2;
  const whole = rows & ~3;
  let c = begin;
  for (; c + 4 <= end; c += 4) {
    let source = x + (<usize>c << 2);
    let target = out + <usize>c * to;
    for (let r = 0; r < whole; r += 4) {
      transpose4(target, to, source, source + from, source + (from << 1), source + from * 3);
      source += from << 2;
      target += 16;
    }
    for (let k = 0; k < 4; k++) column(out + <usize>(c + k) * to, x + (<usize>(c + k) << 2), from, whole, rows);
  }
  for (; c < end; c++) column(out + <usize>c * to, x + (<usize>c << 2), from, 0, rows);
}

/** Elements begin to end of one column, to the row at `out`. */
// @ts-ignore: decorator
@inline
function column(out: usize, x: usize, from: usize, begin: i32, end: i32): void {
  for (let r = begin; r < end; r++) store<f32>(out + (<usize>r << 2), load<f32>(x + <usize>r * from));
}
