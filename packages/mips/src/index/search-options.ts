/** How thoroughly an index searches. */
export interface SearchOptions {
  /**
   * Method 'signatures': standard deviations of a signature's angle that a vector may be nearer than its signature says and
   * still be scored. Higher finds more and takes longer. Default 1.
   */
  readonly slack?: number | undefined;
  /** Method 'signatures': the share of the vectors, longest first, that is looked at; above 0 to 1, the default. */
  readonly share?: number | undefined;
  /** Method 'tables': how many vectors that the tables give are scored, at most. Default 100 k. */
  readonly candidates?: number | undefined;
  /** Method 'tables': buckets of each table that are looked up, for families that name next ones. Default 1. */
  readonly probes?: number | undefined;
}

/** @throws {RangeError} if an option is out of range. */
export function checkSearchOptions({ slack, share, candidates, probes }: SearchOptions): void {
  if (slack !== undefined && !Number.isFinite(slack)) {
    throw new RangeError(`slack is a number of standard deviations; got ${slack}.`);
  }
  if (share !== undefined && !(share > 0 && share <= 1)) {
    throw new RangeError(`share is above 0 and at most 1; got ${share}.`);
  }
  for (const [name, value] of Object.entries({ candidates, probes })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name} is an integer of 1 or more; got ${value}.`);
    }
  }
}
