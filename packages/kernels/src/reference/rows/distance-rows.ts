/** Reference of squared distances of chosen rows to a sample each. */
import type { PlainRows } from './dot-rows.ts';

/** For each sample s (at x[s * xStride]), |row - sample|^2 of the rows ids[offsets[s]] ... ids[offsets[s + 1] - 1]. */
export function distanceRows(
  { values, stride, width }: Pick<PlainRows, 'values' | 'stride' | 'width'>,
  offsets: ArrayLike<number>,
  ids: ArrayLike<number>,
  x: Float32Array,
  xStride: number,
): Float32Array {
  const out = new Float32Array(ids.length);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let q = offsets[s]; q < offsets[s + 1]; q++) {
      let total = 0;
      for (let k = 0; k < width; k++) total += (values[ids[q] * stride + k] - x[s * xStride + k]) ** 2;
      out[q] = total;
    }
  }
  return out;
}
