/** Measuring: functions by benchmark.js, whole runs by the clock; always alternating what is compared. */
import Benchmark from 'benchmark';
import { median, quantile } from 'simple-statistics';

/** Repeated measurements of one thing, in any unit. */
export interface Sample {
  readonly median: number;
  /** First quartile. */
  readonly low: number;
  /** Third quartile. */
  readonly high: number;
  readonly count: number;
}

/** Median and quartiles of at least one value. */
export function sample(values: readonly number[]): Sample {
  const copy = [...values];
  return {
    median: median(copy),
    low: quantile(copy, 0.25),
    high: quantile(copy, 0.75),
    count: copy.length,
  };
}

/** Median over median, and the quartiles that are the farthest apart. */
export function ratio(a: Sample, b: Sample): Sample {
  return {
    median: a.median / b.median,
    low: a.low / b.high,
    high: a.high / b.low,
    count: Math.min(a.count, b.count),
  };
}

/** How long {@link timeFunctions} measures. */
export interface TimingOptions {
  /** How often it goes through all functions; 3 by default. */
  readonly rounds?: number;
  /** Seconds that each function is measured for in one round; 0.5 by default. */
  readonly seconds?: number;
}

/**
 * Times synchronous functions with benchmark.js. It goes through all of them in several rounds, so that a machine
 * that slows down for a while slows them all.
 *
 * @param functions what to time, by name. Each has to do its work in a way that the compiler cannot leave out.
 * @returns by name, the seconds of one call, all measurements of all rounds.
 * @throws whatever one of the functions throws.
 */
export function timeFunctions<Name extends string>(
  functions: Readonly<Record<Name, () => void>>,
  options: TimingOptions = {},
): Record<Name, number[]> {
  const { rounds = 3, seconds = 0.5 } = options;
  const names = Object.keys(functions) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push(...timeFunction(functions[name], seconds));
  }
  return times;
}

function timeFunction(fn: () => void, seconds: number): number[] {
  const benchmark = new Benchmark({ fn, maxTime: seconds, minSamples: 3 });
  benchmark.run();
  // benchmark.js keeps what the function throws to itself.
  const { error } = benchmark as unknown as { error?: unknown };
  if (error !== undefined) throw error;
  return benchmark.stats.sample;
}

/**
 * Measures whole runs that take seconds each, going through all of them `rounds` times.
 *
 * @param runs by name; each gives its own figure, e.g. samples per second.
 * @param onProgress is told each figure.
 */
export async function alternate<Name extends string>(
  runs: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
  onProgress?: (name: Name, round: number, value: number) => void,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(runs) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      const value = await runs[name]();
      values[name].push(value);
      onProgress?.(name, round, value);
    }
  }
  return values;
}
