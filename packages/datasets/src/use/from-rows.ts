import { checkOptions, type Known } from '../check-options.ts';
import type { DenseDataset, SparseDataset } from '../types.ts';
import { columnsOf, type Column, type TableRow } from './table-columns.ts';
import { documentsOf } from './documents.ts';
import { labelsOf, type RawLabels } from './raw-labels.ts';

export type { TableRow } from './table-columns.ts';
export type { RawLabels } from './raw-labels.ts';

/** What rows are, beside their values. */
export interface FromRowsOptions extends RawLabels {
  /** What the data set is called; 'rows' by default. */
  readonly name?: string;
  /** Rows of numbers or texts: what their columns are called. Default: their numbers from 0 on. */
  readonly columnNames?: readonly string[];
  /** What stands for a value that is missing: null, undefined, NaN or an empty text. By default it is refused. */
  readonly missing?: number;
  /**
   * A data set that was made of other rows, such as those to train on: columns, words and classes are its own, in its order.
   */
  readonly like?: NamedColumns & { readonly classNames?: readonly string[]; readonly classes: number };
}

const OPTIONS: Known<FromRowsOptions> = {
  name: true,
  columnNames: true,
  missing: true,
  like: true,
  labels: true,
  label: true,
  oneHot: true,
  classNames: true,
};

/** What the columns of a data set stand for. */
export interface NamedColumns {
  /** 'height', or 'colour=red' for a column that is 1 where the colour is red; of texts, a word each. */
  readonly columnNames: readonly string[];
}

/** What classes are called, if labels were names. */
export interface NamedClasses {
  readonly classNames?: readonly string[];
}

/** Rows with one class each, made by {@link fromRows}. */
export type DenseRows = DenseDataset & NamedColumns & NamedClasses;

/** Rows of words, or rows with sets of labels, made by {@link fromRows}. */
export type SparseRows = SparseDataset & NamedColumns & NamedClasses;

/**
 * A data set of rows as people have them.
 *
 * A row is a list of numbers; or an object or list whose values may be texts, too: a column of numbers, written as texts or
 * not, stays one column, and a column of other texts becomes one for each text that comes (one-hot). Or a row is a text, whose
 * words are counted: then the data set is sparse, for {@link tfidf}. Labels are numbers from 0 on, names, or lists of either
 * (the data set is then sparse, too); `label` names the column of an object that has them.
 *
 * This makes named data sets, which can be split, scaled and described. (sparse-nn's `toExamples` makes numbers fit for one
 * call of a network.)
 *
 * @throws TypeError or RangeError naming row and column for rows of different lengths, values that are missing or not finite,
 *   a text or name that `like` does not have, or labels that do not belong to the rows.
 */
export function fromRows(
  rows: readonly (TableRow | ArrayLike<number>)[],
  options: FromRowsOptions & {
    readonly labels?: undefined;
    readonly oneHot?: undefined;
    readonly label: string;
  },
): DenseRows;
export function fromRows(
  rows: readonly (TableRow | ArrayLike<number>)[],
  options: FromRowsOptions & { readonly labels: ArrayLike<number> | readonly string[] },
): DenseRows;
export function fromRows(
  rows: readonly (TableRow | ArrayLike<number>)[],
  options: FromRowsOptions & { readonly oneHot: readonly ArrayLike<number>[] },
): DenseRows;
export function fromRows(rows: readonly string[], options: FromRowsOptions): SparseRows;
export function fromRows(
  rows: readonly (TableRow | ArrayLike<number> | string)[],
  options: FromRowsOptions,
): DenseRows | SparseRows;
export function fromRows(
  rows: readonly (TableRow | ArrayLike<number> | string)[],
  options: FromRowsOptions,
): DenseRows | SparseRows {
  checkOptions('fromRows', options, OPTIONS);
  const { name = 'rows', like } = options;
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new TypeError(`${name}: expected a list of one row or more.`);
  }
  const answers = labelsOf(name, rows, options, like);
  const named = { ...(answers.classNames && { classNames: answers.classNames }) };
  const sets = answers.labelOffsets ?? Int32Array.from({ length: rows.length + 1 }, (_, row) => row);
  if (typeof rows[0] === 'string') {
    const { columnNames, ...inputs } = documentsOf(name, rows, like?.columnNames);
    return {
      name,
      rows: rows.length,
      columns: columnNames.length,
      classes: answers.classes,
      ...inputs,
      labelOffsets: sets,
      labels: answers.labels,
      columnNames,
      ...named,
    };
  }
  const columns = columnsOf(name, rows as readonly TableRow[], options);
  const columnNames = columns.map((column) => column.name);
  const shared = { name, rows: rows.length, columns: columns.length, classes: answers.classes };
  if (answers.labelOffsets === undefined) {
    const inputs = new Float32Array(rows.length * columns.length);
    for (const [c, column] of columns.entries()) {
      for (let row = 0; row < rows.length; row++) inputs[row * columns.length + c] = column.values[row]!;
    }
    return { ...shared, inputs, labels: answers.labels, columnNames, ...named };
  }
  return {
    ...shared,
    ...nonZerosOf(rows.length, columns),
    labelOffsets: sets,
    labels: answers.labels,
    columnNames,
    ...named,
  };
}

function nonZerosOf(
  rows: number,
  columns: readonly Column[],
): Pick<SparseDataset, 'offsets' | 'ids' | 'values'> {
  const ids: number[] = [];
  const values: number[] = [];
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    for (const [c, column] of columns.entries()) {
      if (column.values[row] === 0) continue;
      ids.push(c);
      values.push(column.values[row]!);
    }
    offsets[row + 1] = ids.length;
  }
  return { offsets, ids: Int32Array.from(ids), values: Float32Array.from(values) };
}
