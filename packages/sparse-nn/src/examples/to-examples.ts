/** Rows and labels as people have them, arrays of arrays and names, made into the typed arrays that networks take. */
import { checkOptions, isList, shown } from '../spec/options.ts';
import type { ClassLabels, DenseInputs, LabelSets, Targets } from './examples.ts';

/** What says which class a row has: its number from 0 on, or its name. */
export type RawLabel = number | bigint | boolean | string;

/** A matrix as an array of rows, or as one array of all of them. */
export type RawMatrix = readonly ArrayLike<number>[] | ArrayLike<number>;

/** Rows, and at most one of `labels`, `oneHot`, `multiHot` and `targets`. */
export interface RawExamples {
  /** A list of rows; or one flat array: of one row, or of rows of `columns`. */
  readonly inputs: RawMatrix;
  /** Numbers in a row, where `inputs` is flat and has several. */
  readonly columns?: number | undefined;
  /** The class of each row; or a list of labels for each, of any length. Numbers from 0 on, or names. */
  readonly labels?: ArrayLike<RawLabel> | readonly (readonly RawLabel[])[] | undefined;
  /** A row of 0s and a 1 for each, flat or not: the 1 stands at its class. */
  readonly oneHot?: RawMatrix | undefined;
  /** A row of 0s and 1s for each, flat or not: 1s stand at its labels. */
  readonly multiHot?: RawMatrix | undefined;
  /** Numbers for each row, flat or not. */
  readonly targets?: RawMatrix | undefined;
  /** Of the classes, in the order of their numbers, such as `names` of the training set. Default: those that there are, sorted. */
  readonly names?: readonly string[] | undefined;
}

/** What rows have beside their inputs, by what was given. */
export type AnswersOf<R extends RawExamples> = R extends { readonly targets: RawMatrix }
  ? Targets
  : R extends { readonly multiHot: RawMatrix }
    ? LabelSets & NamedClasses
    : R extends { readonly labels: readonly (readonly RawLabel[])[] }
      ? LabelSets & NamedClasses
      : R extends { readonly labels: ArrayLike<RawLabel> } | { readonly oneHot: RawMatrix }
        ? ClassLabels & NamedClasses
        : unknown;

/** How many classes there are, and what they are called. */
export interface NamedClasses {
  /** For `softmax(classes)`. Of numbers, one more than the highest. */
  readonly classes: number;
  /** Class c is names[c]; only where labels are names. */
  readonly names?: readonly string[];
}

/**
 * Dense examples of rows, labels and targets in whatever form: `net.train(toExamples({ inputs, labels }), ...)`.
 * @throws {TypeError} @throws {RangeError} naming the row and column of what has no place in them.
 */
export function toExamples<const R extends RawExamples>(raw: R): DenseInputs & AnswersOf<R> {
  checkOptions('toExamples', raw as RawExamples, {
    inputs: true,
    columns: true,
    labels: true,
    oneHot: true,
    multiHot: true,
    targets: true,
    names: true,
  });
  const { labels, oneHot, multiHot, targets, names, columns: wanted } = raw;
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
    throw new TypeError(`names are a list of the classes' names; got ${shown(names)}.`);
  }
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1)) {
    throw new RangeError(`columns is an integer of 1 or more; got ${shown(wanted)}.`);
  }
  const given = Object.entries({ labels, oneHot, multiHot, targets }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (given.length > 1) throw new TypeError(`Rows have one of ${given.join(' and ')}, not several.`);
  const { rows, columns, values } = matrix('inputs', raw.inputs, undefined, raw.columns);
  return { rows, columns, inputs: values, ...answers(raw, rows) } as DenseInputs & AnswersOf<R>;
}

function answers({ labels, oneHot, multiHot, targets, names }: RawExamples, rows: number): object {
  if (targets !== undefined) return { targets: matrix('targets', targets, rows).values };
  if (oneHot !== undefined) {
    const { labelOffsets, labels: ids, classes } = hot('oneHot', oneHot, rows);
    const row = labelOffsets.findIndex((offset, r) => r < rows && labelOffsets[r + 1]! - offset !== 1);
    if (row < 0) return { labels: ids, classes, ...(names && { names }) };
    const ones = labelOffsets[row + 1]! - labelOffsets[row]!;
    throw new RangeError(`Row ${row} of oneHot has ${ones} ones; it has one (multiHot takes any number).`);
  }
  if (multiHot !== undefined) return { ...hot('multiHot', multiHot, rows), ...(names && { names }) };
  return labels === undefined ? {} : numbered(labels, rows, names);
}

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** `rows` are known but for the inputs; of flat ones, `columns` or one row. */
function matrix(name: string, given: RawMatrix, rows?: number, columns?: number): Matrix {
  if (!isList(given))
    throw new TypeError(`${name} are an array of rows, or of numbers; got ${shown(given)}.`);
  if (!isList(given[0])) return flat(name, given as ArrayLike<number>, rows, columns);
  const list = given as readonly ArrayLike<number>[];
  const width = list[0]!.length;
  if (rows !== undefined && list.length !== rows) {
    throw new RangeError(`There are ${rows} rows of inputs; got ${list.length} of ${name}.`);
  }
  const values = new Float32Array(list.length * width);
  for (let r = 0; r < list.length; r++) {
    const row: unknown = list[r];
    if (!isList(row) || row.length !== width) {
      const got = isList(row) ? `${row.length} numbers` : shown(row);
      throw new RangeError(`Row ${r} of ${name} has ${width} numbers, as row 0; got ${got}.`);
    }
    for (let c = 0; c < width; c++) values[r * width + c] = numberAt(name, row[c], r, c);
  }
  return { rows: list.length, columns: width, values };
}

function flat(name: string, given: ArrayLike<number>, rows?: number, columns?: number): Matrix {
  const width = columns ?? given.length / (rows ?? 1);
  const count = given.length / width;
  if (!(Number.isInteger(width) && Number.isInteger(count) && width >= 1)) {
    const parts = columns === undefined ? `${rows} rows` : `rows of ${columns}`;
    throw new RangeError(`${name} are the numbers of ${parts}; got ${given.length}.`);
  }
  const values = new Float32Array(given.length);
  for (let i = 0; i < given.length; i++) {
    values[i] = numberAt(name, given[i], Math.floor(i / width), i % width);
  }
  return { rows: count, columns: width, values };
}

function numberAt(name: string, value: unknown, row: number, column: number): number {
  if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
  if (typeof value === 'boolean') return Number(value);
  throw new RangeError(
    `Row ${row}, column ${column} of ${name} is ${shown(value)}; it has to be a number that is finite in 32 bits.`,
  );
}

/** The places of the ones in each row. */
function hot(name: string, given: RawMatrix, rows: number): LabelSets & { readonly classes: number } {
  const { columns, values } = matrix(name, given, rows);
  const labels: number[] = [];
  const labelOffsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      const value = values[row * columns + c];
      if (value === 1) labels.push(c);
      else if (value !== 0) {
        throw new RangeError(`Row ${row}, column ${c} of ${name} is ${value}; it has to be 0 or 1.`);
      }
    }
    labelOffsets[row + 1] = labels.length;
  }
  return { labelOffsets, labels: Int32Array.from(labels), classes: columns };
}

function numbered(
  given: NonNullable<RawExamples['labels']>,
  rows: number,
  names?: readonly string[],
): object {
  if (!isList(given)) throw new TypeError(`labels are an array; got ${shown(given)}.`);
  if (given.length !== rows) {
    throw new RangeError(`There are ${rows} rows of inputs; got ${given.length} of labels.`);
  }
  const sets = Array.from(given as ArrayLike<unknown>).map((own) => (Array.isArray(own) ? own : undefined));
  const several = sets[0] !== undefined;
  const lists = Array.from(given as ArrayLike<RawLabel>, (own, row) => {
    if ((sets[row] !== undefined) === several) return sets[row] ?? [own];
    throw new TypeError(`The labels of row ${row} are ${shown(own)}; those of row 0 are ${shown(given[0])}.`);
  }) as RawLabel[][];
  const named = names ?? namesOf(lists);
  const numbers = new Map(named?.map((name, c) => [name, c]));
  const labels = lists.flatMap((own, row) => own.map((label) => numberOf(label, row, named && numbers)));
  const classes = named?.length ?? labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const labelOffsets = new Int32Array(rows + 1);
  for (const [row, own] of lists.entries()) labelOffsets[row + 1] = labelOffsets[row]! + own.length;
  const counted = { labels: Int32Array.from(labels), classes, ...(named && { names: named }) };
  return several ? { labelOffsets, ...counted } : counted;
}

/** All names there are, sorted by their characters' codes; none where labels are numbers. */
function namesOf(lists: readonly (readonly RawLabel[])[]): readonly string[] | undefined {
  const labels = lists.flat();
  const names = labels.filter((label) => typeof label === 'string');
  return names.length === 0 ? undefined : [...new Set(names)].toSorted();
}

/** `numbers`: of the names, if labels are names. */
function numberOf(label: RawLabel, row: number, numbers: ReadonlyMap<string, number> | undefined): number {
  if (numbers) {
    const number = typeof label === 'string' ? numbers.get(label) : undefined;
    if (number !== undefined) return number;
    throw new RangeError(
      `The label of row ${row} is ${shown(label)}; the names of the classes are ${[...numbers.keys()].slice(0, 20).join(', ')}.`,
    );
  }
  const number = Number(label);
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 31) return number;
  throw new RangeError(`The label of row ${row} is ${shown(label)}; classes are numbered from 0 on.`);
}
