/** Balanced choice, as plain JSON: ways of spreading the work over a layer's units. */
import { checkOptions } from '../spec/options.ts';

/** Units that fire too often are chosen less, and those that hardly do more. */
export type BalanceSpec = BalanceByBiasSpec | BalanceByBoostingSpec | BalanceByLossSpec;

/** Balance by a bias of each unit as plain JSON, see `balanceByBias`. */
export interface BalanceByBiasSpec {
  readonly kind: 'bias';
  /** How far each bias moves in a step, above 0, in units of the scores. */
  readonly rate: number;
}

/** Balance by boosting as plain JSON, see `balanceByBoosting`. */
export interface BalanceByBoostingSpec {
  readonly kind: 'boosting';
  /** The exponent's factor, above 0. */
  readonly strength: number;
  /** Samples over which duty cycles are averaged, 1 or more. */
  readonly period: number;
}

/** Balance by an auxiliary loss as plain JSON, see `balanceByLoss`. */
export interface BalanceByLossSpec {
  readonly kind: 'loss';
  /** What the loss is multiplied by, above 0. */
  readonly weight: number;
}

/**
 * Loss-free balancing (Wang et al., 2024, algorithm 1): a unit is chosen by its score plus a bias of its own, which after
 * each training step rises by `rate` (default 0.001, as in the paper) if the unit was chosen for fewer samples of the batch
 * than the mean unit, and falls by it if for more. The bias decides who is chosen, and is no part of any activation. All
 * biases are shifted so that their mean is 0, which changes no choice.
 *
 * Scores are weighted sums for `topK`; for `signatures` they are estimates of the inner product as a share of the largest,
 * which lies along the input, and for `lsh` the share of the tables in which a unit collides: both are 1 at most.
 */
export function balanceByBias(options: Partial<Pick<BalanceByBiasSpec, 'rate'>> = {}): BalanceByBiasSpec {
  return { kind: 'bias', rate: 0.001, ...options };
}

/**
 * Boosted k-winners (Ahmad and Scheinkman, 2019, section 3.2): a unit is chosen by its score times
 * exp(strength (share - duty cycle)), where the share is that of the units that fire for a sample, and the duty cycle the
 * share of the last `period` (default 1,000) samples for which this one did, a running mean. `strength` is 1.5 by default;
 * where few units fire it takes a larger one to move much: a unit that never fires has its score multiplied by
 * exp(strength share). A unit whose scores are negative is not helped.
 */
export function balanceByBoosting(
  options: Partial<Omit<BalanceByBoostingSpec, 'kind'>> = {},
): BalanceByBoostingSpec {
  return { kind: 'boosting', strength: 1.5, period: 1000, ...options };
}

/**
 * An auxiliary loss (Fedus, Zoph and Shazeer, JMLR 2022, section 2.2; GShard has nearly the same): `weight` (default 0.01) times
 * units times the sum over units of f p, where f is the share of the batch's choices that fell on the unit, and p the mean
 * over the samples of a softmax of what the layer gives. It is `weight` if all units are chosen alike. f is taken for constant.
 *
 * That softmax is over the units that were chosen for a sample, not over all: the gradient costs no more than theirs, but
 * does not reach a unit that is never chosen, which is helped only as others fall. Reports have the loss without it.
 */
export function balanceByLoss(options: Partial<Pick<BalanceByLossSpec, 'weight'>> = {}): BalanceByLossSpec {
  return { kind: 'loss', weight: 0.01, ...options };
}

/** The largest exponent of a boost. */
const MOST_BOOST = 80;

/** Refuses what is no way of balancing, or has numbers out of range; `share` of the units fire. @throws {RangeError} */
export function checkBalance(who: string, balance: BalanceSpec | undefined, share: number): void {
  if (balance === undefined) return;
  const check = (good: boolean, name: string, range: string, value: unknown): void => {
    if (!good) throw new RangeError(`${who}: ${name} of balance is ${range}; got ${String(value)}.`);
  };
  const known = (names: Readonly<Record<string, true>>): void =>
    checkOptions(`${who}: balance of kind '${balance.kind}'`, balance, { kind: true, ...names });
  switch (balance?.kind) {
    case 'bias':
      known({ rate: true });
      return check(isPositive(balance.rate), 'rate', 'above 0', balance.rate);
    case 'boosting': {
      known({ strength: true, period: true });
      const { strength, period } = balance;
      check(isPositive(strength), 'strength', 'above 0', strength);
      check(Number.isSafeInteger(period) && period >= 1, 'period', 'a number of samples, 1 or more', period);
      if (strength * share <= MOST_BOOST) return;
      throw new RangeError(
        `${who}: strength of balance times the share of units that fire is at most ${MOST_BOOST}; got ${strength} times ${share}.`,
      );
    }
    case 'loss':
      known({ weight: true });
      return check(isPositive(balance.weight), 'weight', 'above 0', balance.weight);
    default:
      throw new RangeError(
        `${who}: balance is balanceByBias(...), balanceByBoosting(...) or balanceByLoss(...); got ${JSON.stringify(balance)}.`,
      );
  }
}

function isPositive(value: unknown): boolean {
  return (value as number) > 0 && (value as number) < Infinity;
}

/** What a selector can do by its balance. */
export function balanceCapabilities(balance: BalanceSpec | undefined): {
  readonly hiddenOnly?: string;
  readonly ownLoss?: string;
} {
  if (!balance) return {};
  return { hiddenOnly: 'balance', ...(balance.kind === 'loss' && { ownLoss: 'balanceByLoss' }) };
}
