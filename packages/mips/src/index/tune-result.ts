/** What tuning says. */
import type { HashingSpecs } from './mips-options.ts';
import type { SearchEffort } from './search-options.ts';

/** What `tune` found, and what to expect of it: means over the sample. */
export interface TuneResult {
  readonly hashing: HashingSpecs;
  /** The fastest options that reach the recall; the most thorough ones if none do. */
  readonly options: SearchEffort;
  readonly recall: number;
  /** Vectors that a query scores. */
  readonly scored: number;
  /** Microseconds of a query, alone on this machine now: it is by this that options are compared. */
  readonly microseconds: number;
  /** Whether the goal is reached on the sample. */
  readonly reached: boolean;
}
