/** Finding search options that reach a recall in the least time, on a sample of queries. */
import { randomStream } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { checkK, countOf, described } from '@hashgrad/lsh/vectors';
import { recall } from '../recall.ts';
import { ExactIndex } from './exact-index.ts';
import type { HashingSpecs } from './mips-options.ts';
import type { SearchEffort } from './search-options.ts';
import type { TuneResult } from './tune-result.ts';
import { THOROUGH, type Try, tuneSignatures } from './tune-signatures.ts';
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

const CANDIDATES = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
const PROBES = [1, 2, 4, 8, 16];
/** Queries that are drawn, at most: they lie in one array. */
const MOST_SAMPLED = 2 ** 20;

/** @throws {RangeError | TypeError} if a goal is out of range, or of another type. */
export function checkGoal(goal: TuneGoal, dimensions: number): void {
  const { recall: wanted, k, queries, bits, families, sample = 100, seed = 1 } = goal;
  if (!(typeof wanted === 'number' && wanted > 0 && wanted <= 1)) {
    throw new RangeError(`recall is above 0 and at most 1; got ${described(wanted)}.`);
  }
  checkK(k);
  if (!(Number.isInteger(sample) && sample >= 1 && sample <= MOST_SAMPLED)) {
    throw new RangeError(`sample is an integer from 1 to ${MOST_SAMPLED}; got ${described(sample)}.`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer; got ${described(seed)}.`);
  for (const [name, list] of Object.entries({ bits, families })) {
    if (list === undefined || (Array.isArray(list) && !list.includes(undefined as never))) continue;
    throw new TypeError(`${name} are a list of what there is to choose from; got ${described(list)}.`);
  }
  if (queries !== undefined && countOf(queries, dimensions, 'Queries') === 0) {
    throw new RangeError(
      'Tuning needs a query or more; got none. Without `queries` it draws vectors of the index.',
    );
  }
}

/** @throws {RangeError} if the index is empty. */
export function sampleOf(
  set: VectorSet,
  hashing: HashingSpecs,
  goal: TuneGoal,
  search: Tuned['search'],
): TuneSample {
  const { k, sample = 100 } = goal;
  const { dimensions } = set.searcher.layout;
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
  const tried: Try = (options, most = truth.length) => {
    const count = Math.min(most, truth.length);
    const started = performance.now();
    const { ids: found, scored } = index.search(queries.subarray(0, count * index.dimensions), k, options);
    const microseconds = ((performance.now() - started) * 1000) / count;
    const recalls = found.map((ids, s) => recall(ids, truth[s] ?? []));
    const mean = recalls.reduce((sum, value) => sum + value, 0) / count;
    const means = { recall: mean, scored: scored / count, microseconds };
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

/** For each number of probes the fewest candidates that reach the recall. */
function tuneTables(index: Tuned, k: number, tried: Try): TuneResult {
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
