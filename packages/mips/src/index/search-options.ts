/** How thoroughly an index searches, and among which vectors. */
import { checkNames, described } from '@hashgrad/lsh/vectors';

/** How thoroughly a MipsIndex searches. */
export interface SearchEffort {
  /**
   * Method 'signatures': standard deviations by which a cosine may be higher than its signature says, for a vector still to
   * be scored. Higher finds more and takes longer. Default 1.
   */
  readonly slack?: number | undefined;
  /**
   * Method 'signatures': standard deviations by which a cosine may be higher than its block's centre says, for the block still
   * to be read. Higher finds more and takes longer. Default 4.
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

/** What every search can be told. */
export type ResultOptions = Record<never, never>;

export type SearchOptions = ResultOptions & SearchEffort;

/** What searchers are told. */
export type SearcherOptions = SearchEffort;

/** Which options a method has. */
const EFFORTS = {
  signatures: ['slack', 'reach', 'share'],
  tables: ['candidates', 'probes'],
} as const;

/** @throws {RangeError} if an option is out of range, or none of the method's. */
export function checkEffort(method: 'signatures' | 'tables', effort: SearchEffort): void {
  checkNames(`method '${method}'`, effort, EFFORTS[method]);
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

/** @throws {RangeError} if an option is unknown or out of range. */
export function checkResults(options: ResultOptions): void {
  checkNames('ExactIndex', options, []);
}
