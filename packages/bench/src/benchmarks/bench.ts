/** What a benchmark is. */
import type { BenchResult } from './result.ts';

/** What a benchmark is run with. Each heeds only some; see {@link Bench.takes}. */
export interface BenchOptions {
  /** Is told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
  /** Steps to train in each measurement instead of the benchmark's own number. */
  readonly steps?: number;
  /** Seeds to train with, where accuracy is measured. */
  readonly seeds?: readonly number[];
  /** Vectors of each corpus instead of the benchmark's own numbers; most take one number. */
  readonly vectors?: readonly number[];
  /** Coordinates of a vector. */
  readonly dimensions?: number;
  /** Queries that are measured; searches are tuned on as many others. */
  readonly queries?: number;
  /** Of the vectors and queries. */
  readonly seed?: number;
  /** Names of corpora. */
  readonly corpus?: readonly string[];
  /** A file of word vectors, for the corpus of words. */
  readonly words?: string;
  /** What is measured beside: `usearch`, or `none`. */
  readonly peer?: string;
  /** Threads that compute. */
  readonly threads?: number;
  /** A folder for what takes long to compute and is the same the next time. */
  readonly cache?: string;
}

/** The name of an option that not every benchmark heeds. */
export type BenchOption = Exclude<keyof BenchOptions, 'onProgress'>;

/** A benchmark that `hashgrad bench NAME` runs. */
export interface Bench {
  readonly name: string;
  /** What it measures, in one line. */
  readonly description: string;
  /** The options that it heeds; none by default. */
  readonly takes?: readonly BenchOption[];
  run(options: BenchOptions): Promise<BenchResult>;
}

/** The one number of an option that is a list. @throws Error if there are more. */
export function onlyOne(option: BenchOption, values: readonly number[] | undefined, initial: number): number {
  if (values === undefined) return initial;
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new Error(`--${option} is one number here; got ${values.length}: ${values.join(', ')}.`);
  }
  return value;
}
