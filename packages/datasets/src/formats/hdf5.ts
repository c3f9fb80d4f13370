/** HDF5 by h5wasm, which whoever reads such files installs. */
import { checkOptions, type Known } from '../check-options.ts';
import type { ready as Ready, File as Hdf5File, Dataset } from 'h5wasm';
import { complaint, messageOf } from '../complaint.ts';
import type { VectorSet } from '../types.ts';
import type { ByteInput } from '../unpack/input.ts';
import { foreignKind } from '../unpack/packing.ts';
import { READ_OPTIONS, readBytes, type ReadOptions } from '../unpack/unpack.ts';
import { sourceOf } from './file-options.ts';
import { sizeOf, type Numbers, type ShapedArray } from './shaped-array.ts';

/** How an HDF5 file is read. */
export interface Hdf5Options extends ReadOptions {
  /** Paths of the arrays to read; by default all arrays of numbers at the top. */
  readonly names?: readonly string[];
}

/** Those of reading a file, too. */
const OPTIONS: Known<Hdf5Options> = { ...READ_OPTIONS, names: true };

/**
 * Reads arrays of numbers of an HDF5 file, by name. The package h5wasm must be installed; the file is held in memory. Whole
 * numbers of 64 bits become doubles.
 *
 * @throws Error naming the file: if h5wasm is not there, the file is none or has no such array, or one is not of numbers.
 */
export async function loadHdf5(
  input: ByteInput,
  options: Hdf5Options = {},
): Promise<Readonly<Record<string, ShapedArray>>> {
  checkOptions('loadHdf5', options, OPTIONS);
  const source = sourceOf(input, 'HDF5 data', options.source);
  const bytes = await readBytes(input, { ...options, source });
  if (bytes[0] !== 0x89 || bytes[1] !== 0x48 || bytes[2] !== 0x44 || bytes[3] !== 0x46) {
    throw complaint(source, `byte 0: expected the magic of HDF5, found ${foreignKind(bytes) ?? 'another'}.`);
  }
  const library = await h5wasm(source);
  const module = await library.ready;
  const { FS } = module;
  // What is wrong with a file is thrown, not printed.
  module.activate_throwing_error_handler();
  const path = `hashgrad-${opened++}`;
  FS.writeFile(path, bytes);
  try {
    return readArrays(new library.File(path, 'r'), source, options.names);
  } catch (error) {
    if ((error as Error).message.startsWith(source)) throw error;
    throw complaint(source, `the HDF5 file cannot be read: ${messageOf(error)}.`, error);
  } finally {
    module.deactivate_throwing_error_handler();
    FS.unlink(path);
  }
}

/** How a set of ann-benchmarks is read. */
export interface AnnBenchmarksOptions extends ReadOptions {
  /** What the set is called; 'ann-benchmarks' by default. */
  readonly name?: string;
}

/**
 * Reads a set of ann-benchmarks (Aumueller, Bernhardsson, Faithfull 2020): vectors (`train`), queries (`test`) and the nearest of
 * each (`neighbors`). The package h5wasm must be installed.
 *
 * @throws Error as {@link loadHdf5}, or if the arrays do not belong together.
 */
export async function loadAnnBenchmarks(
  input: ByteInput,
  options: AnnBenchmarksOptions = {},
): Promise<VectorSet> {
  checkOptions('loadAnnBenchmarks', options, { ...READ_OPTIONS, name: true });
  const { name = 'ann-benchmarks', ...reading } = options;
  const source = sourceOf(input, 'HDF5 data', options.source);
  const { train, test, neighbors } = await loadHdf5(input, {
    ...reading,
    names: ['train', 'test', 'neighbors'],
  });
  const [, dimensions = 0] = train!.shape;
  const [count = 0, width = 0] = test!.shape;
  const [rows = 0, k = 0] = neighbors!.shape;
  if (train!.shape.length !== 2 || width !== dimensions || rows !== count) {
    throw complaint(
      source,
      `expected vectors, queries and neighbours that belong together, found ${[train, test, neighbors].map((array) => array!.shape.join(' x ')).join(', ')}.`,
    );
  }
  const ids = Int32Array.from(neighbors!.data);
  const wrong = ids.findIndex((id) => id < 0 || id >= train!.shape[0]!);
  if (wrong >= 0)
    throw complaint(
      source,
      `neighbors, element ${wrong}: expected a vector up to ${train!.shape[0]! - 1}, found ${ids[wrong]}.`,
    );
  return {
    name,
    dimensions,
    vectors: Float32Array.from(train!.data),
    queries: Float32Array.from(test!.data),
    neighbours: { k, ids },
  };
}

interface H5wasm {
  readonly ready: typeof Ready;
  readonly File: typeof Hdf5File;
}

/** Files of h5wasm's own that were opened. */
let opened = 0;

async function h5wasm(source: string): Promise<H5wasm> {
  try {
    const { process } = globalThis as { process?: object };
    // Bundlers let an import that is awaited in here be of a package that is not installed.
    const module = (process === undefined
      ? await import('h5wasm')
      : await import('h5wasm/node')) as unknown as H5wasm & { readonly default?: H5wasm };
    return module.ready === undefined && module.default !== undefined ? module.default : module;
  } catch (error) {
    throw complaint(
      source,
      'HDF5 is read by the package h5wasm: install it first (npm install h5wasm).',
      error,
    );
  }
}

function readArrays(
  file: Hdf5File,
  source: string,
  names: readonly string[] | undefined,
): Readonly<Record<string, ShapedArray>> {
  try {
    const arrays: Record<string, ShapedArray> = {};
    const keys = file.keys();
    for (const name of names ?? keys) {
      const dataset = file.get(name) as Dataset | null;
      const isArray = dataset !== null && 'shape' in dataset && dataset.shape !== null;
      const numbers = isArray ? numbersOf(dataset.value) : undefined;
      if (numbers === undefined) {
        if (names === undefined) continue;
        throw complaint(
          source,
          `it has no array of numbers ${name}, but ${keys.join(', ').slice(0, 80) || 'none'}.`,
        );
      }
      const shape = dataset!.shape!;
      if (sizeOf(shape) !== numbers.length) throw complaint(source, `the array ${name} is cut short.`);
      arrays[name] = { shape, data: numbers };
    }
    return arrays;
  } finally {
    file.close();
  }
}

function numbersOf(value: unknown): Numbers | undefined {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array)
    return Float64Array.from(value, Number);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as Numbers;
  return typeof value === 'number' ? Float64Array.of(value) : undefined;
}
