import { checkOptions } from '../check-options.ts';
import type { DenseDataset, SparseDataset, Split } from '../types.ts';

/** How values are shifted and scaled: a value x of column c becomes (x - shift[c]) * scale[c]. */
export interface Scaling {
  /** One a column; all 0 for sparse rows, whose zeros stay zeros. */
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

/** Over what means and extremes are taken. */
export interface ScalingOptions {
  /** 'column' for each column alone, the default; 'all' for one shift and one scale of all columns, as pixels need. */
  readonly by?: 'column' | 'all';
}

/** A split whose values were scaled, and how, so that what comes later can be, too. */
export type ScaledSplit<T> = Split<T> & { readonly scaling: Scaling };

/**
 * Brings values to mean 0 and standard deviation 1, by what the training rows have; test rows are scaled alike. Sparse rows
 * keep their zeros: they are divided by the standard deviation, zeros counted, and not shifted. A column that never varies
 * in training becomes 0, of sparse rows stays.
 */
export function standardize<T extends DenseDataset | SparseDataset>(
  split: Split<T>,
  options: ScalingOptions = {},
): ScaledSplit<T> {
  checkOptions('standardize', options, { by: true });
  return scaled(split, options, ({ mean, deviation, least, most }, dense) => ({
    shift: dense ? mean : 0,
    scale: least < most && deviation > 0 ? 1 / deviation : 1,
  }));
}

/**
 * Brings values to the range from 0 to 1, by the least and the largest of the training rows; test rows are scaled alike, and may
 * lie outside. Sparse rows keep their zeros: they are divided by the largest absolute value. A column that never varies in
 * training becomes 0, of sparse rows 1 or -1 where it has values.
 */
export function normalize<T extends DenseDataset | SparseDataset>(
  split: Split<T>,
  options: ScalingOptions = {},
): ScaledSplit<T> {
  checkOptions('normalize', options, { by: true });
  return scaled(split, options, ({ least, most }, dense) => {
    const range = dense ? most - least : Math.max(Math.abs(least), Math.abs(most));
    return { shift: dense ? least : 0, scale: range > 0 ? 1 / range : 1 };
  });
}

/**
 * Scales rows as others were, such as those that come after training.
 * @throws RangeError if they have other columns.
 */
export function applyScaling<T extends DenseDataset | SparseDataset>(
  dataset: T,
  { shift, scale }: Scaling,
): T {
  const { name, columns } = dataset;
  if (shift.length !== columns || scale.length !== columns) {
    throw new RangeError(`${name} has ${columns} columns; the scaling is of ${shift.length}.`);
  }
  if (!('inputs' in dataset)) {
    const { ids, values } = dataset;
    return { ...dataset, values: values.map((value, j) => value * scale[ids[j]!]!) };
  }
  const inputs = new Float32Array(dataset.inputs.length);
  for (let at = 0; at < inputs.length; at += columns) {
    for (let c = 0; c < columns; c++) inputs[at + c] = (dataset.inputs[at + c]! - shift[c]!) * scale[c]!;
  }
  return { ...dataset, inputs };
}

/** The length that a row is brought to. */
export type Norm = 'l1' | 'l2' | 'max';

/**
 * Scales each row to the length 1: the sum of its absolute values ('l1'), the root of the sum of squares ('l2'), or its largest
 * absolute value ('max'). Rows of zeros stay.
 */
export function scaleRows<T extends DenseDataset | SparseDataset>(dataset: T, norm: Norm = 'l2'): T {
  const length = LENGTHS[norm];
  if (length === undefined) {
    throw new RangeError(`norm is one of ${Object.keys(LENGTHS).join(', ')}; got ${String(norm)}.`);
  }
  const values = ('inputs' in dataset ? dataset.inputs : dataset.values).slice();
  for (let row = 0; row < dataset.rows; row++) {
    const [from, to] =
      'inputs' in dataset
        ? [row * dataset.columns, (row + 1) * dataset.columns]
        : [dataset.offsets[row]!, dataset.offsets[row + 1]!];
    const long = length(values, from, to);
    if (long > 0) for (let j = from; j < to; j++) values[j]! /= long;
  }
  return 'inputs' in dataset ? { ...dataset, inputs: values } : { ...dataset, values };
}

const LENGTHS: Readonly<Record<Norm, (values: Float32Array, from: number, to: number) => number>> = {
  l1: (values, from, to) => {
    let sum = 0;
    for (let j = from; j < to; j++) sum += Math.abs(values[j]!);
    return sum;
  },
  l2: (values, from, to) => {
    let sum = 0;
    for (let j = from; j < to; j++) sum += values[j]! * values[j]!;
    return Math.sqrt(sum);
  },
  max: (values, from, to) => {
    let most = 0;
    for (let j = from; j < to; j++) most = Math.max(most, Math.abs(values[j]!));
    return most;
  },
};

/** Of a column, or of all. */
interface Moments {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

function scaled<T extends DenseDataset | SparseDataset>(
  split: Split<T>,
  { by = 'column' }: ScalingOptions,
  ofMoments: (moments: Moments, dense: boolean) => { shift: number; scale: number },
): ScaledSplit<T> {
  const { train, test } = split;
  if (by !== 'column' && by !== 'all') {
    throw new RangeError(`by is 'column' or 'all'; got ${String(by)}.`);
  }
  const dense = 'inputs' in train;
  const found = momentsOf(train, by).map((each) => ofMoments(each, dense));
  const at = (column: number): { shift: number; scale: number } => found[by === 'all' ? 0 : column]!;
  const scaling: Scaling = {
    shift: Float64Array.from({ length: train.columns }, (_, c) => at(c).shift),
    scale: Float64Array.from({ length: train.columns }, (_, c) => at(c).scale),
  };
  return { ...split, train: applyScaling(train, scaling), test: applyScaling(test, scaling), scaling };
}

function momentsOf(dataset: DenseDataset | SparseDataset, by: 'column' | 'all'): Moments[] {
  const { rows, columns } = dataset;
  const groups = by === 'all' ? 1 : columns;
  const ofAll = by === 'all' ? 0 : 1;
  const [sums, squares, counts] = [0, 1, 2].map(() => new Float64Array(groups)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const least = new Float64Array(groups).fill(Infinity);
  const most = new Float64Array(groups).fill(-Infinity);
  // Sums are of differences from a value of the group, so that values far from 0 lose no digits.
  const origin = new Float64Array(groups);
  const add = (group: number, value: number): void => {
    const difference = value - origin[group]!;
    sums[group]! += difference;
    squares[group]! += difference * difference;
    counts[group]!++;
    if (value < least[group]!) least[group] = value;
    if (value > most[group]!) most[group] = value;
  };
  if ('inputs' in dataset) {
    const { inputs } = dataset;
    origin.set(inputs.subarray(0, groups));
    for (let at = 0; at < inputs.length; at += columns) {
      for (let c = 0; c < columns; c++) add(c * ofAll, inputs[at + c]!);
    }
  } else {
    const { ids, values } = dataset;
    for (let j = 0; j < ids.length; j++) add(ids[j]! * ofAll, values[j]!);
  }
  const all = by === 'all' ? rows * columns : rows;
  return Array.from({ length: groups }, (_, g) => {
    // What was not there is 0.
    const [low, high] =
      counts[g]! < all ? [Math.min(least[g]!, 0), Math.max(most[g]!, 0)] : [least[g]!, most[g]!];
    const mean = sums[g]! / all;
    const deviation = Math.sqrt(Math.max(0, squares[g]! / all - mean * mean));
    return { mean: mean + origin[g]!, deviation, least: low, most: high };
  });
}
