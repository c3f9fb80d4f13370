import { checkSeed, checkWhole, checkOptions } from '../check-options.ts';
import { randomPermutation, randomSource } from '../random.ts';
import type { DenseDataset, SparseDataset } from '../types.ts';
import { selectRows } from './rows.ts';

/** Which rows are kept. */
export interface SubsetOptions {
  /**
   * Classes that are kept, each once; they get the numbers 0, 1, 2, ... in this order. Rows of others are left out; of a set of
   * labels those that are kept stay, and a row without any goes.
   */
  readonly classes?: readonly number[];
  /** Rows of each class, at most, drawn by `seed`: few-shot training, or classes of equal size. Only where rows have one class. */
  readonly perClass?: number;
  /** Whether a row, by its number, is kept. */
  readonly where?: (row: number) => boolean;
  /** Decides which rows `perClass` draws; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

/**
 * Some rows of a data set, in their order: those of some classes, some of each class, or those that a function picks.
 * (`takeRows` has the first ones, `selectRows` those of a list.)
 *
 * @throws RangeError for a class that is not there or comes twice, for an option outside its range, or if no row is left;
 *   TypeError for `perClass` of a set whose rows have sets of labels.
 */
export function subset<T extends DenseDataset | SparseDataset>(dataset: T, options: SubsetOptions): T {
  checkOptions('subset', options, { classes: true, perClass: true, where: true, seed: true });
  const { classes, perClass, where, seed = 1 } = options;
  const places = classes && placesOf(dataset, classes);
  let rows: number[] = [];
  for (let row = 0; row < dataset.rows; row++) {
    if (where && !where(row)) continue;
    if (places && !labelsOf(dataset, row).some((label) => places[label]! >= 0)) continue;
    rows.push(row);
  }
  if (perClass !== undefined) rows = someOfEach(dataset, rows, perClass, seed);
  if (rows.length === 0) throw new RangeError(`No row of ${dataset.name} is left.`);
  const selected = selectRows(dataset, rows);
  return places ? renumbered(selected, places, classes.length) : selected;
}

/** The new number of each class, -1 for those that go. */
function placesOf({ name, classes }: DenseDataset | SparseDataset, kept: readonly number[]): Int32Array {
  const places = new Int32Array(classes).fill(-1);
  for (const [place, label] of kept.entries()) {
    checkWhole(label, `A class of ${name}`, 0, classes - 1);
    if (places[label] !== -1) throw new RangeError(`Class ${label} of ${name} is asked for twice.`);
    places[label] = place;
  }
  return places;
}

function labelsOf(dataset: DenseDataset | SparseDataset, row: number): Int32Array {
  if ('inputs' in dataset) return dataset.labels.subarray(row, row + 1);
  return dataset.labels.subarray(dataset.labelOffsets[row], dataset.labelOffsets[row + 1]);
}

function someOfEach(
  dataset: DenseDataset | SparseDataset,
  rows: readonly number[],
  perClass: number,
  seed: number,
): number[] {
  checkWhole(perClass, 'perClass', 1);
  if (!('inputs' in dataset)) {
    throw new TypeError(`Rows of ${dataset.name} have sets of labels: perClass is for rows of one class.`);
  }
  const taken = new Int32Array(dataset.classes);
  const order = randomPermutation(randomSource(checkSeed(seed), 'subset'), rows.length);
  const kept = Array.from(order, (at) => rows[at]!).filter(
    (row) => taken[dataset.labels[row]!]!++ < perClass,
  );
  return kept.toSorted((a, b) => a - b);
}

function renumbered<T extends DenseDataset | SparseDataset>(
  dataset: T,
  places: Int32Array,
  classes: number,
): T {
  if ('inputs' in dataset) {
    return { ...dataset, classes, labels: dataset.labels.map((label) => places[label]!) };
  }
  const labels: number[] = [];
  const labelOffsets = new Int32Array(dataset.rows + 1);
  for (let row = 0; row < dataset.rows; row++) {
    const kept = labelsOf(dataset, row).map((label) => places[label]!);
    labels.push(...kept.filter((place) => place >= 0).toSorted());
    labelOffsets[row + 1] = labels.length;
  }
  return { ...dataset, classes, labelOffsets, labels: Int32Array.from(labels) };
}
