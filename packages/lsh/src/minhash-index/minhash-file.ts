/** Indexes of sets as files: safetensors of the sets or their signatures and of the ids; buckets are made again. */
import {
  decodeSafetensors,
  encodeSafetensorsPieces,
  tensorOf,
  type SafetensorsFile,
} from '@hashgrad/kernels';
import { type ResolvedOptions, resolveOptions } from './options.ts';
import type { SetId } from './set-ids.ts';
import { described } from '../vectors/check-flat.ts';
import { bytesOfSource, type IndexSource, named, nameOfSource } from '../vectors/index-source.ts';

const FORMAT = 'hashgrad.minhash';
const VERSION = 1;

/** What a file holds. */
export interface MinHashFile {
  readonly options: ResolvedOptions;
  /** What the next id is that is not given. */
  readonly next: number;
  /** Ascending. */
  readonly ids: readonly SetId[];
  /** Elements of each set. */
  readonly sizes: Uint32Array;
  /** The elements of all sets, one set after the other, each ascending; or the signatures, ids x permutations. */
  readonly contents: Uint32Array;
}

/** The file's bytes, in pieces. */
export function encodeMinHash({ options, next, ids, sizes, contents }: MinHashFile): Uint8Array[] {
  const integers = ids.filter((id) => typeof id === 'number');
  // JSON escapes what UTF-8 cannot say: surrogates that stand alone.
  const names = new TextEncoder().encode(JSON.stringify(ids.slice(integers.length)));
  const shape = options.keep === 'sets' ? [contents.length] : [ids.length, options.permutations];
  return encodeSafetensorsPieces(
    {
      integers: { dtype: 'F64', shape: [integers.length], data: Float64Array.from(integers) },
      sizes: { dtype: 'U32', shape: [sizes.length], data: sizes },
      [options.keep]: { dtype: 'U32', shape, data: contents },
      names: { dtype: 'U8', shape: [names.length], data: names },
    },
    { format: FORMAT, version: String(VERSION), options: JSON.stringify(options), next: String(next) },
  );
}

/**
 * @throws {Error} naming the file, what was expected and what is there, if it is damaged or something else.
 * @throws {TypeError} if the source is none.
 */
export function readMinHash(source: IndexSource): MinHashFile {
  const name = nameOfSource(source);
  const file = decodeSafetensors(bytesOfSource(source), name);
  const { format, version } = file.metadata;
  if (format !== FORMAT) {
    throw new Error(
      `${name}: expected an index of sets, whose format is '${FORMAT}'; it is '${format ?? ''}'.`,
    );
  }
  if (version !== String(VERSION)) {
    throw new Error(`${name}: this program reads indexes of sets of version ${VERSION}; this is ${version}.`);
  }
  if (!file.checked) throw new Error(`${name}: expected a checksum; another program has rewritten it.`);
  const options = readOptions(file);
  const { ids, next } = readIds(file);
  const sizes = tensorOf(file, 'sizes', 'U32', [ids.length]);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const shape = options.keep === 'sets' ? [total] : [ids.length, options.permutations];
  const contents = tensorOf(file, options.keep, 'U32', shape);
  if (options.keep === 'sets') checkSets(name, sizes, contents);
  return { options, next, ids, sizes, contents };
}

function readOptions({ name, metadata }: SafetensorsFile): ResolvedOptions {
  const saved = parse(name, 'options', metadata['options']) as Partial<ResolvedOptions> | null;
  if (saved?.hashes === undefined || saved.tables === undefined || saved.threshold === undefined) {
    throw new Error(
      `${name}: expected options with a threshold, hashes and tables; got ${metadata['options']}.`,
    );
  }
  const { threshold, hashes, tables, permutations = 0, keep = 'sets', seed = 0 } = saved;
  return named(name, () => resolveOptions({ threshold, hashes, tables, permutations, keep, seed }));
}

function readIds(file: SafetensorsFile): { ids: SetId[]; next: number } {
  const { name, metadata, tensors } = file;
  const integers = tensorOf(file, 'integers', 'F64', [tensors['integers']?.shape[0] ?? 0]);
  const text = tensorOf(file, 'names', 'U8', [tensors['names']?.shape[0] ?? 0]);
  const next = Number(metadata['next']);
  if (!(Number.isInteger(next) && next >= 0 && next <= 2 ** 53)) {
    throw new Error(`${name}: expected the next id, an integer from 0 to 2^53; got '${metadata['next']}'.`);
  }
  integers.forEach((id, i) => {
    const before = i === 0 ? -1 : (integers[i - 1] as number);
    if (Number.isSafeInteger(id) && !Object.is(id, -0) && id > before && id < next) return;
    throw new Error(
      `${name}: expected ascending integers below ${next} as ids; number ${i} is ${described(id)}.`,
    );
  });
  // A copy: text is not decoded from shared memory.
  const names = parse(name, 'names', new TextDecoder().decode(text.slice()));
  if (
    !(
      Array.isArray(names) && names.every((id, i) => typeof id === 'string' && (i === 0 || id > names[i - 1]))
    )
  ) {
    throw new Error(`${name}: expected an ascending list of strings as the tensor 'names'.`);
  }
  return { ids: [...integers, ...(names as string[])], next };
}

/** What a text says in JSON. */
function parse(name: string, what: string, text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    throw new Error(`${name}: expected ${what} in JSON: ${(error as Error).message}.`, { cause: error });
  }
}

function checkSets(name: string, sizes: Uint32Array, contents: Uint32Array): void {
  for (let set = 0, at = 0; set < sizes.length; set++) {
    for (const end = at + (sizes[set] as number), first = at; at < end; at++) {
      if (at === first || (contents[at] as number) > (contents[at - 1] as number)) continue;
      throw new Error(
        `${name}: expected the elements of set ${set} to ascend; number ${at} of the tensor 'sets' is ${contents[at]}.`,
      );
    }
  }
}
