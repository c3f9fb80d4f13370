/** What a benchmark is. */
import type { BenchResult } from './result.ts';

/** What a benchmark is run with. */
export interface BenchOptions {
  /** Is told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
}

/** A benchmark that `hashgrad bench NAME` runs. */
export interface Bench {
  readonly name: string;
  /** What it measures, in one line. */
  readonly description: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
