import { checkSeed, checkOptions } from '../check-options.ts';
import { randomPermutation, randomSource, type RandomSource } from '../random.ts';
import type { DenseDataset, SparseDataset, Split } from '../types.ts';
import { classCounts } from './class-counts.ts';
import { selectRows } from './rows.ts';

/** Which rows are held back from training. */
export interface SplitOptions {
  /** Rows to test with: a share of all, above 0 and below 1, or a whole number of them. 0.2 by default. */
  readonly test?: number;
  /** Rows to validate with, said in the same way; none by default. */
  readonly validation?: number;
  /** Whether each part has its share of each class, as far as whole rows allow; by default it does not. */
  readonly stratify?: boolean;
  /** Decides which rows are drawn; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

/** A split with rows to choose settings by. */
export interface ThreeWaySplit<T> extends Split<T> {
  readonly validation: T;
}

/**
 * Parts a data set into rows to train on and rows to test with, and to validate with, if asked to. Rows are drawn at random by
 * `seed`; within each part they keep their order.
 *
 * This makes the parts of a set that was published as one. To hold rows back during a training run, sparse-nn's `train` has
 * `validationSplit`.
 *
 * @throws RangeError for a part outside its range, or if no row is left to train on; TypeError if rows of label sets are to be
 *   stratified: they belong to several classes at once.
 */
export function split<T extends DenseDataset | SparseDataset>(
  dataset: T,
  options: SplitOptions & { readonly validation: number },
): ThreeWaySplit<T>;
export function split<T extends DenseDataset | SparseDataset>(dataset: T, options?: SplitOptions): Split<T>;
export function split<T extends DenseDataset | SparseDataset>(
  dataset: T,
  options: SplitOptions = {},
): Split<T> {
  checkOptions('split', options, { test: true, validation: true, stratify: true, seed: true });
  const { test = 0.2, validation, stratify = false, seed = 1 } = options;
  const { name, rows } = dataset;
  const wanted = [rowsOf(test, 'test', rows)];
  if (validation !== undefined) wanted.push(rowsOf(validation, 'validation', rows));
  const held = wanted.reduce((sum, count) => sum + count, 0);
  if (held >= rows) {
    throw new RangeError(`Of ${rows} rows of ${name} ${held} would be held back: none is left to train on.`);
  }
  const source = randomSource(checkSeed(seed), 'split');
  const partOf = stratify ? drawByClass(dataset, wanted, source) : draw(rows, wanted, source);
  const part = (index: number): T => {
    const order = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => partOf[row] === index);
    return selectRows(dataset, order);
  };
  return {
    name,
    train: part(0),
    ...(validation === undefined ? {} : { validation: part(2) }),
    test: part(1),
  };
}

/** A share, or a number, as a number of rows. */
function rowsOf(value: number, part: string, rows: number): number {
  const count = value > 0 && value < 1 ? Math.max(1, Math.round(value * rows)) : value;
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(
    `${part} is a share of the rows, above 0 and below 1, or a whole number of them; got ${value}.`,
  );
}

/** The part of each row: 0 for training, 1 and 2 for parts of these sizes. */
function draw(rows: number, sizes: readonly number[], source: RandomSource): Uint8Array {
  const partOf = new Uint8Array(rows);
  const order = randomPermutation(source, rows);
  let from = 0;
  for (const [i, size] of sizes.entries()) {
    for (const row of order.subarray(from, from + size)) partOf[row] = i + 1;
    from += size;
  }
  return partOf;
}

/** The same, each class apart: its share of a part is rounded so that the part has its size (largest remainders). */
function drawByClass(
  dataset: DenseDataset | SparseDataset,
  sizes: readonly number[],
  source: RandomSource,
): Uint8Array {
  if (!('inputs' in dataset)) {
    throw new TypeError(`Rows of ${dataset.name} have sets of labels: they cannot be stratified by class.`);
  }
  const { rows, labels } = dataset;
  const partOf = new Uint8Array(rows);
  const order = randomPermutation(source, rows);
  const left = classCounts(dataset);
  let total = rows;
  for (const [i, size] of sizes.entries()) {
    const share = apportion(left, size, total);
    for (const row of order) {
      const label = labels[row]!;
      if (partOf[row] !== 0 || share[label] === 0) continue;
      partOf[row] = i + 1;
      share[label]!--;
      left[label]!--;
    }
    total -= size;
  }
  return partOf;
}

/** `size` divided among classes in proportion to their counts, which are `total` together. */
function apportion(counts: Int32Array, size: number, total: number): Int32Array {
  const exact = Float64Array.from(counts, (count) => (count * size) / total);
  const share = Int32Array.from(exact, Math.floor);
  const missing = size - share.reduce((sum, count) => sum + count, 0);
  const byRemainder = Int32Array.from(counts.keys()).toSorted(
    (a, b) => exact[b]! - share[b]! - (exact[a]! - share[a]!) || a - b,
  );
  for (const label of byRemainder.subarray(0, missing)) share[label]!++;
  return share;
}
