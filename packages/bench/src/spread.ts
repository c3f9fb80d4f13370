/** A mean with its spread. */
import { mean, sampleStandardDeviation } from 'simple-statistics';

/** Mean with the sample standard deviation (n - 1); of a single value no deviation is known. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | null;
}

/** Mean and sample standard deviation of at least one value. */
export function spread(values: readonly number[]): Spread {
  const copy = [...values];
  return { mean: mean(copy), deviation: copy.length < 2 ? null : sampleStandardDeviation(copy) };
}
