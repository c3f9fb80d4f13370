/** Bringing rows of inputs into the arena. */
import type { DenseActivations, Activations, SparseActivations } from '../layers/activations.ts';
import { isSparse, type DenseInputs, type Inputs, type SparseInputs } from './examples.ts';

/** Writes the listed rows one after the other to `activations`, which is of their kind and has room for them. */
export function loadRows(inputs: Inputs, rows: Int32Array, activations: Activations): void {
  if (isSparse(inputs)) loadSparse(inputs, rows, activations as SparseActivations);
  else loadDense(inputs, rows, activations as DenseActivations);
}

function loadDense(
  { inputs }: DenseInputs,
  rows: Int32Array,
  { values, stride, width }: DenseActivations,
): void {
  for (const [s, row] of rows.entries()) {
    values.set(inputs.subarray(row * width, (row + 1) * width), s * stride);
  }
}

function loadSparse(inputs: SparseInputs, rows: Int32Array, activations: SparseActivations): void {
  let to = 0;
  for (const [s, row] of rows.entries()) {
    const [from, end] = [inputs.offsets[row]!, inputs.offsets[row + 1]!];
    activations.ids.set(inputs.ids.subarray(from, end), to);
    activations.values.set(inputs.values.subarray(from, end), to);
    to += end - from;
    activations.offsets[s + 1] = to;
  }
}
