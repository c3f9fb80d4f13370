/** What the families for sets share: codes of winners of which a few bits are kept (Li and Koenig, WWW 2010). */
import type { RandomStream } from '@hashgrad/kernels';
import { checkInteger, type FamilySpec } from '../family.ts';
import { checkNames } from '../vectors/check-flat.ts';

/** Parameters of codes of winners. */
export interface SetSpec extends FamilySpec {
  /** Winners in a code, K in the papers. */
  readonly hashes: number;
  /** Bits that are kept of each, b in the papers. */
  readonly bits: number;
}

/** Of a call, whose defaults fill in what it leaves out. */
export interface SetParameters {
  readonly hashes: number;
  readonly tables: number;
  readonly bits?: number;
}

/** Bits of a code that `bits` is by default chosen for: tables of 2^18 buckets. */
const DEFAULT_BITS = 18;

/** Words of random orders that are kept: 64 MiB. Where they were more, they are computed for every set anew. */
export const MOST_ORDERS: number = 2 ** 24;

export const SET_OPTIONS: readonly string[] = ['hashes', 'tables', 'bits'];

/** The spec, its `bits` by default the most with which a code has 18, 8 at most. @throws {RangeError} if it is no good. */
export function setSpec<Kind extends string>(
  kind: Kind,
  parameters: SetParameters,
): SetSpec & { readonly kind: Kind } {
  checkNames(kind, parameters, SET_OPTIONS);
  const { hashes, tables } = parameters;
  const { bits = Math.min(8, Math.max(1, Math.floor(DEFAULT_BITS / hashes))) } = parameters;
  const spec = { kind, hashes, tables, bits };
  checkSet(spec);
  return spec;
}

/** @throws {RangeError} if a parameter is out of range. */
export function checkSet(spec: FamilySpec): void {
  const { kind, tables, hashes, bits } = spec as SetSpec;
  checkInteger(kind, 'tables', tables, 1, 4096);
  checkInteger(kind, 'bits', bits, 1, 24);
  checkInteger(kind, `hashes (of ${bits} bits each)`, hashes, 1, Math.floor(24 / bits));
}

/** (J + (1 - J) / 2^b)^K: other winners share their b bits by chance. */
export function setLaw(spec: FamilySpec, similarity: number): number {
  if (!(similarity >= 0 && similarity <= 1)) {
    throw new RangeError(`A Jaccard similarity is from 0 to 1; got ${similarity}.`);
  }
  const { hashes, bits } = spec as SetSpec;
  return (similarity + (1 - similarity) / 2 ** bits) ** hashes;
}

/** Draws the seeds of random orders: any integers in the first half, odd ones in the second. */
export function drawSeeds(seeds: Uint32Array, random: RandomStream): void {
  for (let i = 0; i < seeds.length; i++) {
    seeds[i] = i < seeds.length / 2 ? random.integer(2 ** 32) : 2 * random.integer(2 ** 31) + 1;
  }
}
