/** What the winner-take-all families share: their parameters and their law. */
import { checkInteger, type FamilySpec } from '../family.ts';
import { checkNames } from '../vectors/check-flat.ts';

/** Parameters of codes of sub-codes, each the place of the largest of some coordinates. */
export interface WinnersSpec extends FamilySpec {
  /** Sub-codes in a code, K in the papers. */
  readonly hashes: number;
  /** Coordinates in a bin: a power of 2 from 2 to 256. A sub-code has its logarithm of bits. */
  readonly binSize: number;
  /** Codes are mixed into so many buckets. Default: a bucket for each code, binSize^hashes. */
  readonly buckets?: number;
}

/** Of a call, whose defaults fill in what it leaves out. */
export interface WinnersParameters {
  readonly hashes: number;
  readonly tables: number;
  readonly binSize?: number;
  readonly buckets?: number;
}

export const WINNERS_OPTIONS: readonly string[] = ['hashes', 'tables', 'binSize', 'buckets'];

/** The spec; its bins have 8 coordinates by default. @throws {RangeError} if it is no good. */
export function winnersSpec<Kind extends string>(
  kind: Kind,
  parameters: WinnersParameters,
): WinnersSpec & { readonly kind: Kind } {
  checkNames(kind, parameters, WINNERS_OPTIONS);
  const { hashes, tables, binSize = 8, buckets } = parameters;
  const spec = { kind, hashes, tables, binSize, ...(buckets === undefined ? {} : { buckets }) };
  checkWinners(spec);
  return spec;
}

/** @throws {RangeError} if a parameter is out of range. */
export function checkWinners(spec: FamilySpec): void {
  const { kind, hashes, binSize, buckets } = spec as WinnersSpec;
  checkInteger(kind, 'tables', spec.tables, 1, 4096);
  checkInteger(kind, 'binSize', binSize, 2, 256);
  const binBits = Math.log2(binSize);
  if (!Number.isInteger(binBits)) throw new RangeError(`${kind}: binSize is a power of 2; got ${binSize}.`);
  checkInteger(kind, `hashes (of ${binBits} bits each)`, hashes, 1, Math.floor(24 / binBits));
  if (buckets !== undefined) checkInteger(kind, 'buckets', buckets, 2, binSize ** hashes);
}

/** @throws {RangeError} if vectors are shorter than a bin. */
export function checkBins({ kind, binSize }: WinnersSpec, coordinates: number): void {
  if (coordinates < binSize) {
    throw new RangeError(
      `${kind}: vectors have as many coordinates as a bin (${binSize}) or more; got ${coordinates}.`,
    );
  }
}

/** Of vectors whose orders have nothing to do with each other: each coordinate of a bin is the largest equally often. */
export function winnersBackground(spec: FamilySpec): number {
  return 1 / (spec as WinnersSpec).binSize;
}

/** s^K for the similarity s of `rankSimilarity`; with `buckets`, s^K + (1 - s^K) / buckets. */
export function winnersLaw(spec: FamilySpec, similarity: number): number {
  if (!(similarity >= 0 && similarity <= 1)) {
    throw new RangeError(`A rank similarity is from 0 to 1; got ${similarity}.`);
  }
  const { hashes, buckets } = spec as WinnersSpec;
  const p = similarity ** hashes;
  return buckets === undefined ? p : p + (1 - p) / buckets;
}
