/** What queries of a MinHashIndex ask for, and what they find. */
import { checkInteger } from '../family.ts';
import { checkNames, described } from '../vectors/check-flat.ts';
import type { BandTables } from './band-tables.ts';
import type { Corpus } from './pairs.ts';
import { compareIds, type SetId } from './set-ids.ts';
import type { SignedSets } from './set-signer.ts';

/** What a query asks for. */
export interface SetQueryOptions {
  /** The least similarity, 0 to 1. Default: that of the index; 0 if there is a `limit` alone. */
  readonly threshold?: number | undefined;
  /** The most sets. Default: all. */
  readonly limit?: number | undefined;
  /**
   * Compares all sets, not only those that share a bucket: nothing is missed, in a time that grows with the index. Default
   * false.
   */
  readonly exhaustive?: boolean | undefined;
}

/** The options of a query, all of them known; without a limit it is infinite. */
export interface ResolvedSetQuery {
  readonly threshold: number;
  readonly limit: number;
  readonly exhaustive: boolean;
}

/** @throws {RangeError | TypeError} if an option is unknown, of another type or out of range. */
export function resolveSetQuery(options: SetQueryOptions, least: number): ResolvedSetQuery {
  checkNames('query', options, ['threshold', 'limit', 'exhaustive']);
  const { limit, threshold = limit === undefined ? least : 0, exhaustive = false } = options;
  if (!(typeof threshold === 'number' && threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`query: threshold is from 0 to 1; got ${described(threshold)}.`);
  }
  if (limit !== undefined) checkInteger('query', 'limit', limit, 1, Number.MAX_SAFE_INTEGER);
  if (typeof exhaustive !== 'boolean') {
    throw new TypeError(`query: exhaustive is true or false; got ${described(exhaustive)}.`);
  }
  return { threshold, limit: limit ?? Infinity, exhaustive };
}

/** A set that a query found. */
export interface SimilarSet<Id extends SetId = SetId> {
  readonly id: Id;
  /** Jaccard similarity, 0 to 1: exact, or an estimate if only signatures are kept. */
  readonly similarity: number;
}

/** How full the buckets are, and what queries met there. */
export interface MinHashStatistics {
  readonly largestBucket: number;
  /** Mean number of sets in the bucket of a set drawn at random, itself included. */
  readonly meanBucketOfSet: number;
  /** How many queries were answered. */
  readonly queries: number;
  /** Sets that a query compared, on the average; 0 if there were none. */
  readonly candidatesPerQuery: number;
}

/** Of the sets in these places, those that are similar enough to set `i` of `signed`: the most similar first. */
export function similarSets(
  { ids, kept }: Corpus,
  signed: SignedSets,
  i: number,
  places: readonly number[],
  { threshold, limit }: ResolvedSetQuery,
): SimilarSet[] {
  const found: SimilarSet[] = [];
  for (const place of places) {
    const similarity = kept.similarity(signed, i, place, threshold);
    if (similarity >= threshold) found.push({ id: ids.idAt(place), similarity });
  }
  return found.toSorted((x, y) => y.similarity - x.similarity || compareIds(x.id, y.id)).slice(0, limit);
}

/** How full the buckets of so many sets are. */
export function bucketStatistics(
  buckets: BandTables,
  size: number,
): Pick<MinHashStatistics, 'largestBucket' | 'meanBucketOfSet'> {
  let [largestBucket, squares] = [0, 0];
  for (const sets of buckets.bucketSizes()) {
    largestBucket = Math.max(largestBucket, sets);
    squares += sets * sets;
  }
  return { largestBucket, meanBucketOfSet: size > 0 ? squares / (size * buckets.tables) : 0 };
}
