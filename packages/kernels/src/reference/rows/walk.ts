/**
 * Reference of the walks over (sample, row) pairs sorted by row, samples dense. They compute what SLIDE (Chen et al.
 * 2020, section 3) computes for the neurons that each sample chose, but visit each row once a batch.
 */
import type { PairsFields } from '../../ops/layout.ts';
import type { OptimizerFields } from '../../ops/optimizer.ts';
import type { AnyRows } from '../optimizer/adam.ts';
import { updateRow } from '../optimizer/optimizer.ts';

/**
 * Forward: out[position] = row . sample + bias for every pair. Sample s is `x[s * xStride]` and on, `rows.width` floats;
 * `out` has one float a pair, laid out like the batch's choices.
 */
export function walkForward(
  out: Float32Array,
  rows: AnyRows,
  pairs: PairsFields,
  x: Float32Array,
  xStride: number,
): void {
  for (const [v, r] of pairs.rows.entries()) {
    for (let i = pairs.starts[v]; i < pairs.starts[v + 1]; i++) {
      const sample = pairs.samples[i] * xStride;
      let total = 0;
      for (let j = 0; j < rows.width; j++) total += rows.weights[r * rows.stride + j] * x[sample + j];
      out[pairs.positions[i]] = total + (rows.bias ? rows.bias[r] : 0);
    }
  }
}

/**
 * Backward: the gradient of a row is the sum of coefficients[position] * sample over its pairs, that of its bias the sum
 * of the coefficients; a row that has pairs is updated once, one that has none is not touched.
 * `flow`, where given, is laid out like `x` and becomes the gradient by each sample: the sum of coefficient * row, with the
 * weights from before the update. (The kernel sums it in parts, which `sumPartials` adds.)
 */
export function walkBackward(
  coefficients: Float32Array,
  rows: AnyRows,
  pairs: PairsFields,
  optimizer: OptimizerFields,
  x: Float32Array,
  xStride: number,
  flow?: Float32Array,
): void {
  const byInput = new Float64Array(x.length);
  for (const [v, r] of pairs.rows.entries()) {
    const gradient = new Float64Array(rows.width);
    let biasGradient = 0;
    for (let i = pairs.starts[v]; i < pairs.starts[v + 1]; i++) {
      const coefficient = coefficients[pairs.positions[i]];
      const sample = pairs.samples[i] * xStride;
      biasGradient += coefficient;
      for (let j = 0; j < rows.width; j++) {
        gradient[j] += coefficient * x[sample + j];
        byInput[sample + j] += coefficient * rows.weights[r * rows.stride + j];
      }
    }
    updateRow(rows, optimizer, r, gradient, biasGradient);
  }
  flow?.set(byInput);
}

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
