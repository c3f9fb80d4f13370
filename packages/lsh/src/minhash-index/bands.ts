/** How many hash functions a table and how many tables, for a threshold; and what that finds. */
import { inclusionProbability } from '../tables/estimators.ts';

/** How much the two kinds of error count when tables are chosen; only their ratio matters. */
export interface BandWeights {
  /** Of sets below the threshold that share a bucket: they cost time, for what is returned is compared. 0 or more. */
  readonly falsePositives: number;
  /** Of sets above the threshold that share no bucket: they are missed. 0 or more. */
  readonly falseNegatives: number;
}

/** Intervals of Simpson's rule on either side of the threshold. */
const INTERVALS = 128;

/**
 * The probability that two sets of Jaccard similarity `similarity` share one of `tables` buckets or more, each chosen by
 * `hashes` minima: 1 - (1 - s^K)^L.
 */
export function shareProbability(similarity: number, hashes: number, tables: number): number {
  return inclusionProbability(similarity ** hashes, tables);
}

/**
 * The K = `hashes` and L = `tables` with K L <= `permutations` that minimise
 * wp * integral from 0 to t of f(s) ds + wn * integral from t to 1 of (1 - f(s)) ds, where f(s) = 1 - (1 - s^K)^L is the
 * probability of sharing a bucket. It is the criterion of `MinHashLSH` in Python's datasketch.
 */
export function chooseBands(
  threshold: number,
  permutations: number,
  weights: BandWeights,
): { hashes: number; tables: number } {
  let best = { hashes: 1, tables: 1 };
  let least = Infinity;
  for (let tables = 1; tables <= permutations; tables++) {
    for (let hashes = 1; hashes * tables <= permutations; hashes++) {
      const missed = (s: number): number => (1 - s ** hashes) ** tables;
      const error =
        weights.falsePositives * integral((s) => 1 - missed(s), 0, threshold) +
        weights.falseNegatives * integral(missed, threshold, 1);
      if (error < least) {
        least = error;
        best = { hashes, tables };
      }
    }
  }
  return best;
}

/** By Simpson's rule. */
function integral(f: (s: number) => number, from: number, to: number): number {
  const step = (to - from) / INTERVALS;
  let sum = f(from) + f(to);
  for (let i = 1; i < INTERVALS; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * step);
  return (sum * step) / 3;
}
