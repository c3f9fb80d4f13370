/** A row whose values are numbers, texts or nothing: an object with the same keys in every row, or a list. */
export type TableRow =
  | Readonly<Record<string, number | boolean | string | null | undefined>>
  | readonly (number | boolean | string | null | undefined)[];

/** A column of numbers. */
export interface Column {
  readonly name: string;
  readonly values: Float32Array;
}

interface ColumnOptions {
  readonly label?: string | undefined;
  readonly columnNames?: readonly string[];
  readonly missing?: number;
  readonly like?: { readonly columnNames: readonly string[] };
}

type Cell = number | boolean | string | null | undefined;

/** @throws TypeError or RangeError naming row and column. */
export function columnsOf(name: string, rows: readonly TableRow[], options: ColumnOptions): Column[] {
  const { label, missing, like } = options;
  const first = rows[0]!;
  const isList = isListLike(first);
  const keys = isList
    ? Array.from(
        { length: (first as readonly Cell[]).length },
        (_, c) => options.columnNames?.[c] ?? String(c),
      )
    : Object.keys(first).filter((key) => key !== label);
  if (options.columnNames && options.columnNames.length !== keys.length) {
    throw new RangeError(
      `${name}: rows have ${keys.length} columns; got ${options.columnNames.length} names.`,
    );
  }
  for (const [i, row] of rows.entries()) checkShape(name, row, i, isList, keys, label);
  const cells = (c: number): Cell[] =>
    rows.map((row) =>
      isList ? (row as readonly Cell[])[c] : (row as Readonly<Record<string, Cell>>)[keys[c]!],
    );
  const columns = keys.flatMap((key, c) => encode(name, key, cells(c), missing, like?.columnNames));
  return like ? inOrderOf(name, columns, like.columnNames) : columns;
}

function isListLike(row: unknown): boolean {
  return Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row);
}

function checkShape(
  name: string,
  row: TableRow,
  i: number,
  isList: boolean,
  keys: readonly string[],
  label: string | undefined,
): void {
  if (typeof row !== 'object' || row === null || isListLike(row) !== isList) {
    throw new TypeError(`${name}: row ${i} is no ${isList ? 'list' : 'object'}, unlike row 0.`);
  }
  if (isList) {
    const { length } = row as readonly unknown[];
    if (length !== keys.length) {
      throw new RangeError(`${name}: row ${i} has ${length} values, row 0 has ${keys.length}.`);
    }
    return;
  }
  const own = Object.keys(row).filter((key) => key !== label);
  const wrong = own.find((key) => !keys.includes(key)) ?? keys.find((key) => !Object.hasOwn(row, key));
  if (wrong !== undefined) throw new RangeError(`${name}: row ${i} and row 0 do not both have ${wrong}.`);
}

/** One column of numbers; or one for each text that comes. */
function encode(
  name: string,
  key: string,
  cells: readonly Cell[],
  missing: number | undefined,
  known: readonly string[] | undefined,
): Column[] {
  const numeric = known ? known.includes(key) : cells.every((cell) => isMissing(cell) || isNumeric(cell));
  for (const [row, cell] of cells.entries()) {
    if (isMissing(cell) && missing === undefined) {
      throw new RangeError(
        `${name}: row ${row}, column ${key}: the value is missing (the option missing takes its place).`,
      );
    }
    if (!isMissing(cell) && numeric && !isNumeric(cell)) {
      throw new RangeError(
        `${name}: row ${row}, column ${key}: expected a finite number, found ${String(cell)}.`,
      );
    }
  }
  if (numeric) {
    return [
      { name: key, values: Float32Array.from(cells, (cell) => (isMissing(cell) ? missing! : Number(cell))) },
    ];
  }
  const texts = known
    ? known.filter((each) => each.startsWith(`${key}=`)).map((each) => each.slice(key.length + 1))
    : [...new Set(cells.filter((cell) => !isMissing(cell)).map(String))].toSorted();
  const row = cells.findIndex((cell) => !isMissing(cell) && !texts.includes(String(cell)));
  if (row >= 0) {
    throw new RangeError(
      `${name}: row ${row}, column ${key}: expected one of ${texts.slice(0, 10).join(', ')}, found ${String(cells[row])}.`,
    );
  }
  // A value that is missing is none of them.
  return texts.map((text) => ({
    name: `${key}=${text}`,
    values: Float32Array.from(cells, (cell) => Number(!isMissing(cell) && String(cell) === text)),
  }));
}

function isMissing(cell: Cell): boolean {
  return (
    cell === null ||
    cell === undefined ||
    Number.isNaN(cell) ||
    (typeof cell === 'string' && cell.trim() === '')
  );
}

function isNumeric(cell: Cell): boolean {
  return Number.isFinite(Math.fround(Number(cell)));
}

function inOrderOf(name: string, columns: readonly Column[], names: readonly string[]): Column[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const missing = names.find((each) => !byName.has(each));
  if (missing !== undefined || columns.length !== names.length) {
    throw new RangeError(
      `${name}: expected the ${names.length} columns of the other rows, found ${columns.length}${missing === undefined ? '' : `, and no ${missing}`}.`,
    );
  }
  return names.map((each) => byName.get(each)!);
}
