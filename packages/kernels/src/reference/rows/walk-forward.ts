/**
 * Reference of the walk forward over (sample, row) pairs sorted by row. It computes what SLIDE (Chen et al. 2020, section 3)
 * computes for the neurons that each sample chose, but visits each row once a batch.
 */
import type { PairsFields, SparseFields } from '../../ops/layout.ts';
import type { AnyRows } from '../optimizer/adam.ts';
import type { Choices } from './gather-rows.ts';

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

/** As `walkForward`, the samples sparse: out[position] = row . sample + bias for every pair. */
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
