/**
 * The probability that two vectors have the same closest corner of a cross-polytope of n coordinates, each coordinate being a
 * Gaussian projection: with X, Y of correlation rho,
 * p = 2 n integral over u, v > 0 of phi2(u, v; rho) P(|X| < u, |Y| < v)^(n - 1),
 * by Gauss-Legendre quadrature.
 */
import { normalDensity, normalTail } from './normal.ts';

/** p for a polytope of `size` coordinates and two vectors at a cosine; to some 1e-6 of itself where it is above 1e-9. */
export function polytopeLaw(size: number, cosine: number): number {
  if (cosine >= 1) return 1;
  if (cosine <= -1) return 0;
  if (size === 1) return 1 - Math.acos(cosine) / Math.PI;
  // Projections that are independent: each of the corners is as likely as any other.
  if (cosine === 0) return 1 / (2 * size);
  const angle = Math.acos(cosine);
  // Beyond, probabilities fall so fast that an interpolation is of no use; they are next to 0.
  if (angle >= MOST_ANGLE) return integrate(size, cosine);
  const curve = curves.get(size);
  return curve ? Math.exp(angle * interpolate(angle, curve)) : integral(size, cosine);
}

const MOST_ANGLE = 0.7 * Math.PI;
/** Points of a curve. */
const POINTS = 32;

/** Chebyshev points of angles from 0 to MOST_ANGLE. */
const ANGLES = Array.from(
  { length: POINTS },
  (_, i) => (MOST_ANGLE / 2) * (1 - Math.cos(((i + 0.5) * Math.PI) / POINTS)),
);

/** ln p / angle at the points, by size: smooth, and finite at 0. */
const curves = new Map<number, readonly number[]>();
/** Integrals by cosine, of sizes that have no curve yet. */
const integrals = new Map<number, Map<number, number>>();

/** An integral takes milliseconds. Who asks for more of them than a curve has points pays for the curve, once. */
function integral(size: number, cosine: number): number {
  const known = integrals.get(size) ?? new Map<number, number>();
  integrals.set(size, known);
  const p = known.get(cosine) ?? integrate(size, cosine);
  known.set(cosine, p);
  if (known.size < POINTS) return p;
  curves.set(
    size,
    ANGLES.map((at) => Math.log(integrate(size, Math.cos(at))) / at),
  );
  integrals.delete(size);
  return p;
}

/** Barycentric interpolation at the Chebyshev points (Berrut and Trefethen, SIAM Review 2004). */
function interpolate(angle: number, curve: readonly number[]): number {
  let [above, below] = [0, 0];
  for (const [i, point] of ANGLES.entries()) {
    const value = curve[i] as number;
    if (angle === point) return value;
    const weight = ((i % 2 ? -1 : 1) * Math.sin(((i + 0.5) * Math.PI) / POINTS)) / (angle - point);
    above += weight * value;
    below += weight;
  }
  return above / below;
}

const NODES = legendre(48);

/** The integral itself. With v = rho u + s w, s^2 = 1 - rho^2, the density is phi(u) phi(w). */
function integrate(size: number, cosine: number): number {
  const s = Math.sqrt(1 - cosine * cosine);
  const rectangle = rectangleOf(Math.abs(cosine));
  // Below, others would be less with probability e^-40: the largest of many coordinates is not small.
  let least = 0;
  while (2 * (size - 1) * normalTail(least + 0.1) > 40) least += 0.1;
  const half = (8.5 - least) / 2;
  let p = 0;
  for (const [x, outer] of NODES) {
    const u = least + half * (1 + x);
    let inner = 0;
    const from = Math.max(-8, (least - cosine * u) / s);
    if (from >= 8) continue;
    for (const [y, weight] of NODES) {
      const w = from + ((8 - from) / 2) * (1 + y);
      const inside = rectangle(u, cosine * u + s * w);
      if (inside > 0) inner += ((8 - from) / 2) * weight * normalDensity(w) * inside ** (size - 1);
    }
    p += half * outer * normalDensity(u) * inner;
  }
  return Math.min(1, 2 * size * p);
}

/**
 * P(|X| < u, |Y| < v) at a correlation of 0 or more: the product of both, and the integral over the angle from 0 to
 * asin(rho) that Plackett's identity gives (as in Genz, Statistics and Computing 2004). In the logarithm of pi / 2 less the
 * angle, because the integrand is steep where the correlation is near 1.
 */
function rectangleOf(rho: number): (u: number, v: number) => number {
  const [from, to] = [Math.log(Math.acos(rho)), Math.log(Math.PI / 2)];
  const half = (to - from) / 2;
  const terms = NODES.map(([x, weight]) => {
    const rest = Math.exp(from + half * (1 + x));
    const [sine, cosine] = [Math.cos(rest), Math.sin(rest)];
    return { sine, scale: -0.5 / (cosine * cosine), weight: (weight * half * rest) / Math.PI };
  });
  return (u, v) => {
    let sum = within(u) * within(v);
    const [squares, product] = [u * u + v * v, 2 * u * v];
    for (const { sine, scale, weight } of terms) {
      sum +=
        weight *
        (Math.exp(scale * (squares - product * sine)) - Math.exp(scale * (squares + product * sine)));
    }
    return sum;
  };
}

/** P(|X| < u). */
function within(u: number): number {
  return 1 - 2 * normalTail(u);
}

/** Nodes and weights of Gauss and Legendre's quadrature from -1 to 1, by Newton's method. */
function legendre(n: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 10; step++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= n; k++)
        [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    return [x, 2 / ((1 - x * x) * slope * slope)];
  });
}
