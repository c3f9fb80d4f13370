/** How many seeds would decide a comparison that is undecided. */
import { noncentralCdf, studentQuantile } from './distributions.ts';

/** The chance of deciding that "would decide" promises. */
const POWER = 0.8;

/** More seeds than this are not worth counting. */
export const MOST_SEEDS = 1000;

/**
 * The probability that a two-sided paired t test of `n` pairs finds a true mean difference.
 *
 * @param n pairs, at least 2.
 * @param effect the mean difference divided by the standard deviation of the differences.
 * @param alpha the level of the test.
 */
export function differencePower(n: number, effect: number, alpha: number): number {
  const bound = studentQuantile(1 - alpha / 2, n - 1);
  const shift = effect * Math.sqrt(n);
  return 1 - noncentralCdf(bound, n - 1, shift) + noncentralCdf(-bound, n - 1, shift);
}

/**
 * The probability that two one-sided tests of `n` pairs find the mean difference within a margin: a lower bound by the two
 * tests' own probabilities (Bonferroni).
 *
 * @param effect the true mean difference and `margin` the margin, both divided by the standard deviation.
 */
export function equivalencePower(n: number, effect: number, margin: number, alpha: number): number {
  const bound = studentQuantile(1 - alpha, n - 1);
  const above = 1 - noncentralCdf(bound, n - 1, (effect + margin) * Math.sqrt(n));
  const below = noncentralCdf(-bound, n - 1, (effect - margin) * Math.sqrt(n));
  return Math.max(0, above + below - 1);
}

/**
 * The least number of seeds that decides with a probability of {@link POWER}, either that there is a difference or that there
 * is none beyond the margin, if mean and spread are what they look like so far; `null` if it is above {@link MOST_SEEDS}.
 *
 * @param mean of the differences so far, and their `deviation`, above 0.
 * @param margin of equivalence; 0 if none is asked for.
 * @param alpha the level of each test, already divided by the number of comparisons.
 */
export function seedsToDecide(mean: number, deviation: number, margin: number, alpha: number): number | null {
  const decides = (n: number): boolean =>
    differencePower(n, mean / deviation, alpha) >= POWER ||
    (margin > 0 && equivalencePower(n, mean / deviation, margin / deviation, alpha) >= POWER);
  if (!decides(MOST_SEEDS)) return null;
  // Power grows with n, so that the first n is found by halving.
  let [low, high] = [1, MOST_SEEDS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (decides(middle)) high = middle;
    else low = middle;
  }
  return high;
}
