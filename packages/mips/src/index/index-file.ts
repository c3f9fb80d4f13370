/** Indexes as files: safetensors of the vectors, their ids and what answers depend on, with the options as metadata. */
import {
  decodeSafetensors,
  encodeSafetensorsPieces,
  type SafetensorsFile,
  type Tensor,
  tensorOf,
} from '@hashgrad/kernels';
import { bytesOfSource, described, type IndexSource, nameOfSource } from '@hashgrad/lsh/vectors';
import type { QuantizedVectors } from './searcher.ts';

const FORMAT = 'hashgrad.mips';
const VERSION = 1;
/** What the names of a searcher's own tensors begin with. */
const STATE = 'state.';

/** What a file holds. */
export interface IndexFile {
  /** Which class wrote it. */
  readonly kind: string;
  /** Its options, JSON-safe. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dimensions: number;
  /** The id that the next vector gets by default. */
  readonly nextId: number;
  /** n x dimensions; what `int8` says where there is that. */
  readonly vectors: Float32Array;
  /** The vectors of an index that keeps no others. */
  readonly int8?: QuantizedVectors | undefined;
  readonly ids: Uint32Array;
  /** What answers depend on besides; see `Searcher.state`. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** The file's bytes, in pieces. */
export function encodeIndex(file: IndexFile): Uint8Array[] {
  const { kind, options, dimensions, nextId, vectors, int8, ids, state } = file;
  const shape = [ids.length, dimensions];
  const tensors: Record<string, Tensor> = {
    ...(int8
      ? {
          vectors: { dtype: 'I8', shape, data: int8.codes },
          scales: { dtype: 'F32', shape: [ids.length], data: int8.scales },
        }
      : { vectors: { dtype: 'F32', shape, data: vectors } }),
    ids: { dtype: 'U32', shape: [ids.length], data: ids },
  };
  for (const [key, tensor] of Object.entries(state)) tensors[STATE + key] = tensor;
  const fields = JSON.stringify({ ...options, dimensions, nextId });
  return encodeSafetensorsPieces(tensors, {
    format: FORMAT,
    version: String(VERSION),
    kind,
    options: fields,
  });
}

/**
 * Reads an index of the kind, of which `make` makes what is wanted.
 * @throws {Error} naming the file, if it is damaged, no index of this kind, or `make` refuses what it says.
 * @throws {TypeError} if the source is no path and no bytes.
 */
export function readIndex<T>(source: IndexSource, kind: string, make: (file: IndexFile) => T): T {
  const name = nameOfSource(source);
  const file = decodeIndex(bytesOfSource(source), name, kind);
  try {
    return make(file);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws {Error} as a sentence that goes behind the file's name, unless a value of its options is as it should be. */
export function checkField(field: string, value: unknown, good: boolean, expected: string): void {
  if (!good) throw new Error(`expected ${field} to be ${expected}; got ${described(value)}.`);
}

function decodeIndex(bytes: Uint8Array, name: string, kind: string): IndexFile {
  const file = decodeSafetensors(bytes, name);
  const { format, version, options: text } = file.metadata;
  if (format !== FORMAT || text === undefined) {
    throw new Error(`${name}: expected an index, whose format is '${FORMAT}'; it is '${format ?? ''}'.`);
  }
  if (version !== String(VERSION)) {
    throw new Error(`${name}: this version reads indexes of version ${VERSION}; this is ${version}.`);
  }
  if (file.metadata['kind'] !== kind) {
    throw new Error(`${name}: expected the index of ${kind}; it is one of ${file.metadata['kind']}.`);
  }
  if (!file.checked) throw new Error(`${name}: expected a checksum; another program has rewritten it.`);
  const { dimensions, nextId, ...options } = fieldsOf(text, name);
  const count = file.tensors['ids']?.shape[0] ?? 0;
  if (!(Number.isSafeInteger(dimensions) && (dimensions as number) >= 1)) {
    throw new Error(`${name}: expected 1 or more dimensions; got ${described(dimensions)}.`);
  }
  const shape = [count, dimensions as number] as const;
  const int8 = file.tensors['vectors']?.dtype === 'I8' ? int8Of(file, shape) : undefined;
  const vectors = int8 ? widened(int8, dimensions as number) : tensorOf(file, 'vectors', 'F32', shape);
  const ids = tensorOf(file, 'ids', 'U32', [count]);
  const above = ids.reduce((most, id) => Math.max(most, id + 1), 0);
  if (!(Number.isInteger(nextId) && (nextId as number) >= above && (nextId as number) <= 2 ** 32)) {
    throw new Error(`${name}: expected a next id from ${above} to ${2 ** 32}; got ${described(nextId)}.`);
  }
  const own = Object.entries(file.tensors).filter(
    ([key]) => !(key === 'vectors' || key === 'ids' || (int8 && key === 'scales')),
  );
  const stranger = own.find(([key]) => !key.startsWith(STATE));
  if (stranger) throw new Error(`${name}: expected no tensor '${stranger[0]}' in an index.`);
  const state = Object.fromEntries(own.map(([key, tensor]) => [key.slice(STATE.length), tensor]));
  const read = { kind, options, vectors, int8, ids, state };
  return { ...read, dimensions: dimensions as number, nextId: nextId as number };
}

/** The vectors of a file that has them as 8-bit integers. @throws {Error} if a scale is no factor. */
function int8Of(file: SafetensorsFile, [count, dimensions]: readonly [number, number]): QuantizedVectors {
  const codes = tensorOf(file, 'vectors', 'I8', [count, dimensions]);
  const scales = tensorOf(file, 'scales', 'F32', [count]);
  const wrong = scales.findIndex((scale) => !(scale >= 0 && scale < Infinity));
  if (wrong >= 0) {
    throw new Error(`${file.name}: expected scales of 0 or more; vector ${wrong} has ${scales[wrong]}.`);
  }
  return { codes, scales };
}

function widened({ codes, scales }: QuantizedVectors, dimensions: number): Float32Array {
  return Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / dimensions)] as number));
}

function fieldsOf(text: string, name: string): Record<string, unknown> {
  try {
    const fields = JSON.parse(text) as unknown;
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
      return fields as Record<string, unknown>;
    }
  } catch (error) {
    throw new Error(`${name}: the index's options are no JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  throw new Error(`${name}: expected the index's options to be an object; got ${text}.`);
}
