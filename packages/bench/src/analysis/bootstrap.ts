/** Intervals where both seeds and test rows are a sample: the hierarchical bootstrap. */
import { randomStream } from '@hashgrad/kernels';
import { mean, quantileSorted } from 'simple-statistics';
import { normalCdf, studentQuantile } from './distributions.ts';
import { LEVEL } from './estimate.ts';

/** How the bootstrap draws. */
export interface BootstrapOptions {
  /** Resamples; 2,000 if not given. */
  readonly draws?: number;
  /** Of the random stream; 1 if not given. */
  readonly seed?: number;
  /** Confidence in (0, 1); 0.95 if not given. */
  readonly level?: number;
  /**
   * 'shared' if all seeds were tested on the same rows, in the same order: a draw then takes the same rows for every seed,
   * as chance in the choice of test rows moves all seeds alike. 'own' if each seed has rows of its own. Not given, it is
   * 'shared' where all seeds have equally many.
   */
  readonly rows?: 'shared' | 'own';
}

/** A mean with its bootstrap interval. */
export interface BootstrapInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean over seeds of the mean over test rows, with an interval that holds for new seeds and new rows. A draw takes seeds
 * with replacement, then rows with replacement. Percentiles are widened as Hesterberg (2015, "expanded percentiles") does for
 * few groups: those of Student's t over the seeds, since percentiles alone are too narrow by √((n - 1)/n) and more.
 *
 * @param groups a value for each test row, by seed: of one arm, or differences between two. At least 2 seeds, and 1 row each.
 * @throws {RangeError} for fewer, and where shared rows are not equally many.
 */
export function hierarchicalBootstrap(
  groups: readonly (readonly number[])[],
  options: BootstrapOptions = {},
): BootstrapInterval {
  const { draws = 2000, seed = 1, level = LEVEL } = options;
  const counts = new Set(groups.map(({ length }) => length));
  if (groups.length < 2)
    throw new RangeError(`A bootstrap over seeds needs at least 2; got ${groups.length}.`);
  if (counts.has(0)) throw new RangeError('A bootstrap over test rows needs at least 1 row for each seed.');
  const shared = (options.rows ?? (counts.size === 1 ? 'shared' : 'own')) === 'shared';
  if (shared && counts.size > 1) {
    throw new RangeError(`Shared test rows are equally many for all seeds; got ${[...counts].join(', ')}.`);
  }
  const random = randomStream(seed, 'bootstrap');
  const drawRows = (count: number): number[] => Array.from({ length: count }, () => random.integer(count));
  const means = Array.from({ length: draws }, () => {
    const rows = shared ? drawRows((groups[0] as readonly number[]).length) : undefined;
    let sum = 0;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[random.integer(groups.length)] as readonly number[];
      sum += meanOf(group, rows ?? drawRows(group.length));
    }
    return sum / groups.length;
  }).toSorted((a, b) => a - b);
  const tail = expandedTail(groups.length, level);
  return {
    mean: mean(groups.map((group) => mean([...group]))),
    low: quantileSorted(means, tail),
    high: quantileSorted(means, 1 - tail),
  };
}

function meanOf(values: readonly number[], rows: readonly number[]): number {
  let sum = 0;
  for (const row of rows) sum += values[row] as number;
  return sum / rows.length;
}

/** The share of draws left out at each end, for `n` groups. */
export function expandedTail(n: number, level: number): number {
  return normalCdf(Math.sqrt(n / (n - 1)) * studentQuantile((1 - level) / 2, n - 1));
}
