/** Reference of the walk backward over (sample, row) pairs sorted by row: each row's gradient, and its update. */
import type { PairsFields, SparseFields } from '../../ops/layout.ts';
import type { OptimizerFields } from '../../ops/optimizer.ts';
import type { AnyRows } from '../optimizer/adam.ts';
import { updateRow } from '../optimizer/update-row.ts';

/**
 * Backward: the gradient of a row is the sum of coefficients[position] * sample over its pairs, that of its bias the sum
 * of the coefficients; a row that has pairs is updated once, one that has none is not touched.
 * `flow`, where given, is laid out like `x` and becomes the gradient with respect to each sample: the sum of coefficient * row,
 * with the weights from before the update. (The kernel sums it in parts, which `sumPartials` adds.)
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

/** As `walkBackward`, the samples sparse. */
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
