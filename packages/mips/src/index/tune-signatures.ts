/** Finding how thoroughly a search by signatures has to look, in the least time. */
import type { SearchEffort } from './search-options.ts';
import type { TuneResult } from './tune-result.ts';

/** What is as good as exact: one in some thousands of the best is missed. */
export const THOROUGH = { slack: 3.5, reach: 6, share: 1 };

/** Slacks from 3.5 down to -2. */
const SLACKS = Array.from({ length: 56 }, (_, i) => (35 - i) / 10);
const REACHES = [6, 5, 4.5, 4.1, 3.8, 3.5, 3.1, 2.7, 2.3, 2];
/** What reach is tried as well where a share leaves too few of the best for the one there is. */
const WIDER = 0.4;
/**
 * How far from the best of these others are tried: where vectors lie in all directions, a tenth more or less may decide about
 * every tenth block.
 */
const FINER = [0.2, 0.1, 0.05];
const SHARES = [0.5, 0.25, 0.125, 0.06, 0.03, 0.015];
/** Options that take this many times as long as the best so far are worse, whatever the clock was disturbed by. */
const WORSE = 1.3;
/** After so many in a row that are worse, later ones will take longer still. */
const PATIENCE = 2;
/** Queries by which reaches and shares are compared; the slack is then found on all. */
const COMPARED = 32;
/** Tenths of slack below the one of other options, or of fewer queries, at which a search begins. */
const BELOW = 3;

/** Searches with options for the first `count` queries of the sample, or for all. */
export type Try = (options: SearchEffort, count?: number) => TuneResult;

/**
 * The fastest options that reach the recall: for each reach, and then for each share, the least slack. The less is read, the
 * more slack it takes, until it takes longer. `thorough` is what a thorough search did.
 */
export function tuneSignatures(tried: Try, thorough: TuneResult): TuneResult {
  if (!thorough.reached) return thorough;
  const compare: Try = (options) => tried(options, COMPARED);
  const improved = [thorough];
  let start = SLACKS.length - 1;
  /** Whether it is worth to go on in this direction. */
  const improve = (rest: SearchEffort): boolean => {
    const best = improved.at(-1) as TuneResult;
    const found = leastSlack(compare, rest, start, WORSE * best.microseconds);
    if (!found) return false;
    start = slackIndex(found.options);
    const result = again(compare, found);
    if (result.microseconds < best.microseconds) improved.push(result);
    return result.microseconds <= WORSE * best.microseconds;
  };
  const best = (): SearchEffort => (improved.at(-1) as TuneResult).options;
  const improveFrom = (around: SearchEffort, more: number, share = around.share): boolean => {
    start = startBelow(around);
    // Rounded, so that what is added and taken away again leaves nothing behind.
    return improve({ reach: Math.round(((around.reach as number) + more) * 100) / 100, share });
  };
  untilWorse(REACHES, (reach) => improve({ reach, share: 1 }));
  untilWorse(SHARES, (share) => {
    const { length } = improved;
    const near = improveFrom(best(), 0, share);
    return improved.length > length || improveFrom(best(), WIDER, share) || near;
  });
  for (const step of FINER) {
    const around = best();
    for (const more of [-step, step]) improveFrom(around, more);
  }
  return onAll(tried, improved);
}

/** Goes through values until several in a row are worse. */
function untilWorse(values: readonly number[], improve: (value: number) => boolean): void {
  let worse = 0;
  for (const value of values) {
    worse = improve(value) ? 0 : worse + 1;
    if (worse === PATIENCE) break;
  }
}

/** The best of what the few queries found, best last, with the slack that all queries take. */
function onAll(tried: Try, improved: readonly TuneResult[]): TuneResult {
  for (const { options } of improved.slice(1).toReversed()) {
    const { reach, share } = options;
    const found = leastSlack(tried, { reach, share }, startBelow(options), Infinity);
    if (found) return again(tried, found);
  }
  return improved[0] as TuneResult;
}

/** Once more, because a clock is disturbed in one direction only. */
function again(tried: Try, result: TuneResult): TuneResult {
  const { microseconds } = tried(result.options);
  return { ...result, microseconds: Math.min(result.microseconds, microseconds) };
}

/**
 * The least slack, from that at `start` on, with which a search reaches the recall: in growing steps up, since little slack is
 * tried quickly, and then by bisection. Undefined if there is none, or if it takes longer than `longest` microseconds.
 */
function leastSlack(tried: Try, rest: SearchEffort, start: number, longest: number): TuneResult | undefined {
  // SLACKS[low] and all before it reach the recall; SLACKS[high] and all after it do not, or are not looked at.
  let [low, high] = [-1, start + 1];
  let found: TuneResult | undefined;
  for (let step = 1, next = start; low + 1 < high; step *= 2) {
    const result = tried({ slack: SLACKS[next], ...rest });
    if (result.reached) [low, found] = [next, result];
    else high = next;
    if (!result.reached && result.microseconds > longest) break;
    next = found ? (low + high) >> 1 : Math.max(0, next - step);
  }
  return found;
}

function slackIndex({ slack }: SearchEffort): number {
  return SLACKS.indexOf(slack as number);
}

function startBelow(options: SearchEffort): number {
  return Math.min(SLACKS.length - 1, slackIndex(options) + BELOW);
}
