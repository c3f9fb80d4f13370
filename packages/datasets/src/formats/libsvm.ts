import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { checkWhole } from '../check-options.ts';
import { GrowingArray } from '../growing-array.ts';
import type { SparseDataset, Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { numberClasses } from './class-names.ts';
import { readEntries } from './feature-entries.ts';
import { sourceOf, type FileOptions } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import { SparseRows } from './sparse-rows.ts';
import { parseBytes, parseInput } from './stream-parser.ts';
import { cursor, isBlank, scanFloat, scanWhole, skipBlanks, skipToBlank } from './text-numbers.ts';

/** What a LIBSVM file does not say itself. */
export interface LibsvmOptions extends FileOptions {
  /** Features; by default as many as the highest id needs. Training and test files often differ in that. */
  readonly columns?: number;
  /** Whether features are counted from 0. By default they are where one is 0, else from 1, as LIBSVM counts. */
  readonly zeroBased?: boolean;
  /** Whether rows have any number of labels, "3,7", instead of one class. By default they have where a line shows it. */
  readonly multilabel?: boolean;
  /** Labels that there are, with `multilabel`; by default one more than the highest. */
  readonly classes?: number;
}

/** A set whose file may have other names for its classes than their numbers. */
export interface LibsvmDataset extends SparseDataset {
  /** What the file calls class c, in ascending order, where that is not c: "-1" and "1", say. */
  readonly classNames?: readonly string[];
}

const [COMMA, COLON, HASH] = [0x2c, 0x3a, 0x23];
/** "qid:". */
const QUERY = [0x71, 0x69, 0x64, 0x3a];
const MOST = 2 ** 31 - 1;
/** Whole numbers up to this are 32-bit floats. */
const LARGEST_TARGET = 2 ** 24;

/** All of them, but for those of reading a file. */
const OPTIONS: Known<LibsvmOptions> = {
  columns: true,
  zeroBased: true,
  multilabel: true,
  classes: true,
  name: true,
  source: true,
};

/**
 * Reads the format of LIBSVM and SVMlight: a line "label id:value id:value ..." a row. What follows a # is a comment; lines
 * without more are passed over; "qid:3" before the features is too.
 *
 * Labels are whole numbers. Where they are not 0 to n - 1 (-1 and +1, or 1 to 10), they are numbered in ascending order, and
 * `classNames` has what the file calls them. Several labels a row, "3,7" or "3, 7", are ids from 0; such a row may have none,
 * and then begins with a blank or its first feature.
 *
 * @param bytes Text, not packed; {@link loadLibsvm} unpacks.
 * @throws Error saying in which line and column (from 1) what was expected and found: no label, a feature outside its range, no
 *   finite value, an id twice in a row; or that there are no rows.
 */
export function parseLibsvm(bytes: Uint8Array, options: LibsvmOptions = {}): LibsvmDataset {
  checkOptions('parseLibsvm', options, OPTIONS);
  const source = options.source ?? 'LIBSVM data';
  return finished(parseBytes(new LibsvmParser(source, options), source, bytes), options);
}

/**
 * Reads a LIBSVM file, packed or not, as {@link parseLibsvm} does.
 *
 * @throws Error naming the file, as {@link parseLibsvm}.
 */
export function loadLibsvm(input: ByteInput, options?: LibsvmOptions & ReadOptions): Promise<LibsvmDataset>;
/**
 * Reads a training and a test file: the two count features alike and have the same columns and classes.
 *
 * @throws Error also where the test file has a class, or with `columns` a feature, that the training file has not.
 */
export function loadLibsvm(
  files: { readonly train: ByteInput; readonly test: ByteInput },
  options?: Omit<LibsvmOptions & ReadOptions, 'source' | 'entry'>,
): Promise<Split<LibsvmDataset>>;
export async function loadLibsvm(
  input: ByteInput | { readonly train: ByteInput; readonly test: ByteInput },
  options: LibsvmOptions & ReadOptions = {},
): Promise<LibsvmDataset | Split<LibsvmDataset>> {
  checkOptions('loadLibsvm', options, { ...READ_OPTIONS, ...OPTIONS });
  if (!(typeof input === 'object' && 'train' in input && 'test' in input)) {
    return finished(await read(input, options, options), options);
  }
  const train = await read(input.train, options, options);
  const test = await read(input.test, { multilabel: train.multilabel, ...options }, options);
  return finishedSplit(train, test, options);
}

function read(input: ByteInput, options: LibsvmOptions, reading: ReadOptions): Promise<LibsvmRows> {
  const source = sourceOf(input, 'LIBSVM data', reading.source);
  return parseInput(new LibsvmParser(source, options), source, input, reading);
}

/** Rows as the file has them. */
interface LibsvmRows {
  readonly source: string;
  readonly features: SparseRows;
  /** Labels as ids, where all are. */
  readonly labels: SparseRows;
  /** The label of each row that has one alone. */
  readonly targets: Int32Array;
  readonly multilabel: boolean;
}

function finishedSplit(train: LibsvmRows, test: LibsvmRows, options: LibsvmOptions): Split<LibsvmDataset> {
  const name = options.name ?? 'libsvm';
  const zeroBased = options.zeroBased ?? Math.min(train.features.lowest, test.features.lowest) === 0;
  const highest = Math.max(train.features.highest, test.features.highest);
  const columns = options.columns ?? Math.max(1, highest + (zeroBased ? 1 : 0));
  const highestLabel = Math.max(train.labels.highest, test.labels.highest);
  const classes = options.classes ?? (train.multilabel ? highestLabel + 1 : undefined);
  const common = { ...options, name, zeroBased, columns, ...(classes !== undefined && { classes }) };
  const trainSet = finished(train, common);
  const testSet = finished(test, { ...common, classes: trainSet.classes }, trainSet.classNames ?? []);
  return { name, train: trainSet, test: testSet };
}

/** @param classNames Those of the training set, for its test set; none where its classes are numbers from 0. */
function finished(rows: LibsvmRows, options: LibsvmOptions, classNames?: readonly string[]): LibsvmDataset {
  const { source, features, labels, targets, multilabel } = rows;
  const { rows: count, highest } = features;
  const zeroBased = options.zeroBased ?? features.lowest === 0;
  const first = zeroBased ? 0 : 1;
  const columns = options.columns ?? Math.max(1, highest + 1 - first);
  if (highest - first >= columns) {
    throw complaint(
      source,
      `expected features up to ${columns - 1 + first}, found ${highest}: columns is ${columns}.`,
    );
  }
  const { offsets, ids, values } = features.finish();
  if (first > 0) for (let j = 0; j < ids.length; j++) ids[j]!--;
  const set = { name: options.name ?? 'libsvm', rows: count, columns, offsets, ids, values };
  if (multilabel) {
    const classes = options.classes ?? Math.max(1, labels.highest + 1);
    if (labels.highest >= classes) {
      throw complaint(source, `expected labels up to ${classes - 1}, found ${labels.highest}.`);
    }
    const lists = labels.finish();
    return { ...set, classes, labelOffsets: lists.offsets, labels: lists.ids };
  }
  const labelOffsets = new Int32Array(count + 1);
  for (let row = 1; row <= count; row++) labelOffsets[row] = row;
  const numbered = numberClasses(source, targets, options.classes, classNames);
  return { ...set, labelOffsets, ...numbered };
}

class LibsvmParser extends LineParser<LibsvmRows> {
  readonly #features = new SparseRows(true);
  readonly #labels = new SparseRows(false);
  readonly #targets = new GrowingArray<Int32Array>(Int32Array);
  readonly #least: number;
  readonly #most: number;
  #multilabel: boolean | undefined;
  /** The bytes that are read, and where the next comment begins in them. */
  #searched: Uint8Array | undefined;
  #hash = 0;

  constructor(source: string, { columns = MOST, zeroBased, multilabel, classes }: LibsvmOptions) {
    super(source, 'LIBSVM data');
    checkWhole(columns, 'columns', 1);
    if (classes !== undefined) checkWhole(classes, 'classes', 1);
    this.#least = zeroBased === false ? 1 : 0;
    // Where it is not said what is counted from, that shows at the end.
    this.#most = Math.min(MOST - 1, zeroBased === true ? columns - 1 : columns);
    this.#multilabel = multilabel;
  }

  protected override line(bytes: Uint8Array, start: number, lineEnd: number): void {
    const end = this.#withoutComment(bytes, start, lineEnd);
    if (skipBlanks(bytes, start, end) === end) return;
    const labelsEnd = this.#readLabels(bytes, start, skipBlanks(bytes, start, end), end);
    const position = this.#skipQuery(bytes, start, skipBlanks(bytes, labelsEnd, end), end);
    const wrong = readEntries(this.#features, bytes, position, end, this.#least, this.#most);
    if (wrong < end) {
      const expected = `a feature from ${this.#least} to ${this.#most}, a colon and a finite number`;
      throw this.refusal(bytes, start, wrong, skipToBlank(bytes, wrong, end), expected);
    }
    const feature = this.#features.endRow();
    if (feature !== undefined)
      throw this.at(undefined, `expected every feature once, found ${feature} twice.`);
    const label = this.#labels.endRow();
    if (label !== undefined) throw this.at(undefined, `expected every label once, found ${label} twice.`);
  }

  /** Where the line ends, or its comment begins. */
  #withoutComment(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#searched || this.#hash < start) {
      const found = bytes.indexOf(HASH, start);
      this.#hash = found < 0 ? bytes.length : found;
      this.#searched = bytes;
    }
    return Math.min(end, this.#hash);
  }

  /** Reads the labels, and says where they end. */
  #readLabels(bytes: Uint8Array, start: number, first: number, end: number): number {
    scanWhole(bytes, first, end);
    if (cursor.at > first && cursor.at < end && bytes[cursor.at] === COLON) {
      if (this.#multilabel === false) {
        throw this.refusal(bytes, start, first, skipToBlank(bytes, first, end), 'a label');
      }
      this.#multilabel = true;
      return first;
    }
    const target = scanFloat(bytes, first, end);
    const targetEnd = cursor.at;
    const single = this.#multilabel === false || (targetEnd < end ? bytes[targetEnd] !== COMMA : true);
    if (!single || this.#multilabel === true) {
      this.#multilabel = true;
      return this.#readIds(bytes, start, first, end);
    }
    const ends = targetEnd === end || isBlank(bytes[targetEnd]);
    if (!ends || !Number.isInteger(target) || Math.abs(target) > LARGEST_TARGET) {
      const expected = `a label, a whole number up to ${LARGEST_TARGET}`;
      throw this.refusal(bytes, start, first, skipToBlank(bytes, first, end), expected);
    }
    this.#targets.push(target);
    // Where a later line shows that rows have lists of labels, this was one of one.
    if (target >= 0) this.#labels.add(target, 1);
    return targetEnd;
  }

  /** Reads "3,7", also with blanks after the commas. */
  #readIds(bytes: Uint8Array, start: number, first: number, end: number): number {
    for (let position = first; ;) {
      const label = scanWhole(bytes, position, end);
      const labelEnd = cursor.at;
      const more = labelEnd < end && bytes[labelEnd] === COMMA;
      if (label < 0 || label >= MOST || !(more || labelEnd === end || isBlank(bytes[labelEnd]))) {
        const tokenEnd = skipToBlank(bytes, position, end);
        throw this.refusal(bytes, start, position, tokenEnd, 'labels from 0 on with commas between them');
      }
      this.#labels.add(label, 1);
      if (!more) return labelEnd;
      position = skipBlanks(bytes, labelEnd + 1, end);
    }
  }

  /** Passes over "qid:3", which groups rows for ranking. */
  #skipQuery(bytes: Uint8Array, start: number, position: number, end: number): number {
    if (!QUERY.every((byte, i) => position + i < end && bytes[position + i] === byte)) return position;
    const from = position + QUERY.length;
    scanWhole(bytes, from, end);
    const queryEnd = cursor.at;
    if (queryEnd === from || (queryEnd < end && !isBlank(bytes[queryEnd]))) {
      throw this.refusal(
        bytes,
        start,
        position,
        skipToBlank(bytes, position, end),
        'qid: and a whole number',
      );
    }
    return queryEnd;
  }

  expect(times: number): void {
    this.#features.expect(times);
    this.#labels.expect(times);
    this.#targets.expect(times * this.#targets.length);
  }

  override finish(): LibsvmRows {
    const { source } = this;
    if (this.#features.rows === 0)
      throw complaint(source, 'expected rows of labels and features, found none.');
    const targets = this.#targets.finish();
    const multilabel = this.#multilabel ?? false;
    const below = multilabel ? targets.find((target) => target < 0) : undefined;
    if (below !== undefined) {
      throw complaint(
        source,
        `some rows have lists of labels, which are ids from 0 on, but others the label ${below}.`,
      );
    }
    return { source, features: this.#features, labels: this.#labels, targets, multilabel };
  }
}
