/** Labelled examples, as plain typed arrays: what `@hashgrad/datasets` gives, and anything of the same shape. */

/** Row i of `inputs` (rows x columns, row-major) has class labels[i]. */
export interface DenseExamples {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
}

/** Row i has (ids, values) from offsets[i] to offsets[i + 1], ids ascending, and labels from labelOffsets[i] on. */
export interface SparseExamples {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
}

export type Examples = DenseExamples | SparseExamples;

export function isSparse(examples: Examples): examples is SparseExamples {
  return 'labelOffsets' in examples;
}

/** Refuses examples that do not fit the network, naming the first that does not. @throws {RangeError} */
export function checkExamples(examples: Examples, inputs: number, classes: number): void {
  const { rows, columns, labels } = examples;
  if (columns !== inputs)
    throw new RangeError(`The network has ${inputs} inputs; the examples have ${columns}.`);
  if (rows < 1) throw new RangeError('There are no examples.');
  const values = isSparse(examples) ? examples.values : examples.inputs;
  if (isSparse(examples)) {
    const { offsets, ids, labelOffsets } = examples;
    if (offsets.length !== rows + 1 || labelOffsets.length !== rows + 1) {
      throw new RangeError(
        `${rows} rows have ${rows + 1} offsets of both kinds; got ${offsets.length} and ${labelOffsets.length}.`,
      );
    }
    for (let k = 0; k < ids.length; k++) {
      if (!(ids[k]! >= 0 && ids[k]! < columns)) {
        throw new RangeError(
          `Feature ${ids[k]} of row ${rowOf(offsets, k)} is not from 0 to ${columns - 1}.`,
        );
      }
    }
  } else if (values.length !== rows * columns || labels.length !== rows) {
    throw new RangeError(
      `${rows} rows of ${columns} have ${rows * columns} values and ${rows} labels; got ${values.length} and ${labels.length}.`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const row = isSparse(examples) ? rowOf(examples.offsets, i) : Math.floor(i / columns);
    const column = isSparse(examples) ? examples.ids[i] : i % columns;
    throw new RangeError(
      `The value of row ${row}, column ${column} is ${values[i]}; values are finite numbers.`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! >= 0 && labels[i]! < classes) continue;
    const row = isSparse(examples) ? rowOf(examples.labelOffsets, i) : i;
    throw new RangeError(
      `The label of row ${row} is ${labels[i]}; the network has classes 0 to ${classes - 1}.`,
    );
  }
}

/** The row that element `k` of compressed rows is in. */
function rowOf(offsets: Int32Array, k: number): number {
  return offsets.findLastIndex((offset) => offset <= k);
}

/** Non-zeros in a batch of `batch` rows, at most: the `batch` longest rows, whichever they are. */
export function mostNonZeros(examples: SparseExamples, batch: number): number {
  const lengths = Int32Array.from(
    { length: examples.rows },
    (_, i) => examples.offsets[i + 1]! - examples.offsets[i]!,
  );
  return lengths
    .toSorted()
    .subarray(-batch)
    .reduce((total, length) => total + length, 0);
}
