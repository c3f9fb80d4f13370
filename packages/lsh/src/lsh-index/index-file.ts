/** The file of an index: safetensors of its vectors and their ids, and as metadata what the rest is made of again. */
import { decodeSafetensors, encodeSafetensorsPieces, tensorOf } from '@hashgrad/kernels';
import type { FamilySpec } from '../family.ts';
import { bytesOfSource, type IndexSource, nameOfSource } from '../vectors/index-source.ts';
import type { Metric } from './metric.ts';

const FORMAT = 'hashgrad.lsh-index';
const VERSION = '1';

/** What a file says of how its index was made. */
export interface IndexSettings {
  readonly dimensions: number;
  readonly metric: Metric;
  readonly family: FamilySpec;
  readonly seed: number;
  /** The id that the next vector gets. */
  readonly next: number;
  /** The length of data behind Simple-LSH, M in the paper; 0 for other metrics. */
  readonly bound: number;
}

export interface IndexContents {
  readonly settings: IndexSettings;
  /** n x dimensions, by id. */
  readonly vectors: Float32Array;
  /** Ascending. */
  readonly ids: Uint32Array;
}

/** The file's bytes, in pieces. */
export function encodeIndex({ settings, vectors, ids }: IndexContents): Uint8Array[] {
  return encodeSafetensorsPieces(
    {
      vectors: { dtype: 'F32', shape: [ids.length, settings.dimensions], data: vectors },
      ids: { dtype: 'U32', shape: [ids.length], data: ids },
    },
    { format: FORMAT, version: VERSION, settings: JSON.stringify(settings) },
  );
}

/**
 * Reads a file. What its numbers must be for an index to take them is not looked at here.
 * @throws {Error} naming the file, what was expected and what is there, if it is damaged or something else.
 * @throws {TypeError} if the source is of no type that there is.
 */
export function decodeIndex(source: IndexSource): IndexContents {
  const name = nameOfSource(source);
  const file = decodeSafetensors(bytesOfSource(source), name);
  const { format, version, settings: text } = file.metadata;
  if (format !== FORMAT || text === undefined) {
    throw new Error(`${name}: expected an LshIndex, whose format is '${FORMAT}'; it is '${format ?? ''}'.`);
  }
  if (version !== VERSION) {
    throw new Error(`${name}: expected version ${VERSION}; it is version ${String(version)}.`);
  }
  if (!file.checked) throw new Error(`${name}: expected a checksum; another program has rewritten it.`);
  const settings = settingsOf(text, name);
  const count = file.tensors['ids']?.shape[0] ?? 0;
  const ids = tensorOf(file, 'ids', 'U32', [count]);
  const vectors = tensorOf(file, 'vectors', 'F32', [count, settings.dimensions]);
  for (let i = 0; i < count; i++) {
    const [before, id] = [i === 0 ? -1 : (ids[i - 1] as number), ids[i] as number];
    if (!(id > before && id < settings.next)) {
      throw new Error(
        `${name}: expected an id above ${before} and below ${settings.next} at number ${i}; got ${id}.`,
      );
    }
  }
  return { settings, vectors, ids };
}

/** Metrics and families are checked where the index is made. */
function settingsOf(text: string, name: string): IndexSettings {
  let settings: Partial<Record<keyof IndexSettings, unknown>>;
  try {
    settings = { ...(JSON.parse(text) as object) };
  } catch (error) {
    throw new Error(`${name}: expected settings in JSON; got ${text.slice(0, 60)}.`, { cause: error });
  }
  const { dimensions, next, bound, seed } = settings;
  const expect = (holds: boolean, key: keyof IndexSettings, expected: string): void => {
    if (holds) return;
    throw new Error(`${name}: expected ${key} to be ${expected}; got ${JSON.stringify(settings[key])}.`);
  };
  expect(Number.isSafeInteger(dimensions) && (dimensions as number) >= 1, 'dimensions', 'an integer from 1');
  expect(Number.isSafeInteger(seed), 'seed', 'an integer');
  expect(Number.isSafeInteger(next) && (next as number) >= 0 && (next as number) <= 2 ** 32, 'next', 'an id');
  expect(Number.isFinite(bound) && (bound as number) >= 0, 'bound', 'a length');
  return settings as unknown as IndexSettings;
}
