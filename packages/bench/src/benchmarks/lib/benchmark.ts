/** What a benchmark is. */
import type { Option } from 'commander';
import type { BenchResult } from './result.ts';

/** What every benchmark is run with, beside its own options. */
export interface Told {
  /** Is told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
}

/** A benchmark that `hashgrad bench NAME` runs, with options of its own. */
export interface Bench<Options extends object = object> {
  readonly name: string;
  /** What it measures, in one line: lists, `--help` and the README's table show it. */
  readonly description: string;
  /** The options that it takes, by the names under which `run` gets their values; see options.ts for those of several. */
  readonly options: { readonly [Name in keyof Options]-?: Option };
  run(options: Options & Told): Promise<BenchResult>;
}

/** Types a benchmark. @throws {Error} if the flag of an option says another name than the one it stands under. */
export function defineBench<Options extends object>(bench: Bench<Options>): Bench {
  for (const [name, option] of Object.entries<Option>(bench.options)) {
    if (option.attributeName() !== name) {
      throw new Error(`The benchmark ${bench.name} has the option ${name} under the flag ${option.flags}.`);
    }
  }
  return bench as unknown as Bench;
}
