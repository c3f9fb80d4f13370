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
    checkThere('inputs', inputs, row, (row + 1) * width);
    values.set(inputs.subarray(row * width, (row + 1) * width), s * stride);
  }
}

/**
 * Memory of an array may have been given away, or made smaller, since it was checked.
 * @throws {RangeError} unless the array still reaches to `end`, where the row ends.
 */
export function checkThere(name: string, array: { readonly length: number }, row: number, end: number): void {
  if (array.length >= end) return;
  throw new RangeError(`The ${name} of row ${row} are no longer there: ${array.length} numbers are left.`);
}

function loadSparse(inputs: SparseInputs, rows: Int32Array, activations: SparseActivations): void {
  const { width, ids, values, offsets } = activations;
  let to = 0;
  for (const [s, row] of rows.entries()) {
    const count = lengthOf(inputs.offsets, row, inputs.ids.length, ids.length - to);
    const from = inputs.offsets[row]!;
    checkThere('values', inputs.values, row, from + count);
    ids.set(inputs.ids.subarray(from, from + count), to);
    values.set(inputs.values.subarray(from, from + count), to);
    for (let i = to; i < to + count; i++) {
      if (ids[i]! >= 0 && ids[i]! < width) continue;
      throw new RangeError(`A feature of row ${row} has become ${ids[i]}; features are 0 to ${width - 1}.`);
    }
    to += count;
    offsets[s + 1] = to;
  }
}

/**
 * How many elements a row of compressed rows has.
 * @throws {RangeError} unless they are among the `total` that there are, and `most` at most: offsets may have been changed
 * since they were checked.
 */
export function lengthOf(offsets: Int32Array, row: number, total: number, most: number): number {
  const [from, end] = [offsets[row]!, offsets[row + 1]!];
  if (from >= 0 && end >= from && end <= total && end - from <= most) return end - from;
  throw new RangeError(
    `The offsets of row ${row} have become ${from} and ${end}: there are ${total} elements, and room for ${most} here.`,
  );
}
