/** The standard normal distribution. */

/** Density. */
export function normalDensity(x: number): number {
  return Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);
}

/**
 * Upper tail probability P(X > x), to some 1e-15 of itself: the continued fraction of Mills' ratio for |x| above 3, the
 * series of the distribution function (Marsaglia 2004) below.
 */
export function normalTail(x: number): number {
  if (x < -3) return 1 - normalTail(-x);
  if (x <= 3) {
    let sum = x;
    for (let term = x, k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - sum * normalDensity(x);
  }
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / fraction;
  return normalDensity(x) / fraction;
}
