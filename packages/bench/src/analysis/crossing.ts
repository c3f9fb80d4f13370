/** From what level of a factor on one arm is ahead of another: the crossing of two curves, with an interval. */
import { randomStream } from '@hashgrad/kernels';
import { expandedTail, type BootstrapOptions } from './bootstrap.ts';
import { LEVEL } from './estimate.ts';

/** Where differences go from below zero to above it for good. */
export interface Crossing {
  /** By the mean curve, in the unit of x; `null` if it does not cross. */
  readonly at: number | null;
  /** Ends of the interval; `null` for an end that lies beyond what was measured. */
  readonly low: number | null;
  readonly high: number | null;
  /** What share of resamples cross, begin above, and end below zero; they add up to 1. */
  readonly shares: { readonly crosses: number; readonly always: number; readonly never: number };
}

/**
 * The last place where a curve of differences rises through zero, on straight lines over the logarithm of x: from there on it
 * is above zero at all that was measured. `-Infinity` if it is above everywhere, `Infinity` if it ends at or below zero.
 *
 * @param x ascending, above 0, such as widths.
 * @param differences as many.
 */
export function crossingOf(x: readonly number[], differences: readonly number[]): number {
  const last = differences.findLastIndex((difference) => !(difference > 0));
  if (last === -1) return -Infinity;
  if (last === differences.length - 1) return Infinity;
  const [below, above] = [differences[last] as number, differences[last + 1] as number];
  const [left, right] = [Math.log(x[last] as number), Math.log(x[last + 1] as number)];
  return Math.exp(left + (-below / (above - below)) * (right - left));
}

/**
 * The crossing of the mean over seeds, and its interval by resampling seeds (a bootstrap, widened for few seeds).
 *
 * @param x ascending, above 0.
 * @param bySeed differences between the arms at each x, a list for each seed; at least 2 seeds.
 */
export function crossing(
  x: readonly number[],
  bySeed: readonly (readonly number[])[],
  { draws = 2000, seed = 1, level = LEVEL }: Omit<BootstrapOptions, 'rows'> = {},
): Crossing {
  if (bySeed.length < 2)
    throw new RangeError(`A bootstrap over seeds needs at least 2; got ${bySeed.length}.`);
  const meanCurve = (seeds: readonly number[]): number[] =>
    x.map((_, place) => seeds.reduce((sum, s) => sum + (bySeed[s]?.[place] ?? NaN), 0) / seeds.length);
  const random = randomStream(seed, 'crossing');
  const places = Array.from({ length: draws }, () =>
    crossingOf(x, meanCurve(bySeed.map(() => random.integer(bySeed.length)))),
  ).toSorted((a, b) => a - b);
  const tail = expandedTail(bySeed.length, level);
  // Infinite places have no mean, so that the ends are draws themselves.
  const end = (share: number): number => places[Math.min(draws - 1, Math.floor(share * draws))] as number;
  const portion = (count: number): number => count / draws;
  const always = places.filter((place) => place === -Infinity).length;
  const never = places.filter((place) => place === Infinity).length;
  return {
    at: finite(crossingOf(x, meanCurve([...bySeed.keys()]))),
    low: finite(end(tail)),
    high: finite(end(1 - tail)),
    shares: { crosses: portion(draws - always - never), always: portion(always), never: portion(never) },
  };
}

function finite(place: number): number | null {
  return Number.isFinite(place) ? place : null;
}
