/** The two collision laws that the exponents of transforms are made of. */

/** Probability that two vectors lie on the same side of a random hyperplane (Charikar 2002). */
export function signLaw(cosine: number): number {
  return 1 - Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
}

/**
 * Probability that floor((a . v + b) / width) is the same for two vectors at the given distance (Datar et al. 2004):
 * 1 - 2 Phi(-t) - 2 (1 - exp(-t^2 / 2)) / (sqrt(2 pi) t) where t = width / distance.
 */
export function distanceLaw(width: number, distance: number): number {
  if (distance === 0) return 1;
  const t = width / distance;
  return 1 - 2 * normalTail(t) - (2 * (1 - Math.exp((-t * t) / 2))) / (Math.sqrt(2 * Math.PI) * t);
}

/** Probability that a standard normal is above t, which is 0 or more; the series, or far out the continued fraction. */
function normalTail(t: number): number {
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  if (t < 3) {
    let term = t;
    let sum = t;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) sum += term *= (t * t) / (2 * n + 1);
    return 0.5 - density * sum;
  }
  let fraction = t;
  for (let n = 60; n > 0; n--) fraction = t + n / fraction;
  return density / fraction;
}
