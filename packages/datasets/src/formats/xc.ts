import { checkOptions, type Known } from '../check-options.ts';
import { complaint, quote } from '../complaint.ts';
import type { SparseDataset, Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { FOLDER_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { readEntries } from './feature-entries.ts';
import { sourceOf, type FileOptions } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import { sparseNpz } from './npz.ts';
import type { SparseMatrix } from './sparse-matrix.ts';
import { SparseRows, type CompressedRows } from './sparse-rows.ts';
import { parseBytes, parseInput } from './stream-parser.ts';
import { cursor, scanWhole, skipToBlank } from './text-numbers.ts';

/** Where the rows of one part of a set are: in one file, or features and labels in a file each. */
export type XcInput = ByteInput | { readonly features: ByteInput; readonly labels: ByteInput };

const COMMA = 0x2c;

/** All of them, but for those of reading a file. */
const OPTIONS: Known<FileOptions> = { name: true, source: true };

/**
 * Reads the text format of the Extreme Classification Repository (Bhatia et al. 2016, http://manikvarma.org/downloads/XC/XMLRepository.html).
 *
 * The first line is "rows features labels"; then each row has a line "l1,l2,... f1:v1 f2:v2 ...", all ids from 0. A row
 * without labels begins with a blank; one without features ends after its labels. Ids may come in any order and are sorted.
 *
 * @param bytes Text, not packed; {@link loadXc} unpacks.
 * @throws Error saying in which line and column (from 1) what was expected and found: another header, an id outside its
 *   range, no finite value, an id twice in a row, fewer or more rows than the header says.
 */
export function parseXc(bytes: Uint8Array, options: FileOptions = {}): SparseDataset {
  checkOptions('parseXc', options, OPTIONS);
  const source = options.source ?? 'extreme classification data';
  return parseBytes(new XcParser(source, options.name ?? 'xc'), source, bytes);
}

/**
 * Reads the repository's two-file layout, features or labels: a line "rows columns", then a line "id:value ..." a row.
 *
 * @throws Error as {@link parseXc}.
 */
export function parseSparseMatrix(bytes: Uint8Array, options: FileOptions = {}): SparseMatrix {
  checkOptions('parseSparseMatrix', options, OPTIONS);
  const source = options.source ?? 'a sparse matrix';
  return parseBytes(new MatrixParser(source), source, bytes);
}

/**
 * Reads a training and a test part: each one file, as {@link parseXc} reads it, or one of features and one of labels, as
 * {@link parseSparseMatrix} does (`trn_X_Xf.txt` and `trn_X_Y.txt`, say), or SciPy's `X.trn.npz` and `Y.trn.npz`. Packed or not.
 *
 * @throws Error naming the file if one cannot be read, or if the two parts differ in features or labels, or two files in rows.
 */
export async function loadXc(
  files: { readonly train: XcInput; readonly test: XcInput; readonly name?: string },
  options: Omit<ReadOptions, 'source' | 'entry'> = {},
): Promise<Split<SparseDataset>> {
  checkOptions('loadXc', options, FOLDER_OPTIONS);
  const name = files.name ?? 'xc';
  const train = await loadPart(files.train, name, options);
  const test = await loadPart(files.test, name, options);
  if (train.columns !== test.columns || train.classes !== test.classes) {
    throw complaint(
      called(files.test),
      `line 1: expected ${train.columns} features and ${train.classes} labels, as the training part has, found ${test.columns} and ${test.classes}.`,
    );
  }
  return { name, train, test };
}

async function loadPart(input: XcInput, name: string, options: ReadOptions): Promise<SparseDataset> {
  if (!isPair(input)) {
    const source = called(input);
    return parseInput(new XcParser(source, name), source, input, options);
  }
  const [featureSource, labelSource] = [
    sourceOf(input.features, 'features'),
    sourceOf(input.labels, 'labels'),
  ];
  const features = await loadMatrix(input.features, featureSource, options);
  const labels = await loadMatrix(input.labels, labelSource, options);
  return withLabels(features, labels, name, featureSource, labelSource);
}

/** Text, or SciPy's `.npz`. A stream is read once, and so as text only. */
async function loadMatrix(input: ByteInput, source: string, options: ReadOptions): Promise<SparseMatrix> {
  const again = typeof input === 'string' || input instanceof Uint8Array || input instanceof Blob;
  const matrix = again ? await sparseNpz(input, source, options) : undefined;
  return matrix ?? parseInput(new MatrixParser(source), source, input, options);
}

/** Features and labels of the same rows as one set. An entry of the labels counts where its value is not 0. */
function withLabels(
  features: SparseMatrix,
  labels: SparseMatrix,
  name: string,
  featureSource: string,
  labelSource: string,
): SparseDataset {
  if (features.rows !== labels.rows) {
    throw complaint(
      labelSource,
      `line 1: expected ${features.rows} rows, as ${featureSource} has, found ${labels.rows}.`,
    );
  }
  const { offsets: labelOffsets, ids } = withoutZeros(labels);
  const { rows, columns, offsets, values } = features;
  return {
    name,
    rows,
    columns,
    classes: labels.columns,
    offsets,
    ids: features.ids,
    values,
    labelOffsets,
    labels: ids,
  };
}

function withoutZeros(rows: CompressedRows): CompressedRows {
  if (!rows.values.includes(0)) return rows;
  const kept = new SparseRows(false);
  for (let row = 0; row + 1 < rows.offsets.length; row++) {
    for (let j = rows.offsets[row]!; j < rows.offsets[row + 1]!; j++) {
      if (rows.values[j] !== 0) kept.add(rows.ids[j]!, 1);
    }
    kept.endRow();
  }
  return kept.finish();
}

function isPair(input: XcInput): input is { readonly features: ByteInput; readonly labels: ByteInput } {
  return typeof input === 'object' && 'features' in input && 'labels' in input;
}

function called(input: XcInput): string {
  return isPair(input)
    ? sourceOf(input.features, 'features')
    : sourceOf(input, 'extreme classification data');
}

/** What both layouts have in common: a header of numbers that says how many rows follow. */
abstract class CountedParser<T> extends LineParser<T> {
  protected header: readonly number[] = [];
  protected readonly rows: SparseRows = new SparseRows(true);

  protected abstract row(bytes: Uint8Array, start: number, end: number): void;

  /** @throws Error unless the line is numbers from 1 up, as many as `names`. */
  protected abstract readHeader(bytes: Uint8Array, start: number, end: number): readonly number[];

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    if (this.number === 1) {
      this.header = this.readHeader(bytes, start, end);
      return;
    }
    const [count = 0] = this.header;
    if (this.rows.rows < count) {
      this.row(bytes, start, end);
    } else if (skipSpace(bytes, start, end) < end) {
      throw complaint(
        this.source,
        `line ${this.number}: line 1 says ${count} rows, but after them there is ${quote(bytes, start, end)}.`,
      );
    }
  }

  expect(times: number): void {
    this.rows.expect(times);
  }

  protected checkCount(): void {
    const [count = 0] = this.header;
    if (this.number === 0) throw complaint(this.source, 'line 1: expected a header, found no data.');
    if (this.rows.rows < count) {
      throw complaint(this.source, `line 1 says ${count} rows, but the data ends after ${this.rows.rows}.`);
    }
  }

  protected numbers(
    bytes: Uint8Array,
    start: number,
    end: number,
    expected: number,
    names: string,
    hint: (found: number, text: string) => string,
  ): readonly number[] {
    const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 100))).trim();
    const numbers = /^\d{1,10}(?:\s+\d{1,10})*$/.test(text) ? text.split(/\s+/).map(Number) : [];
    if (numbers.length !== expected || numbers.some((number) => number < 1 || number >= 2 ** 31)) {
      throw this.at(
        undefined,
        `expected the header "${names}", numbers from 1 up, found ${quote(bytes, start, end)}${hint(numbers.length, text)}.`,
      );
    }
    return numbers;
  }
}

class XcParser extends CountedParser<SparseDataset> {
  readonly #name: string;
  readonly #labels = new SparseRows(false);

  constructor(source: string, name: string) {
    super(source, 'extreme classification data');
    this.#name = name;
  }

  protected override readHeader(bytes: Uint8Array, start: number, end: number): readonly number[] {
    return this.numbers(bytes, start, end, 3, 'rows features labels', (found, text) => {
      if (found === 2) return ': of two files, give both (features and labels)';
      return /^[-+\d.]+(?:,\s*\d+)*\s+(?:qid:\d+\s+)?\d+:/.test(text)
        ? ': loadLibsvm reads files without a header'
        : '';
    });
  }

  protected override row(bytes: Uint8Array, start: number, end: number): void {
    const [, columns = 0, classes = 0] = this.header;
    let position = start;
    // A row without labels begins with a blank.
    while (position < end && bytes[position] !== 0x20 && bytes[position] !== 0x09) {
      const label = scanWhole(bytes, position, end);
      const labelEnd = cursor.at;
      const blank = labelEnd === end || bytes[labelEnd] === 0x20 || bytes[labelEnd] === 0x09;
      // A comma at the end announces a label that is not there.
      if (label < 0 || label >= classes || (!blank && (bytes[labelEnd] !== COMMA || labelEnd + 1 === end))) {
        const tokenEnd = skipToBlank(bytes, position, end);
        const unlabelled = bytes[labelEnd] === 0x3a ? ' (a row without labels begins with a blank)' : '';
        throw this.refusal(
          bytes,
          start,
          position,
          tokenEnd,
          `labels from 0 to ${classes - 1} with commas between them${unlabelled}`,
        );
      }
      this.#labels.add(label, 1);
      position = blank ? labelEnd : labelEnd + 1;
      if (!blank && (bytes[position] === 0x20 || bytes[position] === 0x09)) {
        throw this.refusal(
          bytes,
          start,
          position - 1,
          position,
          `labels from 0 to ${classes - 1} with commas between them`,
        );
      }
      if (blank) break;
    }
    const wrong = readEntries(this.rows, bytes, position, end, 0, columns - 1);
    if (wrong < end) {
      const expected = `a feature from 0 to ${columns - 1}, a colon and a finite number`;
      throw this.refusal(bytes, start, wrong, skipToBlank(bytes, wrong, end), expected);
    }
    const feature = this.rows.endRow();
    if (feature !== undefined)
      throw this.at(undefined, `expected every feature once, found ${feature} twice.`);
    const label = this.#labels.endRow();
    if (label !== undefined) throw this.at(undefined, `expected every label once, found ${label} twice.`);
  }

  override expect(times: number): void {
    super.expect(times);
    this.#labels.expect(times);
  }

  override finish(): SparseDataset {
    this.checkCount();
    const [rows = 0, columns = 0, classes = 0] = this.header;
    const { offsets: labelOffsets, ids: labels } = this.#labels.finish();
    return { name: this.#name, rows, columns, classes, ...this.rows.finish(), labelOffsets, labels };
  }
}

class MatrixParser extends CountedParser<SparseMatrix> {
  constructor(source: string) {
    super(source, 'a sparse matrix as text');
  }

  protected override readHeader(bytes: Uint8Array, start: number, end: number): readonly number[] {
    return this.numbers(bytes, start, end, 2, 'rows columns', (found) =>
      found === 3 ? ': this is the layout of one file' : '',
    );
  }

  protected override row(bytes: Uint8Array, start: number, end: number): void {
    const [, columns = 0] = this.header;
    const wrong = readEntries(this.rows, bytes, start, end, 0, columns - 1);
    if (wrong < end) {
      const expected = `an id from 0 to ${columns - 1}, a colon and a finite number`;
      throw this.refusal(bytes, start, wrong, skipToBlank(bytes, wrong, end), expected);
    }
    const twice = this.rows.endRow();
    if (twice !== undefined) throw this.at(undefined, `expected every id once, found ${twice} twice.`);
  }

  override finish(): SparseMatrix {
    this.checkCount();
    const [rows = 0, columns = 0] = this.header;
    return { rows, columns, ...this.rows.finish() };
  }
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && bytes[position]! <= 0x20) position++;
  return position;
}
