/**
 * Examples, as plain typed arrays: what `@hashgrad/datasets` gives, and anything of the same shape. Inputs are dense or
 * sparse; what is to be learned of them are classes, sets of labels, or numbers.
 */
import { checkWeightsOfPiece, type SampleWeights } from './sample-weights.ts';
import { shown } from '../spec/options.ts';
import type { LossKind } from '../spec/spec.ts';

/** Row i of `inputs`, rows x columns, row-major. */
export interface DenseInputs {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: Float32Array;
}

/** Row i has (ids, values) from offsets[i] to offsets[i + 1], ids ascending. */
export interface SparseInputs {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

/** Row i has the one label labels[i]. */
export interface ClassLabels {
  readonly labels: Int32Array;
}

/** Row i has the labels from labels[labelOffsets[i]] to labels[labelOffsets[i + 1] - 1]: any number of them. */
export interface LabelSets {
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
}

/** Row i of `targets`, rows x the last layer's units, row-major: for a linear output. */
export interface Targets {
  readonly targets: Float32Array;
}

/** Rows, dense or sparse, without what is to be learned of them. */
export type Inputs = DenseInputs | SparseInputs;

/** Dense rows, each with its class. */
export interface DenseExamples extends DenseInputs, ClassLabels {}

/** Sparse rows, each with its set of labels. */
export interface SparseExamples extends SparseInputs, LabelSets {}

/** Rows, dense or sparse, with a class, a set of labels or targets each, and maybe weights. */
export type Examples = Inputs & (ClassLabels | LabelSets | Targets) & SampleWeights;

export function isSparse<I extends Inputs>(inputs: I): inputs is I & SparseInputs {
  return 'offsets' in inputs;
}

export function hasLabelSets(examples: Examples): examples is Examples & LabelSets {
  return 'labelOffsets' in examples;
}

export function hasTargets(examples: Examples): examples is Examples & Targets {
  return 'targets' in examples;
}

/** Refuses rows that do not fit a network of so many inputs, naming the first that does not. @throws {RangeError} */
export function checkInputs(given: Inputs, inputs: number): void {
  const { rows, columns } = given;
  if (columns !== inputs)
    throw new RangeError(`The network has ${inputs} inputs; the examples have ${columns}.`);
  if (rows === 0) throw new RangeError('There are no examples.');
  if (!(Number.isInteger(rows) && rows >= 1)) throw new RangeError(`Examples have whole rows; got ${rows}.`);
  if (isSparse(given)) checkSparse(given);
  else if (given.inputs.length !== rows * columns) {
    throw new RangeError(
      `${rows} rows of ${columns} have ${rows * columns} values; got ${given.inputs.length}.`,
    );
  }
  const values = isSparse(given) ? given.values : given.inputs;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(Math.fround(values[i]!))) continue;
    const row = isSparse(given) ? rowOf(given.offsets, i) : Math.floor(i / columns);
    const column = isSparse(given) ? given.ids[i] : i % columns;
    throw new RangeError(
      `The value of row ${row}, column ${column} is ${notFinite(values[i]!)}; values are finite numbers.`,
    );
  }
}

/**
 * Refuses labels, targets or weights that do not fit the rows, or a network of so many outputs, naming the first that does not. All
 * weights may be 0.
 * @throws {RangeError}
 */
export function checkAnswers(examples: Examples, outputs: number, loss: LossKind): void {
  const { rows } = examples;
  if (hasTargets(examples) !== (loss === 'linear')) {
    throw new RangeError(
      loss === 'linear'
        ? 'The network has a linear output, trained by the mean squared error: its examples have `targets`, not labels.'
        : `The network has a ${loss} output, trained by cross-entropy: its examples have \`labels\`, not targets.`,
    );
  }
  if (hasTargets(examples)) checkTargets(examples.targets, rows, outputs);
  else checkLabels(examples, rows, outputs, loss === 'sigmoid');
  checkWeightsOfPiece(examples);
}

function checkSparse({ rows, columns, offsets, ids, values }: SparseInputs): void {
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
}

function checkTargets(targets: Float32Array, rows: number, outputs: number): void {
  if (targets.length !== rows * outputs) {
    throw new RangeError(
      `${rows} rows of ${outputs} outputs have ${rows * outputs} targets; got ${targets.length}.`,
    );
  }
  const at = targets.findIndex((target) => !Number.isFinite(Math.fround(target)));
  if (at < 0) return;
  throw new RangeError(
    `The target of row ${Math.floor(at / outputs)}, output ${at % outputs} is ${notFinite(targets[at]!)}; ` +
      'targets are finite numbers.',
  );
}

/** A number that is not finite in the 32 bits that networks compute with. */
function notFinite(value: number): string {
  return Number.isFinite(value) ? `${value}, which is infinite in 32 bits` : String(value);
}

/**
 * Refuses labels that do not fit the rows, or are none of 0 to `classes` - 1, naming the first that is not.
 * @param classes how many there are; Infinity where that is not known.
 * @param distinct whether a row has each label once. @throws {RangeError}
 */
export function checkLabels(
  examples: ClassLabels | LabelSets,
  rows: number,
  classes: number,
  distinct: boolean,
): void {
  const { labels } = examples;
  const labelOffsets = 'labelOffsets' in examples ? examples.labelOffsets : undefined;
  if (labelOffsets) {
    if (labelOffsets.length !== rows + 1) {
      throw new RangeError(`${rows} rows have ${rows + 1} label offsets; got ${labelOffsets.length}.`);
    }
    checkOffsets('labelOffsets', labelOffsets, labels.length);
  } else if (labels.length !== rows) {
    const oneHot =
      labels.length === rows * classes ? ': one class a row; `toExamples` takes them one-hot' : '';
    throw new RangeError(`${rows} rows have ${rows} labels, or labelOffsets; got ${labels.length}${oneHot}.`);
  }
  const lastRow = distinct ? new Int32Array(classes).fill(-1) : undefined;
  for (let row = 0; row < rows; row++) {
    const stop = labelOffsets ? labelOffsets[row + 1]! : row + 1;
    for (let i = labelOffsets ? labelOffsets[row]! : row; i < stop; i++) {
      const label = labels[i]!;
      if (!(label >= 0 && label < classes)) {
        throw new RangeError(
          `The label of row ${row} is ${label}; ` +
            (classes === Infinity ? 'labels are 0 or more.' : `classes are 0 to ${classes - 1}.`),
        );
      }
      if (lastRow?.[label] === row) {
        throw new RangeError(
          `Row ${row} has label ${label} more than once, which a sigmoid output has no use for.`,
        );
      }
      if (lastRow) lastRow[label] = row;
    }
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
  if (!hasLabelSets(examples)) return;
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

/** The first `rows` rows, of all where it is not given: views of their arrays. */
export function firstRows(examples: Examples, rows: number = examples.rows): Examples {
  if (rows >= examples.rows) return examples;
  const inputs = isSparse(examples)
    ? { offsets: examples.offsets.subarray(0, rows + 1) }
    : { inputs: examples.inputs.subarray(0, rows * examples.columns) };
  const answers = hasTargets(examples)
    ? { targets: examples.targets.subarray(0, (examples.targets.length / examples.rows) * rows) }
    : hasLabelSets(examples)
      ? { labelOffsets: examples.labelOffsets.subarray(0, rows + 1) }
      : { labels: examples.labels.subarray(0, rows) };
  const { sampleWeights } = examples;
  const weights = sampleWeights && { sampleWeights: sampleWeights.slice(0, rows) };
  return { ...examples, ...inputs, ...answers, ...weights, rows };
}

/** The rows in their own order. */
export function inOrder(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
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

/**
 * Non-zeros in a batch, at most, for `NetworkOptions.nonZeros`: 0 for dense examples.
 * @throws {TypeError} @throws {RangeError} for what are no examples, or no batch size.
 */
export function nonZerosOf(examples: readonly Inputs[], batchSize: number): number {
  if (!Array.isArray(examples)) {
    throw new TypeError(`nonZerosOf takes a list of examples, \`[train, test]\`; got ${shown(examples)}.`);
  }
  const wrong = examples.findIndex((some: unknown) => typeof some !== 'object' || some === null);
  if (wrong >= 0) {
    throw new TypeError(`nonZerosOf takes a list of examples; number ${wrong} is ${shown(examples[wrong])}.`);
  }
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`A batch has 1 or more samples; got ${shown(batchSize)}.`);
  }
  return Math.max(0, ...examples.map((some) => (isSparse(some) ? mostNonZeros(some, batchSize) : 0)));
}

/** Refuses examples of which some batch might have more than `capacity` non-zeros. @throws {RangeError} */
export function checkNonZeros(examples: Inputs, batchSize: number, capacity: number): void {
  const most = nonZerosOf([examples], batchSize);
  if (most > capacity) {
    throw new RangeError(`A batch may have ${most} non-zeros; the network was made for ${capacity}.`);
  }
}
