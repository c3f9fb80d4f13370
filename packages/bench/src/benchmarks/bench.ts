/** What a benchmark is. */
import type { BenchResult } from './result.ts';

/** What a benchmark is run with. */
export interface BenchOptions {
  /** Is told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
  /** Steps to train in each measurement instead of the benchmark's own number; see {@link Bench.takesSteps}. */
  readonly steps?: number;
  /** Vectors of each corpus instead of the benchmark's own number; see {@link Bench.takesVectors}. */
  readonly vectors?: number;
  /** Seeds to train with, where accuracy is measured; see {@link Bench.takesSeeds}. */
  readonly seeds?: readonly number[];
}

/** A benchmark that `hashgrad bench NAME` runs. */
export interface Bench {
  readonly name: string;
  /** What it measures, in one line. */
  readonly description: string;
  /** True if it heeds {@link BenchOptions.steps}. */
  readonly takesSteps?: boolean;
  /** True if it heeds {@link BenchOptions.vectors}. */
  readonly takesVectors?: boolean;
  /** True if it heeds {@link BenchOptions.seeds}. */
  readonly takesSeeds?: boolean;
  run(options: BenchOptions): Promise<BenchResult>;
}
