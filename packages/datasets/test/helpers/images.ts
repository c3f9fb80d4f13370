import type { DenseDataset } from '../../src/index.ts';

/** The inputs of row i. */
export function row({ inputs, columns }: DenseDataset, i: number): Float32Array {
  return inputs.subarray(i * columns, (i + 1) * columns);
}

/** The indices of the rows of a class. */
export function rowsOf({ labels }: DenseDataset, label: number): number[] {
  return [...labels.keys()].filter((i) => labels[i] === label);
}

/** The mean over a class's rows of the sum of inputs: the pixels that are on, where they are 0 or 1. */
export function meanOn(dataset: DenseDataset, label: number): number {
  const rows = rowsOf(dataset, label);
  return rows.reduce((total, i) => total + sum(row(dataset, i)), 0) / rows.length;
}

/** The sum of an image's pixels. */
export function sum(values: Float32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Where two arrays first differ, if they do; comparing them by expect().toEqual takes seconds for millions. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return undefined;
}
