/** Parquet by hyparquet, which whoever reads such files installs. */
import { checkOptions, type Known } from '../check-options.ts';
import { complaint, messageOf } from '../complaint.ts';
import type { ByteInput } from '../unpack/input.ts';
import { foreignKind } from '../unpack/packing.ts';
import { READ_OPTIONS, readBytes, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import type { CsvDataset } from './csv.ts';
import { numberClasses } from './class-names.ts';
import { checkCounts, checkFooter } from './parquet-counts.ts';

/** What hyparquet makes of a value takes so much memory at least. */
const BYTES_A_VALUE = 8;

/** How a Parquet file is read. */
export interface ParquetOptions extends ReadOptions {
  /** What the data set is called; 'parquet' by default. */
  readonly name?: string;
  /** The column that has the class; 'label' by default. */
  readonly label?: string;
  /** The columns of numbers, or of lists of them, that are the inputs, in this order; by default all others. */
  readonly columns?: readonly string[];
  /** What values are divided by; 1 by default. */
  readonly scale?: number;
}

/** Those of reading a file, too. */
const OPTIONS: Known<ParquetOptions> = {
  ...READ_OPTIONS,
  name: true,
  label: true,
  columns: true,
  scale: true,
};

/**
 * Reads a Parquet file of numbers with a class as dense examples: a column of numbers is one column, one of lists as many as
 * each list has. The package hyparquet must be installed; files that are packed by Snappy, or not, are read.
 *
 * @throws Error naming the file: if hyparquet is not there, the file is none, or a column is not there or not of numbers, with
 *   its row.
 */
export async function loadParquet(input: ByteInput, options: ParquetOptions = {}): Promise<CsvDataset> {
  checkOptions('loadParquet', options, OPTIONS);
  const source = sourceOf(input, 'Parquet data', options.source);
  const { label = 'label', scale = 1, name = 'parquet' } = options;
  const bytes = await readBytes(input, { ...options, source });
  if (bytes[0] !== 0x50 || bytes[1] !== 0x41 || bytes[2] !== 0x52 || bytes[3] !== 0x31) {
    throw complaint(
      source,
      `byte 0: expected the magic of Parquet (PAR1), found ${foreignKind(bytes) ?? 'another'}.`,
    );
  }
  const table = await readTable(bytes, source, options.maxBytes);
  const [first] = table;
  if (first === undefined) throw complaint(source, 'expected rows, found none.');
  const names = options.columns ?? Object.keys(first).filter((column) => column !== label);
  const missing = [label, ...names].find((column) => !(column in first));
  if (missing !== undefined || names.length === 0) {
    throw complaint(
      source,
      `expected a column ${missing ?? 'of numbers'}, found ${Object.keys(first).join(', ').slice(0, 80)}.`,
    );
  }
  const rows = table.length;
  const width = names.reduce((sum, column) => sum + numbersOf(first[column]).length, 0);
  const inputs = new Float32Array(rows * width);
  const targets = new Int32Array(rows);
  for (const [row, record] of table.entries()) {
    let at = row * width;
    for (const column of names) {
      for (const value of numbersOf(record[column])) {
        const number = Math.fround(Number(value) / scale);
        if (typeof value === 'string' || !Number.isFinite(number) || at >= (row + 1) * width) {
          throw complaint(
            source,
            `row ${row}, column ${column}: expected finite numbers, as many as in row 0, found ${String(value).slice(0, 40)}.`,
          );
        }
        inputs[at++] = number;
      }
    }
    if (at !== (row + 1) * width) {
      throw complaint(
        source,
        `row ${row}: expected ${width} numbers, as in row 0, found ${at - row * width}.`,
      );
    }
    const target = Number(record[label]);
    if (!Number.isInteger(target) || Math.abs(target) >= 2 ** 31) {
      throw complaint(
        source,
        `row ${row}, column ${label}: expected a class, a whole number, found ${String(record[label]).slice(0, 40)}.`,
      );
    }
    targets[row] = target;
  }
  return { name, rows, columns: width, inputs, ...numberClasses(source, targets) };
}

async function readTable(
  bytes: Uint8Array,
  source: string,
  maxBytes: number = Math.max(2 ** 30, 100 * bytes.length),
): Promise<readonly Record<string, unknown>[]> {
  let library;
  try {
    library = await import('hyparquet');
  } catch (error) {
    throw complaint(
      source,
      'Parquet is read by the package hyparquet: install it first (npm install hyparquet).',
      error,
    );
  }
  try {
    const file = bytes.slice().buffer as ArrayBuffer;
    checkFooter(bytes);
    const metadata = library.parquetMetadata(file);
    checkCounts(bytes, metadata, Math.floor(maxBytes / BYTES_A_VALUE), library.snappyUncompress);
    return await library.parquetReadObjects({ file, metadata });
  } catch (error) {
    throw complaint(source, `the Parquet file cannot be read: ${messageOf(error)}.`, error);
  }
}

function numbersOf(value: unknown): ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
    ? (value as unknown as unknown[])
    : [value];
}
