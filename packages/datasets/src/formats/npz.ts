/** NumPy's archives of arrays, and SciPy's sparse matrices in them. */
import { checkOptions, type Known } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import type { ByteInput } from '../unpack/input.ts';
import { READ_OPTIONS, unpackZip, type ArchiveFile, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import { parseNpy, parseNpyText } from './npy.ts';
import type { ShapedArray } from './shaped-array.ts';
import type { SparseMatrix } from './sparse-matrix.ts';
import { SparseRows } from './sparse-rows.ts';

/** How an archive of arrays is read. */
export interface NpzOptions extends Omit<ReadOptions, 'entry'> {
  /** The arrays to read, without `.npy`; all by default. */
  readonly names?: readonly string[];
}

/** Those of reading a file, too. */
const OPTIONS: Known<NpzOptions> = { ...READ_OPTIONS, names: true };

/**
 * Reads the arrays of a `.npz` file, by name, as `parseNpy` does.
 *
 * @throws Error naming the file, and the array: if it is no zip archive, has not the names asked for, or as `parseNpy`.
 */
export async function loadNpz(
  input: ByteInput,
  options: NpzOptions = {},
): Promise<Readonly<Record<string, ShapedArray>>> {
  checkOptions('loadNpz', options, OPTIONS);
  const source = sourceOf(input, 'NumPy data', options.source);
  const files = await openNpz(input, source, options);
  const names = options.names ?? [...files.keys()];
  const arrays: Record<string, ShapedArray> = {};
  for (const name of names)
    arrays[name] = parseNpy(await read(files, name, source), `${source}, ${name}.npy`);
  return arrays;
}

/**
 * Reads a sparse matrix that SciPy's `save_npz` wrote, by rows (csr) or by columns (csc).
 *
 * @throws Error naming the file, and the array: if it is another kind of matrix, or its arrays do not belong together.
 */
export async function loadSparseNpz(
  input: ByteInput,
  options: Omit<ReadOptions, 'entry'> = {},
): Promise<SparseMatrix> {
  const source = sourceOf(input, 'a sparse matrix', options.source);
  return sparseOf(await openNpz(input, source, options), source);
}

/** The sparse matrix in an input, or nothing where that is no zip archive. */
export async function sparseNpz(
  input: ByteInput,
  source: string,
  options: ReadOptions,
): Promise<SparseMatrix | undefined> {
  const files = await unpackZip(input, { ...options, source });
  const isNpz = files?.some(({ name }) => name === 'indptr.npy');
  return files !== undefined && isNpz ? sparseOf(byName(files), source) : undefined;
}

type Files = ReadonlyMap<string, ArchiveFile>;

async function openNpz(input: ByteInput, source: string, options: ReadOptions): Promise<Files> {
  const files = await unpackZip(input, { ...options, source });
  if (files === undefined)
    throw complaint(source, 'byte 0: expected a zip archive of NumPy arrays (.npz), found none.');
  return byName(files);
}

function byName(files: readonly ArchiveFile[]): Files {
  return new Map(
    files
      .filter(({ name }) => name.endsWith('.npy'))
      .map((file): [string, ArchiveFile] => [file.name.slice(0, -'.npy'.length), file]),
  );
}

async function read(files: Files, name: string, source: string): Promise<Uint8Array> {
  const file = files.get(name);
  if (file === undefined) {
    throw complaint(
      source,
      `it has no array ${name}, but ${[...files.keys()].join(', ').slice(0, 80) || 'none'}.`,
    );
  }
  return file.read();
}

async function sparseOf(files: Files, source: string): Promise<SparseMatrix> {
  const array = async (name: string): Promise<ShapedArray> =>
    parseNpy(await read(files, name, source), `${source}, ${name}.npy`);
  const kind = parseNpyText(await read(files, 'format', source), `${source}, format.npy`);
  if (kind !== 'csr' && kind !== 'csc') {
    throw complaint(
      source,
      `expected a matrix of the format csr or csc, found "${kind}": convert it by .tocsr().`,
    );
  }
  const { data: sizes } = await array('shape');
  const [rows = 0, columns = 0] = sizes;
  if (sizes.length !== 2 || !isSize(rows) || !isSize(columns)) {
    throw complaint(
      source,
      `expected a shape of rows and columns from 1 to 2147483647, found ${sizes.join(' x ')}.`,
    );
  }
  const { data: pointers } = await array('indptr');
  const { data: indices } = await array('indices');
  const { data: values } = await array('data');
  const [major, minor] = kind === 'csr' ? [rows, columns] : [columns, rows];
  const check = (fits: boolean, what: string): void => {
    if (!fits) throw complaint(source, `the arrays of the sparse matrix do not belong together: ${what}.`);
  };
  check(pointers.length === major + 1, `indptr has ${pointers.length} entries, not ${major + 1}`);
  check(indices.length === values.length, `there are ${indices.length} indices, but ${values.length} values`);
  check(
    pointers[0] === 0 && pointers[major] === indices.length,
    `indptr must go from 0 to ${indices.length}`,
  );
  for (let i = 0; i < major; i++) check(pointers[i + 1]! >= pointers[i]!, `indptr falls after entry ${i}`);
  for (let j = 0; j < indices.length; j++) {
    const index = indices[j]!;
    check(
      Number.isInteger(index) && index >= 0 && index < minor,
      `index ${j} is ${index}, not from 0 to ${minor - 1}`,
    );
    check(Number.isFinite(Math.fround(values[j]!)), `value ${j} is ${values[j]}, no finite 32-bit number`);
  }
  return kind === 'csr'
    ? byRows(source, rows, columns, pointers, indices, values)
    : byRows(source, rows, columns, ...transposed(rows, columns, pointers, indices, values));
}

function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size < 2 ** 31;
}

function byRows(
  source: string,
  rows: number,
  columns: number,
  pointers: ArrayLike<number>,
  indices: ArrayLike<number>,
  values: ArrayLike<number>,
): SparseMatrix {
  const compressed = new SparseRows(true);
  for (let row = 0; row < rows; row++) {
    for (let j = pointers[row]!; j < pointers[row + 1]!; j++) compressed.add(indices[j]!, values[j]!);
    const twice = compressed.endRow();
    if (twice !== undefined)
      throw complaint(source, `row ${row}: expected every column once, found ${twice} twice.`);
  }
  return { rows, columns, ...compressed.finish() };
}

/** Columns as rows, by counting. */
function transposed(
  rows: number,
  columns: number,
  pointers: ArrayLike<number>,
  indices: ArrayLike<number>,
  values: ArrayLike<number>,
): [Int32Array, Int32Array, Float32Array] {
  const offsets = new Int32Array(rows + 1);
  for (let j = 0; j < indices.length; j++) offsets[indices[j]! + 1]!++;
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice(0, rows);
  const ids = new Int32Array(indices.length);
  const numbers = new Float32Array(indices.length);
  for (let column = 0; column < columns; column++) {
    for (let j = pointers[column]!; j < pointers[column + 1]!; j++) {
      const place = next[indices[j]!]!++;
      ids[place] = column;
      numbers[place] = values[j]!;
    }
  }
  return [offsets, ids, numbers];
}
