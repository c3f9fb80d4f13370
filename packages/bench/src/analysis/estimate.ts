/** A mean with what is known of its error. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { studentQuantile } from './distributions.ts';

/** The confidence of every interval, unless another is asked for. */
export const LEVEL = 0.95;

/** A mean over `n` values. Of one value no deviation is known, and there is no interval. */
export interface Estimate {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1). */
  readonly deviation: number | null;
  /** Ends of the interval that covers the true mean with the stated confidence. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The mean of `values` with Student's t interval, `mean ± t(n - 1) · s / √n`.
 *
 * @param values at least one, each finite.
 * @param level confidence in (0, 1).
 * @throws {Error} without values.
 */
export function estimate(values: readonly number[], level: number = LEVEL): Estimate {
  if (values.length === 0) throw new Error('A mean needs at least one value; got none.');
  const [n, centre] = [values.length, mean([...values])];
  if (n === 1) return { n, mean: centre, deviation: null, low: null, high: null };
  const deviation = sampleStandardDeviation([...values]);
  const half = (studentQuantile((1 + level) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean: centre, deviation, low: centre - half, high: centre + half };
}

/** Half the width of the interval: what stands after ±. `null` where there is no interval. */
export function halfWidth({ mean: centre, high }: Estimate): number | null {
  return high === null ? null : high - centre;
}
