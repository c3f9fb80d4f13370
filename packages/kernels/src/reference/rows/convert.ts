/** Reference of the ways between sparse and dense batches. */
import type { SparseFields } from '../../ops/layout.ts';

/** Writes each sample of a sparse batch as a dense row of `width` floats, `stride` floats apart. */
export function scatterRows(out: Float32Array, stride: number, width: number, x: SparseFields): void {
  for (let s = 0; s + 1 < x.offsets.length; s++) {
    out.fill(0, s * stride, s * stride + width);
    for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) out[s * stride + x.ids[k]] = x.values[k];
  }
}

/**
 * The other way: the elements of the dense rows (`stride` floats apart) that the non-zeros of `x` stand for, in the order
 * of these; the values of `x` are not read.
 */
export function gatherColumns(
  rows: Float32Array,
  stride: number,
  x: Omit<SparseFields, 'values'>,
): Float32Array {
  const out = new Float32Array(x.ids.length);
  for (let s = 0; s + 1 < x.offsets.length; s++) {
    for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) out[k] = rows[s * stride + x.ids[k]];
  }
  return out;
}
