/** Means of samples, and how far from the truth they may be. */

/** The mean of numbers, and four standard deviations of that mean. */
export function estimate(numbers: readonly number[]): { readonly mean: number; readonly margin: number } {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (numbers.length - 1);
  return { mean, margin: 4 * Math.sqrt(variance / numbers.length) };
}
