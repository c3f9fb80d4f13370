/** The options of a MinHashIndex, and what they come to. */
import { type BandWeights, chooseBands } from './bands.ts';
import { checkInteger } from '../family.ts';
import type { Team } from '@hashgrad/kernels';
import { checkNames, described } from '../vectors/check-flat.ts';

/** By what similarity sets are to be found, and what the index keeps of them. */
export interface MinHashIndexOptions {
  /**
   * The Jaccard similarity from which sets are near-duplicates, above 0 to 1: what `query` and `pairs` ask for by default.
   * Unless `hashes` and `tables` are given, these are chosen for it. Default with them: (1 / tables)^(1 / hashes), about where
   * a set is found as often as not.
   */
  readonly threshold?: number | undefined;
  /** Minima of a signature, 1 to 4,096, at least `hashes * tables`. Default 128, or `hashes * tables` if these are given. */
  readonly permutations?: number | undefined;
  /** What to choose `hashes` and `tables` by, unless these are given. Default { falsePositives: 0.1, falseNegatives: 0.9 }. */
  readonly weights?: BandWeights | undefined;
  /** Minima that two sets must share for a bucket, K. */
  readonly hashes?: number | undefined;
  /** Tables, L: it is enough to share a bucket of one. */
  readonly tables?: number | undefined;
  /**
   * 'sets' keeps all elements, 4 bytes each, and compares them: similarities are exact. 'signatures' keeps 4 bytes a
   * permutation: similarities are estimates, with a standard error of sqrt(s (1 - s) / permutations). Default 'sets'.
   */
  readonly keep?: 'sets' | 'signatures' | undefined;
  /** An integer from 0 to 2^32 - 1, of the hash functions and of `hashText`. Default 1. */
  readonly seed?: number | undefined;
  /** Where sets are hashed. Default: a memory of the index's own, and this thread. */
  readonly team?: Team | undefined;
}

/** The options with everything that they come to. */
export interface ResolvedOptions {
  readonly threshold: number;
  readonly permutations: number;
  readonly hashes: number;
  readonly tables: number;
  readonly keep: 'sets' | 'signatures';
  readonly seed: number;
}

const MOST_PERMUTATIONS = 4096;
const WHAT = 'MinHashIndex';

/** The names of the options that an index can be made again with. */
export const OPTIONS: readonly string[] = [
  'threshold',
  'permutations',
  'weights',
  'hashes',
  'tables',
  'keep',
  'seed',
];

/** @throws {RangeError} if an option is out of range, or there is neither a threshold nor hashes and tables. */
export function resolveOptions(options: MinHashIndexOptions): ResolvedOptions {
  const { threshold, hashes, tables, keep = 'sets', seed = 1 } = options;
  if (keep !== 'sets' && keep !== 'signatures') {
    throw new RangeError(`${WHAT}: keep is 'sets' or 'signatures'; got ${described(keep)}.`);
  }
  checkInteger(WHAT, 'seed', seed, 0, 2 ** 32 - 1);
  if (threshold !== undefined) checkThreshold(threshold);
  if (hashes !== undefined && tables !== undefined) {
    if (options.weights !== undefined) {
      throw new RangeError(`${WHAT}: give hashes and tables, or weights that they are chosen by, not both.`);
    }
    checkInteger(WHAT, 'hashes', hashes, 1, MOST_PERMUTATIONS);
    checkInteger(WHAT, 'tables', tables, 1, Math.floor(MOST_PERMUTATIONS / hashes));
    const { permutations = hashes * tables } = options;
    checkInteger(WHAT, 'permutations', permutations, hashes * tables, MOST_PERMUTATIONS);
    return {
      threshold: threshold ?? (1 / tables) ** (1 / hashes),
      permutations,
      hashes,
      tables,
      keep,
      seed,
    };
  }
  if (threshold === undefined || hashes !== undefined || tables !== undefined) {
    throw new RangeError(`${WHAT} takes a threshold, or both hashes and tables.`);
  }
  const { permutations = 128 } = options;
  checkInteger(WHAT, 'permutations', permutations, 1, MOST_PERMUTATIONS);
  const { weights = { falsePositives: 0.1, falseNegatives: 0.9 } } = options;
  checkWeights(weights);
  return { threshold, permutations, ...chooseBands(threshold, permutations, weights), keep, seed };
}

/** @throws {RangeError} if it is not above 0 and at most 1. */
export function checkThreshold(threshold: number): void {
  if (!(typeof threshold === 'number' && threshold > 0 && threshold <= 1)) {
    throw new RangeError(`${WHAT}: a threshold is above 0 and at most 1; got ${described(threshold)}.`);
  }
}

function checkWeights(weights: BandWeights): void {
  checkNames('weights', weights, ['falsePositives', 'falseNegatives']);
  for (const [name, weight] of Object.entries(weights) as [string, unknown][]) {
    if (typeof weight === 'number' && weight >= 0 && weight < Infinity) continue;
    throw new RangeError(`${WHAT}: weights are finite and 0 or more; ${name} is ${described(weight)}.`);
  }
}
