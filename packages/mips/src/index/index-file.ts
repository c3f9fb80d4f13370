/** Indexes as files: safetensors of the vectors and their ids, with what is needed to make the rest again as metadata. */
import {
  decodeSafetensors,
  encodeSafetensorsPieces,
  readFileBytes,
  tensorOf,
  writeFileAtomic,
} from '@hashgrad/kernels';

const FORMAT = 'hashgrad.mips';
const VERSION = 1;

/** What a file holds. */
export interface IndexFile {
  /** Which class wrote it. */
  readonly kind: string;
  /** Its options, JSON-safe. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dimensions: number;
  /** n x dimensions */
  readonly vectors: Float32Array;
  readonly ids: Uint32Array;
}

/** The file's bytes, in pieces. */
export function encodeIndex({ kind, options, dimensions, vectors, ids }: IndexFile): Uint8Array[] {
  return encodeSafetensorsPieces(
    {
      vectors: { dtype: 'F32', shape: [ids.length, dimensions], data: vectors },
      ids: { dtype: 'U32', shape: [ids.length], data: ids },
    },
    { format: FORMAT, version: String(VERSION), kind, options: JSON.stringify({ ...options, dimensions }) },
  );
}

/** Writes the file whole: an index killed while it does leaves what was there before. */
export function writeIndex(path: string, file: IndexFile): void {
  writeFileAtomic(path, encodeIndex(file));
}

/** @throws {Error} naming the file, if it is damaged, or no index of this kind. */
export function readIndex(path: string | Uint8Array, kind: string): IndexFile {
  const bytes = typeof path === 'string' ? readFileBytes(path) : path;
  const file = decodeSafetensors(bytes, typeof path === 'string' ? path : 'the index');
  const { format, version, options: text } = file.metadata;
  if (format !== FORMAT || text === undefined) {
    throw new Error(`${file.name}: expected an index, whose format is '${FORMAT}'; it is '${format ?? ''}'.`);
  }
  if (version !== String(VERSION)) {
    throw new Error(`${file.name}: this version reads indexes of version ${VERSION}; this is ${version}.`);
  }
  if (file.metadata['kind'] !== kind) {
    throw new Error(`${file.name}: expected the index of ${kind}; it is one of ${file.metadata['kind']}.`);
  }
  const options = JSON.parse(text) as Record<string, unknown>;
  const dimensions = options['dimensions'] as number;
  const count = file.tensors['ids']?.shape[0] ?? 0;
  return {
    kind,
    options,
    dimensions,
    vectors: tensorOf(file, 'vectors', 'F32', [count, dimensions]),
    ids: tensorOf(file, 'ids', 'U32', [count]),
  };
}
