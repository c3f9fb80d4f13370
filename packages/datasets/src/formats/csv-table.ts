import { complaint, quote } from '../complaint.ts';
import { checkNumber, checkWhole } from '../check-options.ts';
import { GrowingArray } from '../growing-array.ts';
import type { FileOptions } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import { sizeOf } from './shaped-array.ts';
import { cursor, scanFloat, skipBlanks, skipBlanksBack } from './text-numbers.ts';

/** How a table of numbers with a label is read. */
export interface CsvOptions extends FileOptions {
  /** Which column has the label: the 'first' or the 'last', by default, its place from 0, or its name in the header. */
  readonly label?: 'first' | 'last' | number | { readonly name: string };
  /** Whether the first line names columns. By default it does where it has something else than numbers beside the label. */
  readonly header?: boolean;
  /** What stands between columns; ',' by default. */
  readonly separator?: ',' | ';' | '\t' | ' ';
  /** Columns to leave out, by place or name: a row's number, say. */
  readonly skip?: readonly (number | string)[];
  /** What values are divided by: 255 for pixels; 1 by default. */
  readonly scale?: number;
  /** Number of classes; by default as many as there are. */
  readonly classes?: number;
  /** What the classes are called, in their order, as another file's `classNames`; any other label is refused. */
  readonly classNames?: readonly string[];
  /** What a row is, such as [28, 28]. */
  readonly shape?: readonly number[];
}

/** Rows as a file has them. */
export interface CsvTable {
  readonly source: string;
  readonly columns: number;
  readonly inputs: Float32Array;
  /** The label of each row by its place in `names`. */
  readonly labels: Int32Array;
  /** What the labels are called, in the order of appearance. */
  readonly names: readonly string[];
  readonly columnNames: readonly string[] | undefined;
}

const QUOTE = 0x22;

/** What is done with a column. */
const [VALUE, LABEL, SKIP] = [0, 1, 2];

/** Reads the rows of a table; what its labels mean as classes is for others to say. */
export class CsvParser extends LineParser<CsvTable> {
  readonly #options: CsvOptions;
  readonly #separator: number;
  readonly #inputs = new GrowingArray<Float32Array>(Float32Array);
  /** Labels by their place among {@link #labelNames}, in the order of appearance. */
  readonly #labels = new GrowingArray<Int32Array>(Int32Array);
  readonly #labelNumbers = new Map<string, number>();
  #roles: Uint8Array = new Uint8Array(0);
  #row: Float32Array = new Float32Array(0);
  #columnNames: readonly string[] | undefined;
  #emptyLine = 0;

  constructor(source: string, options: CsvOptions) {
    super(source, 'a table of numbers');
    const { separator = ',', scale = 1, classes } = options;
    if (![',', ';', '\t', ' '].includes(separator)) {
      throw new RangeError(
        `The separator is a comma, a semicolon, a tab or a blank; got ${JSON.stringify(separator)}.`,
      );
    }
    checkNumber(scale, 'scale', Number.MIN_VALUE, Number.MAX_VALUE);
    if (classes !== undefined) checkWhole(classes, 'classes', 1);
    this.#options = options;
    this.#separator = separator.charCodeAt(0);
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    if (skipBlanks(bytes, start, end) === end) {
      // Only at the end: between rows it is a row that is missing.
      this.#emptyLine ||= this.number;
      return;
    }
    if (this.#emptyLine > 0)
      throw complaint(this.source, `line ${this.#emptyLine}: expected a row, found an empty line.`);
    if (this.#roles.length === 0 && this.#begin(bytes, start, end)) return;
    this.#readRow(bytes, start, end);
  }

  #readRow(bytes: Uint8Array, start: number, end: number): void {
    const roles = this.#roles;
    const { scale = 1 } = this.#options;
    let [position, values] = [start, 0];
    for (let column = 0; column < roles.length; column++) {
      if (position > end) {
        throw this.at(
          undefined,
          `expected ${roles.length} columns, found ${column}: ${quote(bytes, start, end)}.`,
        );
      }
      if (roles[column] === VALUE) {
        const from =
          position < end && (bytes[position]! <= 0x20 || bytes[position] === QUOTE)
            ? this.#fieldStart(bytes, position, end)
            : position;
        const value = scanFloat(bytes, from, end);
        const after =
          cursor.at < end && bytes[cursor.at] !== this.#separator
            ? this.#afterField(bytes, cursor.at, end, from > position)
            : cursor.at;
        if (value - value !== 0 || (after < end && bytes[after] !== this.#separator)) {
          throw this.refusal(bytes, start, position, this.#fieldEnd(bytes, position, end), 'a finite number');
        }
        this.#row[values++] = value / scale;
        position = after + 1;
        continue;
      }
      const fieldEnd = this.#fieldEnd(bytes, position, end);
      if (roles[column] === LABEL) {
        const label = textOf(bytes, position, fieldEnd);
        if (label === '') throw this.refusal(bytes, start, position, fieldEnd, 'a label');
        let number = this.#labelNumbers.get(label);
        if (number === undefined) this.#labelNumbers.set(label, (number = this.#labelNumbers.size));
        this.#labels.push(number);
      }
      position = fieldEnd + 1;
    }
    if (position <= end) {
      throw this.at(
        position - start + 1,
        `expected the end of the line after ${roles.length} columns, found ${quote(bytes, position, end)}.`,
      );
    }
    this.#inputs.append(this.#row);
  }

  /** Finds out what columns there are, and says whether the line is a header. */
  #begin(bytes: Uint8Array, start: number, end: number): boolean {
    const fields: string[] = [];
    for (let position = start; position <= end;) {
      const fieldEnd = this.#fieldEnd(bytes, position, end);
      fields.push(textOf(bytes, position, fieldEnd));
      position = fieldEnd + 1;
    }
    const { label = 'last', skip = [], header, shape } = this.#options;
    const byName = typeof label === 'object' || skip.some((column) => typeof column === 'string');
    const roles = new Uint8Array(fields.length);
    const place = (column: number | string): number => {
      const at = typeof column === 'string' ? fields.indexOf(column) : column;
      if (Number.isInteger(at) && at >= 0 && at < fields.length) return at;
      throw this.at(
        undefined,
        `expected a column ${JSON.stringify(column)}, found ${fields.length}: ${quote(bytes, start, end)}.`,
      );
    };
    for (const column of skip) roles[place(column)] = SKIP;
    const labelAt =
      label === 'first'
        ? 0
        : label === 'last'
          ? fields.length - 1
          : place(typeof label === 'object' ? label.name : label);
    roles[labelAt] = LABEL;
    const columns = roles.filter((role) => role === VALUE).length;
    if (columns === 0) {
      const commas = fields.length === 1 ? ' (or another separator)' : '';
      throw this.at(
        undefined,
        `expected columns of numbers and a label${commas}, found ${quote(bytes, start, end)}.`,
      );
    }
    if (shape !== undefined && sizeOf(shape) !== columns) {
      throw this.at(
        undefined,
        `expected ${shape.join(' x ')} values, found ${columns} columns beside the label.`,
      );
    }
    this.#roles = roles;
    this.#row = new Float32Array(columns);
    const isHeader =
      header ??
      (byName ||
        fields.some((field, i) => roles[i] === VALUE && !(field !== '' && Number.isFinite(Number(field)))));
    if (isHeader) this.#columnNames = fields.filter((_, i) => roles[i] === VALUE);
    return isHeader;
  }

  #fieldStart(bytes: Uint8Array, start: number, end: number): number {
    const from = this.#separator === 0x20 || this.#separator === 0x09 ? start : skipBlanks(bytes, start, end);
    return from < end && bytes[from] === QUOTE ? from + 1 : from;
  }

  /** Where the separator is, or should be, after a number: past a quote and blanks. */
  #afterField(bytes: Uint8Array, at: number, end: number, quoted: boolean): number {
    const from = quoted && bytes[at] === QUOTE ? at + 1 : at;
    return this.#separator === 0x20 || this.#separator === 0x09 ? from : skipBlanks(bytes, from, end);
  }

  #fieldEnd(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== this.#separator) at++;
    return at;
  }

  expect(times: number): void {
    this.#inputs.expect(times * this.#inputs.length);
    this.#labels.expect(times * this.#labels.length);
  }

  override finish(): CsvTable {
    if (this.#labels.length === 0)
      throw complaint(this.source, 'expected rows of numbers and a label, found none.');
    return {
      source: this.source,
      columns: this.#row.length,
      inputs: this.#inputs.finish(),
      labels: this.#labels.finish(),
      names: [...this.#labelNumbers.keys()],
      columnNames: this.#columnNames,
    };
  }
}

/** A field without the blanks and quotes around it. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  let [from, to] = [skipBlanks(bytes, start, end), end];
  to = skipBlanksBack(bytes, from, to);
  if (to - from >= 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
    from++;
    to--;
  }
  return new TextDecoder().decode(bytes.subarray(from, to));
}
