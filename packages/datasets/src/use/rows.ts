import { checkSeed, checkWhole } from '../check-options.ts';
import { randomPermutation, randomSource } from '../random.ts';
import type { DenseDataset, SparseDataset } from '../types.ts';

/**
 * The rows that `order` names, in that order, as a data set of its own; a row may be named more than once.
 *
 * @throws RangeError if a number in `order` is not a row.
 */
export function selectRows<T extends DenseDataset | SparseDataset>(dataset: T, order: ArrayLike<number>): T {
  for (let i = 0; i < order.length; i++) {
    checkWhole(order[i]!, `The row of ${dataset.name} at place ${i}`, 0, dataset.rows - 1);
  }
  return ('inputs' in dataset ? selectDense(dataset, order) : selectSparse(dataset, order)) as T;
}

/**
 * The first `count` rows, copied.
 *
 * A set whose rows are sorted by class, as the published test set of Convex is, should be shuffled first.
 *
 * @throws RangeError unless `count` is from 1 to the number of rows.
 */
export function takeRows<T extends DenseDataset | SparseDataset>(dataset: T, count: number): T {
  checkWhole(count, `The number of rows to take from ${dataset.name}`, 1, dataset.rows);
  return selectRows(
    dataset,
    Int32Array.from({ length: count }, (_, i) => i),
  );
}

/**
 * All rows in an order that depends on `seed` alone.
 *
 * @throws RangeError unless `seed` is a whole number from 0 to 2^32 - 1.
 */
export function shuffleRows<T extends DenseDataset | SparseDataset>(dataset: T, seed: number): T {
  return selectRows(dataset, randomPermutation(randomSource(checkSeed(seed), 'shuffle'), dataset.rows));
}

function selectDense(dataset: DenseDataset, order: ArrayLike<number>): DenseDataset {
  const { columns } = dataset;
  const inputs = new Float32Array(order.length * columns);
  const labels = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    inputs.set(dataset.inputs.subarray(row * columns, (row + 1) * columns), i * columns);
    labels[i] = dataset.labels[row]!;
  }
  return { ...dataset, rows: order.length, inputs, labels };
}

function selectSparse(dataset: SparseDataset, order: ArrayLike<number>): SparseDataset {
  const offsets = selectedOffsets(dataset.offsets, order);
  const labelOffsets = selectedOffsets(dataset.labelOffsets, order);
  const ids = new Int32Array(offsets[order.length]!);
  const values = new Float32Array(ids.length);
  const labels = new Int32Array(labelOffsets[order.length]!);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const [from, to] = [dataset.offsets[row]!, dataset.offsets[row + 1]!];
    ids.set(dataset.ids.subarray(from, to), offsets[i]!);
    values.set(dataset.values.subarray(from, to), offsets[i]!);
    labels.set(
      dataset.labels.subarray(dataset.labelOffsets[row]!, dataset.labelOffsets[row + 1]!),
      labelOffsets[i]!,
    );
  }
  return { ...dataset, rows: order.length, offsets, ids, values, labelOffsets, labels };
}

function selectedOffsets(offsets: Int32Array, order: ArrayLike<number>): Int32Array {
  const selected = new Int32Array(order.length + 1);
  for (let i = 0; i < order.length; i++) {
    selected[i + 1] = selected[i]! + offsets[order[i]! + 1]! - offsets[order[i]!]!;
  }
  return selected;
}
