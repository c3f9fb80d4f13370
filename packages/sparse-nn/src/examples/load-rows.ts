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
    const next = rows[s + 1];
    if (next !== undefined) readAhead(inputs, next * width, width);
    values.set(inputs.subarray(row * width, (row + 1) * width), s * stride);
  }
}

/** Numbers of a cache line, and those that are read ahead, at most. */
const LINE = 16;
const MOST_AHEAD = 4096;

/** Of no use, but that a compiler must not leave out reads whose result is stored. */
const read = { sum: 0 };

/**
 * Reads a number of each cache line of a row that is copied soon. Rows of a shuffled batch lie anywhere in memory: so they are
 * on their way while others are copied.
 */
function readAhead(numbers: Float32Array | Int32Array, first: number, count: number): void {
  const end = first + Math.min(count, MOST_AHEAD);
  let sum = 0;
  for (let i = first; i < end; i += LINE) sum += numbers[i]!;
  read.sum = sum;
}

/**
 * Memory of an array may have been given away, or made smaller, since it was checked.
 * @throws {RangeError} unless the array still reaches to `end`, where the row ends.
 */
export function checkThere(name: string, array: { readonly length: number }, row: number, end: number): void {
  if (array.length >= end) return;
  throw new RangeError(`The ${name} of row ${row} are no longer there: ${array.length} numbers are left.`);
}

/** Sparse rows that are read ahead are short: one alone would not fill the time that memory takes. */
const ROWS_AHEAD = 4;

function loadSparse(inputs: SparseInputs, rows: Int32Array, activations: SparseActivations): void {
  const { width, ids, values, offsets } = activations;
  const ahead = (s: number): void => {
    const row = rows[s];
    if (row === undefined) return;
    const first = inputs.offsets[row]!;
    const count = inputs.offsets[row + 1]! - first;
    readAhead(inputs.ids, first, count);
    readAhead(inputs.values, first, count);
  };
  for (let s = 0; s < ROWS_AHEAD; s++) ahead(s);
  let to = 0;
  for (const [s, row] of rows.entries()) {
    ahead(s + ROWS_AHEAD);
    const count = lengthOf(inputs.offsets, row, inputs.ids.length, ids.length - to);
    const from = inputs.offsets[row]!;
    checkThere('values', inputs.values, row, from + count);
    for (let i = from; i < from + count; i++, to++) {
      const id = inputs.ids[i]!;
      if (!(id >= 0 && id < width)) {
        throw new RangeError(`A feature of row ${row} has become ${id}; features are 0 to ${width - 1}.`);
      }
      ids[to] = id;
      values[to] = inputs.values[i]!;
    }
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
