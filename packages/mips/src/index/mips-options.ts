/** What a MipsIndex is made with. */
import { type FamilySpec, familyOf, simHash } from '@hashgrad/lsh';
import { checkField } from './index-file.ts';
import type { VectorIndexOptions } from './vector-index.ts';
import { identity } from '../transforms/identity.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { TransformSpec } from '../transforms/transform.ts';

export interface MipsIndexOptions extends VectorIndexOptions {
  /**
   * 'signatures': the bits of a SimHash are compared one vector after the other, in blocks of alike lengths, longest first.
   * 'tables': hash tables, with any transform and any family that suits it. Default: 'signatures', unless there is a
   * transform or a family that it cannot use.
   */
  readonly method?: 'signatures' | 'tables' | undefined;
  /** Of 'tables'; default simpleLsh() for families of the cosine, else what their similarity asks for. */
  readonly transform?: TransformSpec | undefined;
  /**
   * Default for 'signatures': 128 bits by fast Walsh-Hadamard transforms; for 'tables' 32 of 10 bits. For 'signatures' it is
   * the number of bits of all tables together that counts.
   */
  readonly family?: FamilySpec | undefined;
  /** Of all hash functions. Default 1. */
  readonly seed?: number | undefined;
}

/** @throws {Error} unless a value of a file is the spec of a transform or a family: a kind, and plain parameters. */
export function checkSpec(field: string, value: unknown): void {
  const good =
    typeof value === 'object' &&
    value !== null &&
    typeof (value as TransformSpec).kind === 'string' &&
    Object.values(value).every((each) => ['string', 'number', 'boolean'].includes(typeof each));
  checkField(field, value, good, 'a kind and its parameters');
}

/** What the options say, and what follows from it. */
export function resolveOptions(options: MipsIndexOptions): {
  method: 'signatures' | 'tables';
  transform: TransformSpec;
  family: FamilySpec;
} {
  const { transform, family } = options;
  const plain = (transform?.kind ?? 'identity') === 'identity';
  const bits = (family?.kind ?? 'simHash') === 'simHash';
  const method = options.method ?? (plain && bits ? 'signatures' : 'tables');
  if (method === 'signatures') {
    if (!plain) {
      throw new RangeError(
        `Signatures are of the vectors as they are, whose lengths are kept beside them; got the transform ` +
          `${transform?.kind}: use it with method 'tables'.`,
      );
    }
    const chosen = family ?? simHash({ bits: 16, tables: 8, projection: 'hadamard' });
    return { method, transform: identity(), family: chosen };
  }
  if (method !== 'tables') {
    throw new RangeError(`method is 'signatures' or 'tables'; got '${String(method)}'.`);
  }
  const chosen = family ?? simHash({ bits: 10, tables: 32, projection: 'hadamard' });
  const { similarity } = familyOf(chosen);
  const suits = { cosine: 'simpleLsh', euclidean: 'xbox', jaccard: 'identity', rank: 'identity' } as const;
  const spec = transform ?? { kind: suits[similarity] };
  indexTransformOf(spec, familyOf(chosen));
  return { method, transform: spec, family: chosen };
}
