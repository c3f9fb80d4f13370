/** Reference of sums of rows, sample by sample. */
import type { SparseFields } from '../../ops/layout.ts';
import type { AnyRows } from '../optimizer/adam.ts';

/** What each sample chose, in compressed rows: sample s has (ids, coefficients) from offsets[s] to offsets[s + 1]. */
export interface Choices {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly coefficients: Float32Array;
}

/**
 * The transposed walk: row s of `out` (`outStride` floats apart) = bias + the sum of coefficient * row over the sample's
 * choices. It is the forward product of a sparse input (an embedding bag), and the gradient that flows back to a dense one.
 */
export function gatherRows(
  out: Float32Array,
  outStride: number,
  rows: { readonly weights: Float32Array; readonly stride: number; readonly width: number },
  choices: Choices,
  bias?: Float32Array,
): void {
  for (let s = 0; s + 1 < choices.offsets.length; s++) {
    for (let j = 0; j < rows.width; j++) {
      let total = bias ? bias[j] : 0;
      for (let q = choices.offsets[s]; q < choices.offsets[s + 1]; q++) {
        total += choices.coefficients[q] * rows.weights[choices.ids[q] * rows.stride + j];
      }
      out[s * outStride + j] = total;
    }
  }
}

/**
 * The gradient that flows back to sparse samples, at their active columns only: out (laid out like `x.values`) = the sum
 * of coefficient * row[column] over the sample's choices.
 */
export function gatherRowsSparse(out: Float32Array, rows: AnyRows, x: SparseFields, choices: Choices): void {
  for (let s = 0; s + 1 < x.offsets.length; s++) {
    for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) {
      let total = 0;
      for (let q = choices.offsets[s]; q < choices.offsets[s + 1]; q++) {
        total += choices.coefficients[q] * rows.weights[choices.ids[q] * rows.stride + x.ids[k]];
      }
      out[k] = total;
    }
  }
}
