/** Finding search options that reach a recall in the least time, on a sample of queries. */
import { randomStream } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { recall } from '../recall.ts';
import { ExactIndex } from './exact-index.ts';
import type { HashingSpecs } from './mips-options.ts';
import type { SearchEffort } from './search-options.ts';
import type { VectorSet } from './vector-set.ts';

/** The recall that is wanted, and what it is measured on. */
export interface TuneGoal {
  /** Mean recall at k to be reached, above 0 to 1. */
  readonly recall: number;
  readonly k: number;
  /**
   * Queries like those to come, flat. Default: vectors of the index drawn at random, which says little where queries are of
   * another kind.
   */
  readonly queries?: Float32Array | undefined;
  /** Method 'signatures': numbers of bits to choose from. Default: what the index has. */
  readonly bits?: readonly number[] | undefined;
  /** Method 'tables': families to choose from, of other numbers of bits and tables for instance. Default: what the index has. */
  readonly families?: readonly FamilySpec[] | undefined;
  /** How many queries are drawn, or taken of those given, at most. Default 100. */
  readonly sample?: number | undefined;
  /** Of the draw. Default 1. */
  readonly seed?: number | undefined;
}

/** What `tune` found, and what to expect of it: means over the sample. */
export interface TuneResult {
  readonly hashing: HashingSpecs;
  /** The fastest options that reach the recall; the most thorough ones if none do. */
  readonly options: SearchEffort;
  readonly recall: number;
  /** Vectors that a query scores. */
  readonly scored: number;
  /** Microseconds of a query, alone on this machine now: it is by this that options are compared. */
  readonly microseconds: number;
  /** Whether the goal is reached on the sample. */
  readonly reached: boolean;
}

/** Queries, and the ids of the `k` best of each. */
export interface TuneSample {
  readonly queries: Float32Array;
  readonly truth: readonly Uint32Array[];
  /** What it took to find them, where that was a search by signatures like those that are tried. */
  readonly thorough?: Pick<TuneResult, 'hashing' | 'scored' | 'microseconds'>;
}

/** What tuning needs to see of an index. */
export interface Tuned {
  readonly hashing: HashingSpecs;
  readonly dimensions: number;
  readonly size: number;
  readonly mostProbes: number;
  readonly queryMultiplyAdds: number;
  /** What searches find, and how many vectors they score together. */
  search(
    queries: Float32Array,
    k: number,
    options: SearchEffort,
  ): { readonly ids: readonly Uint32Array[]; readonly scored: number };
}

/** Slacks from 3.5 down to -2. */
const SLACKS = Array.from({ length: 56 }, (_, i) => (35 - i) / 10);
const REACHES = [6, 4.5, 4, 3.5, 3, 2.5, 2];
const SHARES = [1, 0.5, 0.25, 0.125, 0.06, 0.03, 0.015];
const CANDIDATES = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
const PROBES = [1, 2, 4, 8, 16];
/** Tuning stops at options that take this many times as long as the best so far: later ones will take longer still. */
const WORSE = 1.3;

/** What is as good as exact: one in some thousands of the best is missed. */
const THOROUGH = { slack: 3.5, reach: 6, share: 1 };

/** @throws {RangeError} if the index is empty, or a goal is out of range. */
export function sampleOf(
  set: VectorSet,
  hashing: HashingSpecs,
  goal: TuneGoal,
  search: Tuned['search'],
): TuneSample {
  const { recall: wanted, k, sample = 100 } = goal;
  const { dimensions } = set.searcher.layout;
  if (!(wanted > 0 && wanted <= 1)) throw new RangeError(`recall is above 0 and at most 1; got ${wanted}.`);
  if (!(Number.isInteger(sample) && sample >= 1)) {
    throw new RangeError(`sample is an integer of 1 or more; got ${sample}.`);
  }
  if (set.places.size === 0) throw new RangeError('An index without vectors cannot be tuned.');
  const queries = goal.queries?.subarray(0, sample * dimensions) ?? drawQueries(set, dimensions, goal);
  if (hashing.method === 'signatures') {
    const started = performance.now();
    const { ids: truth, scored } = search(queries, k, THOROUGH);
    const microseconds = ((performance.now() - started) * 1000) / truth.length;
    return { queries, truth, thorough: { hashing, scored: scored / truth.length, microseconds } };
  }
  const { vectors, ids } = set.copy();
  using exact = new ExactIndex({ dimensions, int8: true });
  exact.add(vectors, ids);
  return { queries, truth: exact.searchBatch(queries, k).map((result) => result.ids) };
}

/** The best options for one way to hash. */
export function tuneIndex(index: Tuned, goal: TuneGoal, sample: TuneSample): TuneResult {
  const { queries, truth, thorough } = sample;
  const { recall: wanted, k } = goal;
  const tried = (options: SearchEffort): TuneResult => {
    const started = performance.now();
    const { ids: found, scored } = index.search(queries, k, options);
    const microseconds = ((performance.now() - started) * 1000) / truth.length;
    const recalls = found.map((ids, s) => recall(ids, truth[s] ?? []));
    const mean = recalls.reduce((sum, value) => sum + value, 0) / truth.length;
    const means = { recall: mean, scored: scored / truth.length, microseconds };
    return { hashing: index.hashing, options, ...means, reached: mean >= wanted };
  };
  if (index.hashing.method !== 'signatures') return tuneTables(index, k, tried);
  // On a large index a thorough search takes as long as all others together: it is not done twice.
  const first =
    thorough?.hashing === index.hashing
      ? { ...thorough, options: THOROUGH, recall: 1, reached: true }
      : tried(THOROUGH);
  return tuneSignatures(tried, first);
}

/** Whether the first result is to be preferred. */
export function isBetter(a: TuneResult, b: TuneResult): boolean {
  if (a.reached !== b.reached) return a.reached;
  return a.reached ? a.microseconds < b.microseconds : a.recall > b.recall;
}

/**
 * From a thorough search on: for each reach, and then for each share, the least slack that reaches the recall. The less is
 * read, the more slack it takes, until it takes longer.
 */
function tuneSignatures(tried: (options: SearchEffort) => TuneResult, thorough: TuneResult): TuneResult {
  let best = thorough;
  if (!best.reached) return best;
  let [most, from] = [SLACKS.length - 1, SLACKS.length >> 1];
  /** The least slack by bisection, where the one before is tried first; undefined where there is none. */
  const least = (rest: SearchEffort): TuneResult | undefined => {
    let [low, high] = [-1, most];
    let result: TuneResult | undefined;
    for (let next = from; low < high; next = (low + high + 1) >> 1) {
      const now = tried({ slack: SLACKS[next], ...rest });
      if (now.reached) [low, result] = [next, now];
      else high = next - 1;
    }
    from = Math.max(0, low);
    most = from;
    return result;
  };
  const improve = (rest: SearchEffort): boolean => {
    const found = least(rest);
    if (!found) return false;
    // Once more, because a clock is disturbed in one direction only.
    const times = [found, tried(found.options)].map((each) => each.microseconds);
    const result = { ...found, microseconds: Math.min(...times) };
    const worse = result.microseconds > WORSE * best.microseconds;
    if (result.microseconds < best.microseconds) best = result;
    return !worse;
  };
  for (const reach of REACHES) if (!improve({ reach, share: 1 })) break;
  const { reach } = best.options;
  [most, from] = [SLACKS.length - 1, SLACKS.indexOf(best.options.slack as number)];
  for (const share of SHARES.slice(1)) if (!improve({ reach, share })) break;
  return best;
}

/** For each number of probes the fewest candidates that reach the recall. */
function tuneTables(index: Tuned, k: number, tried: (options: SearchEffort) => TuneResult): TuneResult {
  let best: TuneResult | undefined;
  for (const probes of index.mostProbes > 1 ? PROBES.filter((n) => n <= index.mostProbes) : [1]) {
    for (const times of CANDIDATES) {
      const result = tried({ probes, candidates: Math.min(times * k, index.size) });
      if (!best || isBetter(result, best)) best = result;
      if (!result.reached) break;
    }
  }
  return best as TuneResult;
}

function drawQueries(
  { places, searcher }: VectorSet,
  dimensions: number,
  { sample = 100, seed = 1 }: TuneGoal,
): Float32Array {
  const random = randomStream(seed, 'tune');
  const queries = new Float32Array(sample * dimensions);
  const ids = places.ids();
  for (let s = 0; s < sample; s++) {
    const place = places.get(ids[random.integer(ids.length)] as number) as number;
    queries.set(searcher.vector(place), s * dimensions);
  }
  return queries;
}
