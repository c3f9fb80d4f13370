import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import type { DenseDataset, Split } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, type ReadOptions } from '../unpack/unpack.ts';
import { numberClasses } from './class-names.ts';
import { CsvParser, type CsvOptions, type CsvTable } from './csv-table.ts';
import { sourceOf } from './file-options.ts';
import { parseBytes, parseInput } from './stream-parser.ts';

/** A set whose file may have other names for its classes than their numbers. */
export interface CsvDataset extends DenseDataset {
  /** What the file calls class c, in ascending order, where that is not c. */
  readonly classNames?: readonly string[];
  /** What the header calls the columns of `inputs`, if there is one. */
  readonly columnNames?: readonly string[];
}

/** All of them, but for those of reading a file. */
const OPTIONS: Known<CsvOptions> = {
  label: true,
  header: true,
  separator: true,
  skip: true,
  scale: true,
  classes: true,
  classNames: true,
  shape: true,
  name: true,
  source: true,
};

/**
 * Reads a table of numbers, a row a line, one column of which is the class: Kaggle's MNIST and UCI's sets, say.
 *
 * Labels that are whole numbers with 0 among them are the classes; other whole numbers, and names, are numbered in ascending
 * order, and `classNames` has what the file calls them. Fields may be quoted; none may hold the separator.
 *
 * @param bytes Text, not packed; {@link loadCsv} unpacks.
 * @throws Error saying in which line and column (from 1) what was expected and found: no finite number, another number of
 *   fields than in the first line, an empty label, no such column; or that there are no rows.
 */
export function parseCsv(bytes: Uint8Array, options: CsvOptions = {}): CsvDataset {
  checkOptions('parseCsv', options, OPTIONS);
  const source = options.source ?? 'CSV data';
  return datasetOf(parseBytes(new CsvParser(source, options), source, bytes), options, options.classNames);
}

/**
 * Reads a file of a table, packed or not, as {@link parseCsv} does.
 *
 * @throws Error naming the file, as {@link parseCsv}.
 */
export function loadCsv(input: ByteInput, options?: CsvOptions & ReadOptions): Promise<CsvDataset>;
/**
 * Reads a training and a test file: the classes of both are numbered as the training file's are.
 *
 * @throws Error also where the test file has a class, or columns, that the training file has not.
 */
export function loadCsv(
  files: { readonly train: ByteInput; readonly test: ByteInput },
  options?: Omit<CsvOptions & ReadOptions, 'source' | 'entry'>,
): Promise<Split<CsvDataset>>;
export async function loadCsv(
  input: ByteInput | { readonly train: ByteInput; readonly test: ByteInput },
  options: CsvOptions & ReadOptions = {},
): Promise<CsvDataset | Split<CsvDataset>> {
  checkOptions('loadCsv', options, { ...READ_OPTIONS, ...OPTIONS });
  if (!(typeof input === 'object' && 'train' in input && 'test' in input)) {
    return datasetOf(await read(input, options), options, options.classNames);
  }
  const train = datasetOf(await read(input.train, options), options, options.classNames);
  const table = await read(input.test, options);
  checkColumns(table, train);
  // Where the classes have no names they are numbers from 0.
  const known = { ...options, classes: train.classes };
  return { name: train.name, train, test: datasetOf(table, known, train.classNames ?? []) };
}

function read(input: ByteInput, options: CsvOptions & ReadOptions): Promise<CsvTable> {
  const source = sourceOf(input, 'CSV data', options.source);
  return parseInput(new CsvParser(source, options), source, input, options);
}

/** @throws Error where a test file has other columns than the training file. */
function checkColumns({ source, columns, columnNames }: CsvTable, train: CsvDataset): void {
  if (columns !== train.columns) {
    throw complaint(
      source,
      `expected ${train.columns} columns beside the label, as the training file has, found ${columns}.`,
    );
  }
  const other = columnNames?.findIndex((name, i) => name !== (train.columnNames?.[i] ?? name)) ?? -1;
  if (other < 0) return;
  throw complaint(
    source,
    `line 1: expected the column ${JSON.stringify(train.columnNames?.[other])}, as the training file has, found ${JSON.stringify(columnNames?.[other])}.`,
  );
}

/** @param known What the classes are called, none where they are numbers from 0; by default as the table has them. */
function datasetOf(table: CsvTable, options: CsvOptions, known?: readonly string[]): CsvDataset {
  const { name = 'csv', shape, classes } = options;
  const { columns, inputs, labels, columnNames } = table;
  return {
    name,
    rows: labels.length,
    columns,
    inputs,
    ...numbered(table, classes, known),
    ...(shape && { shape }),
    ...(columnNames && { columnNames }),
  };
}

type Numbered = Pick<CsvDataset, 'classes' | 'labels' | 'classNames'>;

function numbered(table: CsvTable, classes: number | undefined, known?: readonly string[]): Numbered {
  const { source, labels, names } = table;
  if (names.every(isWhole) && (known ?? []).every(isWhole)) {
    const values = names.map(Number);
    return numberClasses(
      source,
      labels.map((label) => values[label]!),
      classes,
      known,
    );
  }
  const classNames = known ?? names.toSorted((a, b) => (a < b ? -1 : 1));
  if (classNames.length > (classes ?? Infinity)) {
    throw complaint(source, `expected ${classes} classes, found ${classNames.length}.`);
  }
  const ranks = names.map((label) => classNames.indexOf(label));
  const unknown = ranks.indexOf(-1);
  if (unknown >= 0) {
    const expected =
      classNames.length > 0
        ? `one of the classes ${classNames.join(', ')}`
        : `classes from 0 to ${classes! - 1}`;
    throw complaint(source, `expected ${expected.slice(0, 100)}, found ${JSON.stringify(names[unknown])}.`);
  }
  return {
    classes: classes ?? classNames.length,
    labels: labels.map((label) => ranks[label]!),
    classNames,
  };
}

function isWhole(label: string): boolean {
  return /^[-+]?\d{1,9}(?:\.0*)?$/.test(label);
}
