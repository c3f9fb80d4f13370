import { lineEnd, parseNumber, parseWhole, skipBlanks, skipToBlank, textOf } from './text-numbers.ts';
import type { SparseDataset, Split } from '../types.ts';
import { readBytes } from '../unpack/unpack.ts';

/** What a file in the Extreme Classification Repository's format is called. */
export interface XcOptions {
  /** What the data set is called; 'xc' by default. */
  readonly name?: string;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
}

const [COMMA, COLON] = [0x2c, 0x3a];

/**
 * Reads the text format of the Extreme Classification Repository (Bhatia et al. 2016, http://manikvarma.org/downloads/XC/XMLRepository.html).
 *
 * The first line is "rows features labels"; then each row has a line "l1,l2,... f1:v1 f2:v2 ...", all ids from 0. A row
 * without labels begins with a blank; one without features ends after its labels. Ids may come in any order and are sorted.
 *
 * @throws Error saying in which line and column (from 1) what was expected and found: another header, an id outside its
 *   range, no finite value, an id twice in a row, fewer or more rows than the header says.
 */
export function parseXc(bytes: Uint8Array, options: XcOptions = {}): SparseDataset {
  const source = options.source ?? 'extreme classification data';
  const { rows, columns, classes } = parseHeader(bytes, source);
  const separators = countSeparators(bytes);
  const offsets = new Int32Array(rows + 1);
  const ids = new Int32Array(separators.colons);
  const values = new Float32Array(separators.colons);
  const labelOffsets = new Int32Array(rows + 1);
  const labels = new Int32Array(separators.commas + rows);
  let [nonZeros, labelCount] = [0, 0];
  let start = lineEnd(bytes, 0) + 1;
  for (let row = 0; row < rows; row++) {
    const line = row + 2;
    if (start >= bytes.length) {
      throw new Error(`${source}: line 1 says ${rows} rows, but the data ends after ${row}.`);
    }
    const end = lineEnd(bytes, start);
    const refuse = (position: number, tokenEnd: number, expected: string): Error =>
      new Error(
        `${source}: line ${line}, column ${position - start + 1}: expected ${expected}, found "${textOf(bytes, position, tokenEnd)}".`,
      );

    const labelsEnd = skipToBlank(bytes, start, end);
    for (let position = start; position < labelsEnd;) {
      const tokenEnd = find(COMMA, bytes, position, labelsEnd);
      const label = parseWhole(bytes, position, tokenEnd);
      // A comma at the end announces a label that is not there.
      if (label < 0 || label >= classes || tokenEnd + 1 === labelsEnd) {
        throw refuse(position, labelsEnd, `labels from 0 to ${classes - 1} with commas between them`);
      }
      labels[labelCount++] = label;
      position = tokenEnd + 1;
    }
    labelOffsets[row + 1] = labelCount;

    let position = skipBlanks(bytes, labelsEnd, end);
    while (position < end) {
      const tokenEnd = skipToBlank(bytes, position, end);
      const colon = find(COLON, bytes, position, tokenEnd);
      const id = parseWhole(bytes, position, colon);
      const value = Math.fround(parseNumber(bytes, colon + 1, tokenEnd));
      if (id < 0 || id >= columns || !Number.isFinite(value)) {
        throw refuse(position, tokenEnd, `a feature from 0 to ${columns - 1}, a colon and a finite number`);
      }
      ids[nonZeros] = id;
      values[nonZeros++] = value;
      position = skipBlanks(bytes, tokenEnd, end);
    }
    offsets[row + 1] = nonZeros;

    sortRow(ids, values, offsets[row]!, nonZeros);
    const rowLabels = labels.subarray(labelOffsets[row]!, labelCount).toSorted();
    labels.set(rowLabels, labelOffsets[row]!);
    const twice = repeated(ids.subarray(offsets[row]!, nonZeros)) ?? repeated(rowLabels);
    if (twice !== undefined) {
      const what = repeated(rowLabels) === twice ? 'label' : 'feature';
      throw new Error(`${source}: line ${line}: expected every ${what} once, found ${twice} twice.`);
    }
    start = end + 1;
  }
  const rest = skipBlankLines(bytes, start);
  if (rest < bytes.length) {
    throw new Error(
      `${source}: line 1 says ${rows} rows, but after them there is "${textOf(bytes, rest, Math.min(rest + 20, lineEnd(bytes, rest)))}".`,
    );
  }
  return {
    name: options.name ?? 'xc',
    rows,
    columns,
    classes,
    offsets,
    ids,
    values,
    labelOffsets,
    labels: labels.slice(0, labelCount),
  };
}

/**
 * Reads a training and a test file, as {@link parseXc} does; also gzip, or brotli if the name ends in `.br`. Node only.
 *
 * @throws Error naming the file if one cannot be read, or if the two differ in features or labels, and as {@link parseXc} does.
 */
export function loadXc(files: { train: string; test: string; name?: string }): Split<SparseDataset> {
  const name = files.name ?? 'xc';
  const train = parseXc(readBytes(files.train), { name, source: files.train });
  const test = parseXc(readBytes(files.test), { name, source: files.test });
  if (train.columns !== test.columns || train.classes !== test.classes) {
    throw new Error(
      `${files.test}: line 1: expected ${train.columns} features and ${train.classes} labels as in ${files.train}, found ${test.columns} and ${test.classes}.`,
    );
  }
  return { name, train, test };
}

function parseHeader(bytes: Uint8Array, source: string): { rows: number; columns: number; classes: number } {
  const text = textOf(bytes, 0, Math.min(lineEnd(bytes, 0), 100)).trim();
  const numbers = /^(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})$/.exec(text)?.slice(1).map(Number) ?? [];
  const [rows = 0, columns = 0, classes = 0] = numbers;
  if (numbers.length !== 3 || numbers.some((number) => number < 1 || number >= 2 ** 31)) {
    throw new Error(
      `${source}: line 1: expected the header "rows features labels", three numbers from 1 up, found "${text}".`,
    );
  }
  // Every row takes a byte at least; without this a wrong header could ask for gigabytes.
  if (rows > bytes.length) {
    throw new Error(`${source}: line 1 says ${rows} rows, but there are only ${bytes.length} bytes.`);
  }
  return { rows, columns, classes };
}

/** Bounds for the numbers of non-zeros and labels, so that nothing has to grow. */
function countSeparators(bytes: Uint8Array): { colons: number; commas: number } {
  let [colons, commas] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === COLON) colons++;
    else if (bytes[i] === COMMA) commas++;
  }
  return { colons, commas };
}

/** Sorts the row's non-zeros by id; most files have them so already. */
function sortRow(ids: Int32Array, values: Float32Array, from: number, to: number): void {
  let sorted = true;
  for (let j = from + 1; j < to && sorted; j++) sorted = ids[j - 1]! <= ids[j]!;
  if (sorted) return;
  const order = Array.from({ length: to - from }, (_, j) => from + j).toSorted((a, b) => ids[a]! - ids[b]!);
  const sortedIds = order.map((j) => ids[j]!);
  const sortedValues = order.map((j) => values[j]!);
  ids.set(sortedIds, from);
  values.set(sortedValues, from);
}

/** Where `byte` is, from `start` on and before `end`, or `end`. */
function find(byte: number, bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== byte) i++;
  return i;
}

/** A number that occurs twice in a sorted list. */
function repeated(sorted: Int32Array): number | undefined {
  for (let j = 1; j < sorted.length; j++) if (sorted[j] === sorted[j - 1]) return sorted[j];
  return undefined;
}

function skipBlankLines(bytes: Uint8Array, start: number): number {
  let position = start;
  while (position < bytes.length && bytes[position]! <= 0x20) position++;
  return position;
}
