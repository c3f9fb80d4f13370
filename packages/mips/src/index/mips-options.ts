/** What a MipsIndex is made with. */
import { type FamilySpec, familyOf, simHash, untaughtFamilyOf } from '@hashgrad/lsh';
import { described } from '@hashgrad/lsh/vectors';
import { checkField } from './index-file.ts';
import { checkEffort, type SearchEffort } from './search-options.ts';
import type { VectorIndexOptions } from './vector-index.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { TransformSpec } from '../transforms/transform.ts';

/** Dimensions of an index, its method, and what it keeps of each vector. */
export interface MipsIndexOptions extends VectorIndexOptions {
  /**
   * 'signatures': the signs of a rotation of each vector tell its angle with the query, and blocks of alike lengths and directions
   * are left out that cannot have the best. 'tables': hash tables, with any transform and any family that suits it. Default:
   * 'signatures', unless there is a transform or a family.
   */
  readonly method?: 'signatures' | 'tables' | undefined;
  /** Of 'signatures': bits of one, a multiple of 64 up to 1,024. More tell angles better, and take longer to read. Default 128. */
  readonly bits?: number | undefined;
  /**
   * Of 'signatures'. 'float32', the default: scores are exact. 'int8': only the 8-bit copies are kept, a fifth of the memory;
   * scores are those of the copies, and what each coordinate loses is up to 1/254 of the vector's greatest. Vectors whose
   * greatest coordinate is below 1.3e-35 become zeros.
   */
  readonly vectors?: 'float32' | 'int8' | undefined;
  /** Of 'tables'; default simpleLsh() for families of the cosine, else what their similarity asks for. */
  readonly transform?: TransformSpec | undefined;
  /** Of 'tables'; default 32 of 10 bits by fast Walsh-Hadamard transforms. */
  readonly family?: FamilySpec | undefined;
  /** Of all hash functions. Default 1. */
  readonly seed?: number | undefined;
}

/** What vectors are searched by: which of the options count for a method, and all of them set. */
export type HashingSpecs =
  | { readonly method: 'signatures'; readonly bits: number; readonly vectors: 'float32' | 'int8' }
  | { readonly method: 'tables'; readonly transform: TransformSpec; readonly family: FamilySpec };

/** @throws {Error} unless a value of a file is the spec of a transform or a family: a kind, and plain parameters. */
export function checkSpec(field: string, value: unknown): void {
  const good =
    typeof value === 'object' &&
    value !== null &&
    typeof (value as TransformSpec).kind === 'string' &&
    Object.values(value).every((each) => ['string', 'number', 'boolean'].includes(typeof each));
  checkField(field, value, good, 'a kind and its parameters');
}

function checkBits(bits: number): void {
  if (Number.isInteger(bits) && bits >= 64 && bits <= 1024 && bits % 64 === 0) return;
  throw new RangeError(`bits is a multiple of 64 from 64 to 1024; got ${described(bits)}.`);
}

/**
 * For those who keep signatures' options and make the index later.
 * @throws {RangeError} as an index with them would: if one is unknown or out of range.
 */
export function checkSignatures(bits: number, effort: SearchEffort): void {
  checkBits(bits);
  checkEffort('signatures', effort);
}

/** What the options say, and what follows from it. @throws {RangeError} if they do not go together, saying why. */
export function resolveOptions(options: MipsIndexOptions): HashingSpecs {
  const { transform, family, bits = 128, vectors = 'float32' } = options;
  for (const [name, spec] of Object.entries({ transform, family })) {
    if (spec === undefined || typeof (spec as Partial<FamilySpec> | null)?.kind === 'string') continue;
    throw new TypeError(`${name} is the spec of one, such as { kind: '...' }; got ${described(spec)}.`);
  }
  const method = options.method ?? (transform || family ? 'tables' : 'signatures');
  if (method === 'signatures') {
    for (const [name, value] of Object.entries({ transform, family })) {
      if (value === undefined) continue;
      throw new RangeError(`Signatures have no ${name}; got ${value.kind}: use it with method 'tables'.`);
    }
    checkBits(bits);
    if (vectors !== 'float32' && vectors !== 'int8') {
      throw new RangeError(`vectors is 'float32' or 'int8'; got ${described(vectors)}.`);
    }
    return { method, bits, vectors };
  }
  if (method !== 'tables') {
    throw new RangeError(`method is 'signatures' or 'tables'; got ${described(method)}.`);
  }
  for (const name of ['bits', 'vectors'] as const) {
    if (options[name] === undefined) continue;
    throw new RangeError(`Hash tables have no option ${name}; got ${described(options[name])}.`);
  }
  const chosen = family ?? simHash({ bits: 10, tables: 32, projection: 'hadamard' });
  const { similarity } = untaughtFamilyOf(chosen);
  const suits = { cosine: 'simpleLsh', euclidean: 'xbox', jaccard: 'identity', rank: 'identity' } as const;
  const spec = transform ?? { kind: suits[similarity] };
  indexTransformOf(spec, familyOf(chosen));
  return { method, transform: spec, family: chosen };
}
