/** Reference of bringing listed rows together. */

/** Row i of the result is row rows[i] of `from` (rows `stride` floats apart), `width` floats of it. */
export function copyRows(
  from: Float32Array,
  stride: number,
  width: number,
  rows: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    out.set(from.subarray(rows[i] * stride, rows[i] * stride + width), i * width);
  }
  return out;
}
