import { isBlank, lineEnd, parseNumber, skipBlanks, skipToBlank, textOf } from './text-numbers.ts';
import type { DenseDataset } from '../types.ts';
import { readBytes } from '../unpack/unpack.ts';

/** How a file of rows of numbers with the label last (AMAT) is read. */
export interface AmatOptions {
  /** What the data set is called; 'amat' by default. */
  readonly name?: string;
  /** What error messages call the data; a path, say. */
  readonly source?: string;
  /** Number of classes; by default one more than the largest label. */
  readonly classes?: number;
  /** What a row is, such as [28, 28]. */
  readonly shape?: readonly number[];
}

/**
 * Reads the AMAT format of Larochelle et al. (2007): no header, a row a line, its values and then its label, all as decimal
 * numbers between blanks.
 *
 * @throws Error saying in which line and column (from 1) what was expected and found: no number, a value outside [0, 1], a
 *   label that is no class, a row of another length than the first, an empty line; or that there are no rows.
 */
export function parseAmat(bytes: Uint8Array, options: AmatOptions = {}): DenseDataset {
  const source = options.source ?? 'AMAT data';
  const rows = countRows(bytes);
  const columns = countNumbers(bytes, 0, lineEnd(bytes, 0)) - 1;
  if (rows === 0 || columns < 1) {
    throw new Error(
      `${source}: expected values and a label in line 1, found ${Math.max(0, columns + 1)} numbers.`,
    );
  }
  const inputs = new Float32Array(rows * columns);
  const labels = new Int32Array(rows);
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const end = lineEnd(bytes, start);
    const at = (position: number): string => `${source}: line ${row + 1}, column ${position - start + 1}`;
    let position = skipBlanks(bytes, start, end);
    for (let column = 0; column <= columns; column++) {
      const tokenEnd = skipToBlank(bytes, position, end);
      const value = parseNumber(bytes, position, tokenEnd);
      const isLabel = column === columns;
      // Negated, so that NaN is refused too.
      if (isLabel ? !isLabelBelow(value, options.classes) : !(value >= 0 && value <= 1)) {
        const expected = isLabel
          ? `a label from 0 to ${(options.classes ?? 2 ** 31) - 1}`
          : `a value from 0 to 1 (number ${column + 1} of ${columns} and a label)`;
        const found =
          position === tokenEnd ? 'the end of the line' : `"${textOf(bytes, position, tokenEnd)}"`;
        throw new Error(`${at(position)}: expected ${expected}, found ${found}.`);
      }
      if (isLabel) labels[row] = value;
      else inputs[row * columns + column] = value;
      position = skipBlanks(bytes, tokenEnd, end);
    }
    if (position < end) {
      throw new Error(
        `${at(position)}: expected the end of the line after ${columns} values and a label, found "${textOf(bytes, position, skipToBlank(bytes, position, end))}".`,
      );
    }
    start = end + 1;
  }
  const classes = options.classes ?? labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const { shape } = options;
  if (shape !== undefined && shape.reduce((product, size) => product * size, 1) !== columns) {
    throw new Error(`${source}: expected ${shape.join(' x ')} values in line 1, found ${columns}.`);
  }
  const name = options.name ?? 'amat';
  return { name, rows, columns, classes, inputs, labels, ...(shape && { shape }) };
}

/**
 * Reads an AMAT file, as {@link parseAmat} does; also gzip, or brotli if its name ends in `.br`. Node only.
 *
 * @throws Error naming the file if it cannot be read, and as {@link parseAmat} does.
 */
export function loadAmat(path: string, options: Omit<AmatOptions, 'source'> = {}): DenseDataset {
  return parseAmat(readBytes(path), { ...options, source: path });
}

function isLabelBelow(value: number, classes: number = 2 ** 31): boolean {
  return Number.isInteger(value) && value >= 0 && value < classes;
}

/** Lines, the last one with or without its line feed. */
function countRows(bytes: Uint8Array): number {
  let rows = 0;
  for (let start = 0; start < bytes.length; start = lineEnd(bytes, start) + 1) rows++;
  return rows;
}

function countNumbers(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (!isBlank(bytes[i]) && (i === start || isBlank(bytes[i - 1]))) count++;
  return count;
}
