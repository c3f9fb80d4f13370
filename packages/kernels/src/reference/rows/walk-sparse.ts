/** Reference of the walks of walk.ts where the samples are sparse too: only their active columns are read or written. */
import type { PairsFields, SparseFields } from '../../ops/layout.ts';
import type { OptimizerFields } from '../../ops/optimizer.ts';
import type { AnyRows } from '../optimizer/adam.ts';
import { updateRow } from '../optimizer/optimizer.ts';
import type { Choices } from './walk.ts';

/** Forward: out[position] = row . sample + bias for every pair. */
export function walkForwardSparse(
  out: Float32Array,
  rows: AnyRows,
  pairs: PairsFields,
  x: SparseFields,
): void {
  for (const [v, r] of pairs.rows.entries()) {
    for (let i = pairs.starts[v]; i < pairs.starts[v + 1]; i++) {
      const s = pairs.samples[i];
      let total = 0;
      for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) {
        total += x.values[k] * rows.weights[r * rows.stride + x.ids[k]];
      }
      out[pairs.positions[i]] = total + (rows.bias ? rows.bias[r] : 0);
    }
  }
}

/** The same sample by sample: for each, its products with the rows ids[offsets[s]] ... ids[offsets[s + 1] - 1]. */
export function dotRowsSparse(
  out: Float32Array,
  rows: AnyRows,
  x: SparseFields,
  { offsets, ids }: Omit<Choices, 'coefficients'>,
): void {
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let q = offsets[s]; q < offsets[s + 1]; q++) {
      let total = 0;
      for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) {
        total += x.values[k] * rows.weights[ids[q] * rows.stride + x.ids[k]];
      }
      out[q] = total + (rows.bias ? rows.bias[ids[q]] : 0);
    }
  }
}

/** Backward: as `walkBackward`, the samples sparse. */
export function walkBackwardSparse(
  coefficients: Float32Array,
  rows: AnyRows,
  pairs: PairsFields,
  optimizer: OptimizerFields,
  x: SparseFields,
): void {
  for (const [v, r] of pairs.rows.entries()) {
    const gradient = new Float64Array(rows.width);
    let biasGradient = 0;
    for (let i = pairs.starts[v]; i < pairs.starts[v + 1]; i++) {
      const coefficient = coefficients[pairs.positions[i]];
      const s = pairs.samples[i];
      biasGradient += coefficient;
      for (let k = x.offsets[s]; k < x.offsets[s + 1]; k++) gradient[x.ids[k]] += coefficient * x.values[k];
    }
    updateRow(rows, optimizer, r, gradient, biasGradient);
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
