/** Labelled examples, as plain typed arrays: what `@hashgrad/datasets` gives, and anything of the same shape. */

/** Dense rows to predict for: rows x columns, row-major. */
export interface DenseInputs {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: Float32Array;
}

/** Row i of `inputs` has class labels[i]. */
export interface DenseExamples extends DenseInputs {
  readonly labels: Int32Array;
}

/** Sparse rows to predict for: row i has (ids, values) from offsets[i] to offsets[i + 1], ids ascending. */
export interface SparseInputs {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

/** Row i has the labels labelOffsets[i] to labelOffsets[i + 1]. */
export interface SparseExamples extends SparseInputs {
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
}

export type Inputs = DenseInputs | SparseInputs;

export type Examples = DenseExamples | SparseExamples;

export function isSparse(examples: Examples): examples is SparseExamples;
export function isSparse(inputs: Inputs): inputs is SparseInputs;
export function isSparse(inputs: Inputs): boolean {
  return 'offsets' in inputs;
}

/** Refuses labels that are not the rows' or no classes, naming the first. @throws {RangeError} */
export function checkLabels(examples: Examples, classes: number): void {
  const { rows, labels } = examples;
  if (isSparse(examples)) {
    const { labelOffsets } = examples;
    if (labelOffsets.length !== rows + 1) {
      throw new RangeError(`${rows} rows have ${rows + 1} labelOffsets; got ${labelOffsets.length}.`);
    }
    checkOffsets('labelOffsets', labelOffsets, labels.length);
  } else if (labels.length !== rows) {
    throw new RangeError(`${rows} rows have ${rows} labels; got ${labels.length}.`);
  }
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! >= 0 && labels[i]! < classes) continue;
    const row = isSparse(examples) ? rowOf(examples.labelOffsets, i) : i;
    throw new RangeError(
      `The label of row ${row} is ${labels[i]}; the network has classes 0 to ${classes - 1}.`,
    );
  }
}

/** Refuses rows that do not fit the network, naming the first that does not. @throws {RangeError} */
export function checkInputs(rowsOf: Inputs, inputs: number): void {
  const { rows, columns } = rowsOf;
  if (columns !== inputs)
    throw new RangeError(`The network has ${inputs} inputs; the examples have ${columns}.`);
  if (!(rows >= 1)) throw new RangeError('There are no examples.');
  const values = isSparse(rowsOf) ? rowsOf.values : rowsOf.inputs;
  if (isSparse(rowsOf)) {
    const { offsets, ids } = rowsOf;
    if (offsets.length !== rows + 1) {
      throw new RangeError(`${rows} rows have ${rows + 1} offsets; got ${offsets.length}.`);
    }
    if (ids.length !== values.length) {
      throw new RangeError(
        `There are as many ids as values; got ${ids.length} ids and ${values.length} values.`,
      );
    }
    checkOffsets('offsets', offsets, ids.length);
    for (let row = 0; row < rows; row++) {
      let before = -1;
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
        const id = ids[k]!;
        if (!(id >= 0 && id < columns)) {
          throw new RangeError(`Feature ${id} of row ${row} is not from 0 to ${columns - 1}.`);
        }
        if (id <= before) {
          throw new RangeError(`Features of a row ascend; in row ${row}, ${id} comes after ${before}.`);
        }
        before = id;
      }
    }
  } else if (values.length !== rows * columns) {
    throw new RangeError(`${rows} rows of ${columns} have ${rows * columns} values; got ${values.length}.`);
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const row = isSparse(rowsOf) ? rowOf(rowsOf.offsets, i) : Math.floor(i / columns);
    const column = isSparse(rowsOf) ? rowsOf.ids[i] : i % columns;
    throw new RangeError(
      `The value of row ${row}, column ${column} is ${values[i]}; values are finite numbers.`,
    );
  }
}

/** Refuses offsets that do not rise from 0 to `end`. */
function checkOffsets(name: string, offsets: Int32Array, end: number): void {
  const row = offsets.findIndex((offset, i) => (i === 0 ? offset !== 0 : offset < offsets[i - 1]!));
  if (row >= 0 || offsets.at(-1) !== end) {
    throw new RangeError(
      `${name} rise from 0 to ${end}; ` +
        (row > 0
          ? `got ${offsets[row]} after ${offsets[row - 1]} for row ${row - 1}.`
          : `got ${offsets[0]} to ${offsets.at(-1)}.`),
    );
  }
}

/** Refuses rows with more labels than the last layer has units active, `most`. @throws {RangeError} naming the first. */
export function checkLabelCounts(examples: Examples, most: number): void {
  if (!isSparse(examples)) return;
  const { labelOffsets, rows } = examples;
  for (let row = 0; row < rows; row++) {
    const count = labelOffsets[row + 1]! - labelOffsets[row]!;
    if (count > most) {
      throw new RangeError(
        `Row ${row} has ${count} labels, which are always active; the last layer's selector has at most ${most} units active.`,
      );
    }
  }
}

/** The row that element `k` of compressed rows is in. */
function rowOf(offsets: Int32Array, k: number): number {
  return offsets.findLastIndex((offset) => offset <= k);
}

/** Non-zeros in a batch of `batch` rows, at most: the `batch` longest rows, whichever they are. */
function mostNonZeros(examples: SparseInputs, batch: number): number {
  const lengths = Int32Array.from(
    { length: examples.rows },
    (_, i) => examples.offsets[i + 1]! - examples.offsets[i]!,
  );
  return lengths
    .toSorted()
    .subarray(-batch)
    .reduce((total, length) => total + length, 0);
}

/** Non-zeros in a batch, at most, for `NetworkOptions.nonZeros`: 0 for dense examples. */
export function nonZerosOf(examples: readonly Inputs[], batchSize: number): number {
  return Math.max(0, ...examples.map((some) => (isSparse(some) ? mostNonZeros(some, batchSize) : 0)));
}

/** Refuses examples of which some batch might have more than `capacity` non-zeros. @throws {RangeError} */
export function checkNonZeros(examples: Inputs, batchSize: number, capacity: number): void {
  const most = nonZerosOf([examples], batchSize);
  if (most > capacity) {
    throw new RangeError(`A batch may have ${most} non-zeros; the network was made for ${capacity}.`);
  }
}
