/** Paired tests: two arms on the same seeds, corrected for the number of comparisons. */
import { estimate, type Estimate } from './estimate.ts';
import { studentCdf, studentQuantile } from './distributions.ts';

/** The level below which a corrected p-value decides. */
export const ALPHA = 0.05;

/** A mean difference over pairs, and Student's test of whether it is zero. */
export interface PairedDifference extends Estimate {
  /** The two-sided p-value; `null` of one pair. */
  readonly p: number | null;
}

/**
 * Student's paired t test: the differences' mean, interval and two-sided p-value. Differences that are all the same leave no
 * doubt: p is 0, or 1 if they are 0.
 *
 * @param differences one for each seed that both arms have, at least one.
 */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  const difference = estimate(differences);
  return { ...difference, p: difference.n === 1 ? null : twoSided(difference, 0) };
}

/**
 * The p-value of two one-sided tests (Schuirmann 1987) that the mean difference lies within ±`margin`: the greater one.
 * Below 0.05 the arms are equivalent within the margin; equivalently, the 90 % interval lies inside of it.
 *
 * @param difference of at least 2 pairs; of one the result is `null`.
 * @param margin above 0, in the unit of the difference.
 */
export function equivalenceP(difference: Estimate, margin: number): number | null {
  if (!(margin > 0)) throw new RangeError(`A margin of equivalence is above 0; got ${margin}.`);
  const { n, mean, deviation } = difference;
  if (deviation === null) return null;
  const error = deviation / Math.sqrt(n);
  if (error === 0) return Math.abs(mean) < margin ? 0 : 1;
  const above = studentCdf(-(mean + margin) / error, n - 1);
  const below = studentCdf((mean - margin) / error, n - 1);
  return Math.max(above, below);
}

/** The interval of an estimate at another level of confidence, such as Bonferroni's for several comparisons at once. */
export function intervalAt(difference: Estimate, level: number): { low: number; high: number } | null {
  const { n, mean, deviation } = difference;
  if (deviation === null) return null;
  const half = (studentQuantile((1 + level) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { low: mean - half, high: mean + half };
}

/**
 * Holm's step-down correction (1979): p-values that may each be held against one level, while the probability of any false
 * discovery among all of them stays below it. In the order given.
 *
 * @param ps each in [0, 1].
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].toSorted((a, b) => (ps[a] as number) - (ps[b] as number));
  const corrected: number[] = Array.from({ length: ps.length }, () => 0);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - rank) * (ps[index] as number)));
    corrected[index] = least;
  }
  return corrected;
}

function twoSided({ n, mean, deviation }: Estimate, expected: number): number {
  const error = (deviation ?? 0) / Math.sqrt(n);
  const distance = Math.abs(mean - expected);
  if (error === 0) return distance === 0 ? 1 : 0;
  return 2 * studentCdf(-distance / error, n - 1);
}
