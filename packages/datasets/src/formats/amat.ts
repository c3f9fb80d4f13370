import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import { GrowingArray } from '../growing-array.ts';
import type { DenseDataset } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf, type FileOptions } from './file-options.ts';
import { LineParser } from './line-parser.ts';
import { parseBytes, parseInput } from './stream-parser.ts';
import { cursor, isBlank, scanFloat, skipBlanks, skipToBlank } from './text-numbers.ts';

/** How a file of rows of numbers with the label last (AMAT) is read. */
export interface AmatOptions extends FileOptions {
  /** Number of classes; by default one more than the largest label. */
  readonly classes?: number;
  /** What a row is, such as [28, 28]. */
  readonly shape?: readonly number[];
}

/** All of them, but for those of reading a file. */
const OPTIONS: Known<AmatOptions> = {
  classes: true,
  shape: true,
  name: true,
  source: true,
};

/**
 * Reads the AMAT format of Larochelle et al. (2007): no header, a row a line, its values and then its label, all as decimal
 * numbers between blanks.
 *
 * @param bytes Text, not packed; {@link loadAmat} unpacks.
 * @throws Error saying in which line and column (from 1) what was expected and found: no number, a value outside [0, 1], a
 *   label that is no class, a row of another length than the first, an empty line between rows; or that there are no rows.
 */
export function parseAmat(bytes: Uint8Array, options: AmatOptions = {}): DenseDataset {
  checkOptions('parseAmat', options, OPTIONS);
  const source = options.source ?? 'AMAT data';
  return parseBytes(new AmatParser(source, options), source, bytes);
}

/**
 * Reads an AMAT file, packed or not, as {@link parseAmat} does.
 *
 * @throws Error naming the file if it cannot be read, and as {@link parseAmat} does.
 */
export function loadAmat(input: ByteInput, options: AmatOptions & ReadOptions = {}): Promise<DenseDataset> {
  checkOptions('loadAmat', options, { ...READ_OPTIONS, ...OPTIONS });
  const source = sourceOf(input, 'AMAT data', options.source);
  return parseInput(new AmatParser(source, options), source, input, options);
}

class AmatParser extends LineParser<DenseDataset> {
  readonly #options: AmatOptions;
  readonly #inputs = new GrowingArray<Float32Array>(Float32Array);
  readonly #labels = new GrowingArray<Int32Array>(Int32Array);
  #columns = 0;
  #highest = 0;
  #row: Float32Array = new Float32Array(0);
  #emptyLine = 0;

  constructor(source: string, options: AmatOptions) {
    super(source, 'AMAT data');
    this.#options = options;
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    let position = skipBlanks(bytes, start, end);
    if (position === end) {
      // Only at the end: between rows it is a row that is missing.
      this.#emptyLine ||= this.number;
      return;
    }
    if (this.#emptyLine > 0) {
      throw complaint(this.source, `line ${this.#emptyLine}: expected a row, found an empty line.`);
    }
    if (this.number === 1) this.#measure(bytes, start, end);
    const columns = this.#columns;
    const { classes = 2 ** 31 } = this.#options;
    for (let column = 0; column <= columns; column++) {
      const value = scanFloat(bytes, position, end);
      const tokenEnd = cursor.at;
      const isNumber = tokenEnd === end || isBlank(bytes[tokenEnd]);
      const isLabel = column === columns;
      const fits = isLabel
        ? Number.isInteger(value) && value >= 0 && value < classes
        : value >= 0 && value <= 1;
      if (!isNumber || !fits) {
        const expected = isLabel
          ? `a label from 0 to ${classes - 1}`
          : `a value from 0 to 1 (number ${column + 1} of ${columns} and a label)`;
        throw this.refusal(bytes, start, position, skipToBlank(bytes, position, end), expected);
      }
      if (isLabel) {
        this.#labels.push(value);
        this.#highest = Math.max(this.#highest, value);
      } else {
        this.#row[column] = value;
      }
      position = skipBlanks(bytes, tokenEnd, end);
    }
    if (position < end) {
      const expected = `the end of the line after ${columns} values and a label`;
      throw this.refusal(bytes, start, position, skipToBlank(bytes, position, end), expected);
    }
    this.#inputs.append(this.#row);
  }

  #measure(bytes: Uint8Array, start: number, end: number): void {
    let numbers = 0;
    for (let i = skipBlanks(bytes, start, end); i < end; numbers++) {
      i = skipBlanks(bytes, skipToBlank(bytes, i, end), end);
    }
    if (numbers < 2) {
      const commas = bytes.subarray(start, end).includes(0x2c) ? ': loadCsv reads commas' : '';
      throw this.at(
        undefined,
        `expected values and a label with blanks between them, found ${numbers} of them${commas}.`,
      );
    }
    this.#columns = numbers - 1;
    this.#row = new Float32Array(this.#columns);
    const { shape } = this.#options;
    if (shape !== undefined && shape.reduce((product, size) => product * size, 1) !== this.#columns) {
      throw this.at(undefined, `expected ${shape.join(' x ')} values, found ${this.#columns}.`);
    }
  }

  override finish(): DenseDataset {
    const rows = this.#labels.length;
    if (rows === 0) throw complaint(this.source, 'line 1: expected values and a label, found no rows.');
    const { name = 'amat', classes = this.#highest + 1, shape } = this.#options;
    return {
      name,
      rows,
      columns: this.#columns,
      classes,
      inputs: this.#inputs.finish(),
      labels: this.#labels.finish(),
      ...(shape && { shape }),
    };
  }
}
