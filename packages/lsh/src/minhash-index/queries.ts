/** What queries of a MinHashIndex ask for, and what they find. */
import type { SetId } from './set-ids.ts';

/** What a query asks for. */
export interface SetQueryOptions {
  /** The least similarity, 0 to 1. Default: that of the index; 0 if there is a `limit` alone. */
  readonly threshold?: number;
  /** The most sets. Default: all. */
  readonly limit?: number;
  /**
   * Compares all sets, not only those that share a bucket: nothing is missed, in a time that grows with the index. Default
   * false.
   */
  readonly exhaustive?: boolean;
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
