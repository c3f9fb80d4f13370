/** From what level of a factor on one arm is ahead of another: the crossing of two curves, with an interval. */
import { mean, sampleVariance } from 'simple-statistics';
import { studentQuantile } from './distributions.ts';
import { LEVEL } from './estimate.ts';

/** Where differences go from below zero to above it for good. */
export interface Crossing {
  /** By the mean curve, in the unit of x; `null` if it does not cross. */
  readonly at: number | null;
  /** Ends of the interval; `null` for an end that lies beyond what was measured. */
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the differences are surely above zero, or below it, at all that was measured; there is then no crossing. */
  readonly everywhere: 'above' | 'below' | null;
}

/**
 * The last place where a curve of differences rises through zero, on straight lines over the logarithm of x: from there on it
 * is above zero at all that was measured. `null` if it is above everywhere, or ends at or below zero.
 *
 * @param x ascending, above 0, such as widths.
 * @param differences as many.
 */
export function crossingOf(x: readonly number[], differences: readonly number[]): number | null {
  const last = differences.findLastIndex((difference) => !(difference > 0));
  if (last === -1 || last === differences.length - 1) return null;
  const [below, above] = [differences[last] as number, differences[last + 1] as number];
  return between(x, last, -below / (above - below));
}

/**
 * The crossing of the mean over seeds, and Fieller's interval for it (1954): all places where Student's interval of the
 * difference, interpolated seed by seed, holds zero. Unlike resampled seeds it is honest about few of them.
 *
 * @param x ascending, above 0; at least 2.
 * @param bySeed differences between the arms at each x, a list for each seed; at least 2 seeds.
 */
export function crossing(
  x: readonly number[],
  bySeed: readonly (readonly number[])[],
  level: number = LEVEL,
): Crossing {
  const n = bySeed.length;
  if (n < 2) throw new RangeError(`An interval over seeds needs at least 2; got ${n}.`);
  const means = x.map((_, place) => mean(column(bySeed, place)));
  const bound = studentQuantile((1 + level) / 2, n - 1) ** 2 / n;
  const held = x
    .slice(1)
    .flatMap((_, segment) =>
      zeroHeld(column(bySeed, segment), column(bySeed, segment + 1), bound).map((share) =>
        between(x, segment, share),
      ),
    );
  const [least, most] = [x[0] as number, x.at(-1) as number];
  if (held.length === 0) {
    return { at: null, low: null, high: null, everywhere: (means[0] as number) > 0 ? 'above' : 'below' };
  }
  const [low, high] = [Math.min(...held), Math.max(...held)];
  return {
    at: crossingOf(x, means),
    low: low > least ? low : null,
    high: high < most ? high : null,
    everywhere: null,
  };
}

/**
 * Shares of the way from one level to the next that bound where Student's interval holds zero: mean² ≤ bound · variance. Both
 * sides are quadratic in the share, so that the bounds are roots, or ends of the way.
 */
function zeroHeld(from: readonly number[], to: readonly number[], bound: number): number[] {
  const excess = (share: number): number => {
    const values = from.map((value, seed) => value + share * ((to[seed] as number) - value));
    return mean(values) ** 2 - bound * sampleVariance(values);
  };
  const [start, middle, end] = [excess(0), excess(0.5), excess(1)];
  const ends = [0, 1].filter((share) => excess(share) <= 0);
  // The parabola through three points: a · share² + b · share + start.
  const [a, b] = [2 * (start - 2 * middle + end), 4 * middle - 3 * start - end];
  const root = Math.sqrt(b * b - 4 * a * start);
  const roots = a === 0 ? [-start / b] : [(-b - root) / (2 * a), (-b + root) / (2 * a)];
  return [...ends, ...roots.filter((share) => share > 0 && share < 1)];
}

function column(bySeed: readonly (readonly number[])[], place: number): number[] {
  return bySeed.map((row) => row[place] as number);
}

/** A place on the way from `x[segment]` to the next, over the logarithm. */
function between(x: readonly number[], segment: number, share: number): number {
  const [left, right] = [Math.log(x[segment] as number), Math.log(x[segment + 1] as number)];
  return Math.exp(left + share * (right - left));
}
