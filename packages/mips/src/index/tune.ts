/** Finding search options that reach a recall, on a sample of queries. */
import { randomStream } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { ExactIndex } from './exact-index.ts';
import { recall } from '../recall.ts';
import type { SearchOptions } from './search-options.ts';

export interface TuneGoal {
  /** Mean recall at k to be reached, above 0 to 1. */
  readonly recall: number;
  readonly k: number;
  /**
   * Queries like those to come, flat. Default: vectors of the index drawn at random, which says little where queries are of
   * another kind.
   */
  readonly queries?: Float32Array | undefined;
  /**
   * Families to choose from. Default: the one that the index has. `simHash` of 4, 8 and 16 tables of 16 bits are signatures
   * of 64, 128 and 256 bits; for tables, other numbers of bits and tables.
   */
  readonly families?: readonly FamilySpec[] | undefined;
  /** How many queries are drawn, or taken of those given, at most. Default 100. */
  readonly sample?: number | undefined;
  /** Of the draw. Default 1. */
  readonly seed?: number | undefined;
}

/** What `tune` found, and what to expect of it: means over the sample. */
export interface TuneResult {
  readonly family: FamilySpec;
  /** The cheapest options that reach the recall; the most thorough ones if none do. */
  readonly options: SearchOptions;
  readonly recall: number;
  /** Vectors that a query scores. */
  readonly scored: number;
  /** Multiply-adds that a query costs, or what costs as much: it is by this that options are compared. */
  readonly cost: number;
  /** Whether the goal is reached on the sample. */
  readonly reached: boolean;
}

/** What tuning needs to see of an index. */
export interface Tuned {
  readonly dimensions: number;
  readonly size: number;
  readonly method: 'signatures' | 'tables';
  readonly family: FamilySpec;
  readonly mostProbes: number;
  readonly queryMultiplyAdds: number;
  readonly vectors: readonly Float32Array[];
  readonly ids: Uint32Array;
  /** What searches find, and how many vectors they score together. */
  search(
    queries: Float32Array,
    k: number,
    options: SearchOptions,
  ): { readonly ids: readonly Uint32Array[]; readonly scored: number };
}

const SHARES = [
  1, 0.8, 0.65, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.125, 0.1, 0.08, 0.065, 0.05, 0.04, 0.032, 0.025, 0.02,
  0.016, 0.0125, 0.01,
];
/** Slacks from 3 down to -1.5. */
const SLACKS = Array.from({ length: 73 }, (_, i) => 3 - i / 16);
const CANDIDATES = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
const PROBES = [1, 2, 4, 8, 16];

/** @throws {RangeError} if the index is empty, or a goal is out of range. */
export function tuneIndex(index: Tuned, goal: TuneGoal): TuneResult {
  const { recall: wanted, k, sample = 100 } = goal;
  if (!(wanted > 0 && wanted <= 1)) throw new RangeError(`recall is above 0 and at most 1; got ${wanted}.`);
  if (!(Number.isInteger(sample) && sample >= 1)) {
    throw new RangeError(`sample is an integer of 1 or more; got ${sample}.`);
  }
  if (index.size === 0) throw new RangeError('An index without vectors cannot be tuned.');
  const queries = goal.queries?.subarray(0, sample * index.dimensions) ?? drawQueries(index, goal);
  const truth = exactly(index, queries, k);
  const tried = (options: SearchOptions): TuneResult => {
    const found = index.search(queries, k, options);
    const recalls = found.ids.map((ids, s) => recall(ids, truth[s] ?? []));
    const mean = recalls.reduce((sum, value) => sum + value, 0) / Math.max(1, recalls.length);
    const scored = found.scored / Math.max(1, recalls.length);
    const read = (options.share ?? 1) * index.queryMultiplyAdds;
    return {
      family: index.family,
      options,
      recall: mean,
      scored,
      cost: read + scored * index.dimensions,
      reached: mean >= wanted,
    };
  };
  return index.method === 'signatures' ? tuneSignatures(tried) : tuneTables(index, k, tried);
}

/** Whether the first result is to be preferred. */
export function isBetter(a: TuneResult, b: TuneResult): boolean {
  if (a.reached !== b.reached) return a.reached;
  return a.reached ? a.cost < b.cost : a.recall > b.recall;
}

/** For each share the least slack that reaches the recall, by bisection: recall grows with it. */
function tuneSignatures(tried: (options: SearchOptions) => TuneResult): TuneResult {
  let best = tried({ share: 1, slack: SLACKS[0] });
  if (!best.reached) return best;
  for (const share of SHARES) {
    let [low, high] = [0, SLACKS.length - 1];
    let result = tried({ share, slack: SLACKS[0] });
    // Smaller shares find less still.
    if (!result.reached) break;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const next = tried({ share, slack: SLACKS[middle] });
      if (next.reached) [low, result] = [middle, next];
      else high = middle - 1;
    }
    if (result.cost < best.cost) best = result;
  }
  return best;
}

/** For each number of probes the fewest candidates that reach the recall. */
function tuneTables(index: Tuned, k: number, tried: (options: SearchOptions) => TuneResult): TuneResult {
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

function exactly(index: Tuned, queries: Float32Array, k: number): Uint32Array[] {
  const { vectors, ids } = index;
  using exact = new ExactIndex({ dimensions: index.dimensions, int8: true });
  const flat = new Float32Array(vectors.length * index.dimensions);
  for (const [i, vector] of vectors.entries()) flat.set(vector, i * index.dimensions);
  exact.add(flat, ids);
  return exact.searchBatch(queries, k).map((result) => result.ids);
}

function drawQueries({ dimensions, vectors }: Tuned, { sample = 100, seed = 1 }: TuneGoal): Float32Array {
  const random = randomStream(seed, 'tune');
  const queries = new Float32Array(sample * dimensions);
  for (let s = 0; s < sample; s++) {
    queries.set(vectors[random.integer(vectors.length)] as Float32Array, s * dimensions);
  }
  return queries;
}
