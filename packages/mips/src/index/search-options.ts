/** How thoroughly an index searches, and among which vectors. */
import { checkNames, described } from '@hashgrad/lsh/vectors';

/** How thoroughly a MipsIndex searches. */
export interface SearchEffort {
  /**
   * Method 'signatures': a vector is left out if its score is too low even for a cosine that is this many standard
   * deviations above what its signature says. Higher finds more and takes longer. Default 2.
   */
  readonly slack?: number | undefined;
  /**
   * Method 'signatures': a block of vectors is not read if their scores are too low even for a cosine that is this many
   * standard deviations above what the block's centre says. Higher finds more and takes longer. Default 5.
   */
  readonly reach?: number | undefined;
  /** Method 'signatures': the share of the vectors, longest first, that is looked at; above 0 to 1, the default. */
  readonly share?: number | undefined;
  /**
   * Method 'tables': how many vectors that the tables give are scored, at most, and so how many results there can be.
   * Default 1,000, whatever k is: results for k are then the first of those for a larger one.
   */
  readonly candidates?: number | undefined;
  /** Method 'tables': buckets of each table that are looked up, for families that name next ones. Default 1. */
  readonly probes?: number | undefined;
}

/**
 * Which vectors a search may find: a function of an id, a Set of ids, or a bitmap of ids in which bit (id & 7) of byte
 * id >> 3 is set.
 */
export type IdFilter = ((id: number) => boolean) | ReadonlySet<number> | Uint8Array;

/** What every search can be told. */
export interface ResultOptions {
  /**
   * Only these vectors are found, and k of them whenever there are so many. Few are scored one by one; where most pass, a
   * search is about as fast as without. A function is asked once for each vector, a Set is read once.
   */
  readonly filter?: IdFilter | undefined;
  /**
   * Only vectors with this score or a higher one are found. With `k` Infinity those are all that there are (of an index that
   * hashes, all that it finds: with a filter and a threshold there may be fewer than there could be).
   */
  readonly threshold?: number | undefined;
}

/** How a MipsIndex searches, and among which vectors. */
export interface SearchOptions extends SearchEffort, ResultOptions {}

/** What searchers are told: the filter comes as bits of the arena, one a place. */
export interface SearcherOptions extends SearchEffort {
  readonly allowed?: Uint32Array | undefined;
  /** A 32-bit float. */
  readonly threshold?: number | undefined;
}

/** Which options a method has. */
const EFFORTS = {
  signatures: ['slack', 'reach', 'share'],
  tables: ['candidates', 'probes'],
} as const;

/** @throws {RangeError} if an option is out of range, or none of the method's. */
export function checkEffort(method: 'signatures' | 'tables', effort: SearchEffort): void {
  checkNames(`method '${method}'`, effort, EFFORTS[method]);
  checkRanges(effort);
}

/** @throws {RangeError | TypeError} if an option is out of range or of another type, or none of a search by the method. */
export function checkSearch(method: 'signatures' | 'tables', options: SearchOptions): void {
  checkNames(`a search by method '${method}'`, options, [...EFFORTS[method], 'filter', 'threshold']);
  checkRanges(options);
  checkResults(options);
}

function checkRanges(effort: SearchEffort): void {
  const { slack, reach, share, candidates, probes } = effort;
  for (const [name, value] of Object.entries({ slack, reach })) {
    if (value === undefined || Number.isFinite(value)) continue;
    throw new RangeError(`${name} is a number of standard deviations; got ${described(value)}.`);
  }
  if (share !== undefined && !(typeof share === 'number' && share > 0 && share <= 1)) {
    throw new RangeError(`share is above 0 and at most 1; got ${described(share)}.`);
  }
  for (const [name, value] of Object.entries({ candidates, probes })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name} is an integer of 1 or more; got ${described(value)}.`);
    }
  }
}

/** @throws {TypeError | RangeError} if the filter is none, or the threshold is no number. */
export function checkResults({ filter, threshold }: ResultOptions): void {
  const good =
    filter === undefined ||
    typeof filter === 'function' ||
    filter instanceof Uint8Array ||
    typeof (filter as Partial<ReadonlySet<number>> | null)?.has === 'function';
  if (!good) {
    throw new TypeError(
      `A filter is a function of an id, a Set of ids or a bitmap (Uint8Array); got ${described(filter)}.`,
    );
  }
  if (threshold !== undefined && (typeof threshold !== 'number' || Number.isNaN(threshold))) {
    throw new RangeError(`threshold is a score; got ${described(threshold)}.`);
  }
}
