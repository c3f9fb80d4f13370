/**
 * The measure 'hash-ranking': the figure of Shrivastava and Li (NIPS 2014, section 4). Items are ranked by how many of K hashes
 * they share with a query, and how high the true best ones come is told as precision and recall.
 */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { familyOf, type FamilySpec, simHash } from '@hashgrad/lsh';
import { ExactIndex, identity, indexTransformOf, type Transform, TransformedHasher } from '@hashgrad/mips';
import { RANKING_BOUND, type RankingMethod } from '../arms/ranking.ts';
import { filled } from '../engine/filled.ts';
import type { MeasureDefinition, Measured } from '../engine/measure.ts';
import type { Config } from '../engine/record.ts';
import { checkTask, loadCorpus } from '../tasks/index.ts';
import { mean } from './sums.ts';

/** What the measure is given; plain JSON. */
export interface HashRankingConfig {
  /** Gives vectors and queries, see `src/tasks`. */
  readonly task: Config;
  /** Its family has a table for each hash. */
  readonly method: RankingMethod;
  /** K: the first so many hashes of the family are counted, so that more of them are the same ones and others. */
  readonly hashes: number;
  /** How many of the greatest inner products are to come first. */
  readonly top: number;
}

/** The base of a study: the best 10 by 512 hashes. `method` is for a factor to set. */
export function hashRankingConfig(
  task: HashRankingConfig['task'],
  options: Partial<HashRankingConfig> = {},
): Config {
  const method: RankingMethod = { transform: identity(), family: simHash({ bits: 1, tables: 512 }) };
  const config: HashRankingConfig = filled(
    'hashRankingConfig',
    { task, method, hashes: 512, top: 10 },
    options,
  );
  return config as unknown as Config;
}

/** The measure 'hash-ranking'. */
export const hashRankingMeasure: MeasureDefinition = {
  name: 'hash-ranking',
  description:
    'Ranks the vectors of a task for each query by how many hashes match, and says how high the best ones come.',
  metrics: ['averagePrecision'],
  check(json) {
    const { task, method, hashes, top } = json as unknown as HashRankingConfig;
    checkTask(task);
    for (const [name, value] of Object.entries({ hashes, top })) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new RangeError(`${name} is a whole number of at least 1; got ${JSON.stringify(value)}.`);
      }
    }
    // Refuses what is no transform or no family, and those that do not go together.
    indexTransformOf(method.transform, familyOf(method.family));
    const { tables } = method.family;
    if (hashes > tables) {
      throw new RangeError(
        `hashes are ${hashes}, but method.family has ${tables} tables, one for each hash.`,
      );
    }
  },
  async prepare(json) {
    const { task, top } = json as unknown as HashRankingConfig;
    const { name, vectors, dimensions } = await loadCorpus(task);
    const count = vectors.length / dimensions;
    if (top > count) throw new RangeError(`top is ${top}, but the task ${name} has ${count} vectors.`);
  },
  measure: (config, { seed }) => rankAll(config as unknown as HashRankingConfig, seed),
};

async function rankAll({ task, method, hashes, top }: HashRankingConfig, seed: number): Promise<Measured> {
  const corpus = await loadCorpus(task);
  const { dimensions } = corpus;
  // No query's best items depend on its length, nor on a common factor of all items.
  const items = scaledTo(corpus.vectors, dimensions, RANKING_BOUND, 'longest');
  const queries = scaledTo(corpus.queries, dimensions, 1, 'each');
  const count = items.length / dimensions;
  using exact = new ExactIndex({ dimensions });
  exact.add(items);
  const truth = exact.searchBatch(queries, top).map(({ ids }) => Array.from(ids));
  // Items of as many matches are in an order drawn at random: that of the data may know which are popular.
  const order = shuffled(count, seed);
  const transform = indexTransformOf(method.transform, familyOf(method.family));
  const codes = hashedBy(transform, method.family, { dimensions, items, queries, seed });
  const ranks = truth.map((best, query) => ranksOf(best, codes, { query, hashes }, order));
  const curve = curveOf(ranks, top, count);
  return {
    // The mean over queries and true items of the precision at that item's rank.
    metrics: { averagePrecision: mean(ranks.map((of) => mean(of.map((each, i) => (i + 1) / each)))) },
    series: {
      rank: curve.map(({ rank: at }) => at),
      precision: curve.map(({ precision }) => precision),
      recall: curve.map(({ recall }) => recall),
    },
  };
}

/** Ranks that curves are cut after: 12 in each power of 10. */
function ranksUpTo(count: number): number[] {
  const steps = Math.ceil(12 * Math.log10(count));
  return [
    ...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.min(count, Math.round(10 ** (i / 12))))),
  ];
}

interface Codes {
  /** tables x items, tables x queries */
  readonly items: Uint32Array;
  readonly queries: Uint32Array;
}

function hashedBy(
  transform: Transform,
  family: FamilySpec,
  {
    dimensions,
    items,
    queries,
    seed,
  }: { dimensions: number; items: Float32Array; queries: Float32Array; seed: number },
): Codes {
  const { tables } = family;
  using arena = new Arena();
  const team = Team.single(arena);
  const room = Math.max(items.length, queries.length) / dimensions;
  using hasher = new TransformedHasher({ family, transform, dimensions, room, seed, team });
  const hash = (rows: Float32Array, isQuery: boolean): Uint32Array => {
    const count = rows.length / dimensions;
    const stride = Math.ceil(dimensions / 4) * 4;
    const values = arena.float32(count * stride);
    for (let i = 0; i < count; i++) {
      values.set(rows.subarray(i * dimensions, (i + 1) * dimensions), i * stride);
    }
    const vectors = { values, stride, width: dimensions };
    const squaredNorms = Float32Array.from({ length: count }, (_, i) => lengthOf(rows, i, dimensions) ** 2);
    const terms = { squaredNorms, bound: RANKING_BOUND ** 2 };
    const codes = arena.uint32(count * tables);
    if (isQuery) hasher.hashQueries(vectors, count, { codes, stride: count }, terms);
    else hasher.hashRows(vectors, count, terms, { codes, stride: count });
    return codes.slice();
  };
  return { items: hash(items, false), queries: hash(queries, true) };
}

/** The ranks of the items `best`, from 1, by matches with a query; ascending. */
function ranksOf(
  best: readonly number[],
  codes: Codes,
  { query, hashes }: { readonly query: number; readonly hashes: number },
  order: Uint32Array,
): number[] {
  const count = order.length;
  const queries = (codes.queries.length * count) / codes.items.length;
  const matches = new Uint16Array(count);
  for (let t = 0; t < hashes; t++) {
    const code = codes.queries[t * queries + query];
    for (let i = 0, at = t * count; i < count; i++) if (codes.items[at + i] === code) matches[i]!++;
  }
  return best.map((item) => rankOf(item, matches, order)).toSorted((a, b) => a - b);
}

function rankOf(item: number, matches: Uint16Array, order: Uint32Array): number {
  const [own, place] = [matches[item] as number, order[item] as number];
  let rank = 1;
  for (let i = 0; i < matches.length; i++) {
    const other = matches[i] as number;
    if (other > own || (other === own && (order[i] as number) < place)) rank++;
  }
  return rank;
}

/** Precision and recall after rising ranks, means over the queries. `ranks` are those of each query's true items. */
function curveOf(
  ranks: readonly (readonly number[])[],
  top: number,
  count: number,
): { readonly rank: number; readonly precision: number; readonly recall: number }[] {
  return ranksUpTo(count).map((at) => {
    const hits = mean(ranks.map((of) => of.filter((r) => r <= at).length));
    return { rank: at, precision: hits / at, recall: hits / top };
  });
}

function scaledTo(
  rows: Float32Array,
  dimensions: number,
  length: number,
  which: 'longest' | 'each',
): Float32Array {
  const lengths = Array.from({ length: rows.length / dimensions }, (_, i) => lengthOf(rows, i, dimensions));
  const longest = Math.max(...lengths);
  return rows.map((x, at) => {
    const own = which === 'each' ? (lengths[Math.floor(at / dimensions)] as number) : longest;
    return own > 0 ? (x * length) / own : 0;
  });
}

function lengthOf(rows: Float32Array, i: number, dimensions: number): number {
  return Math.hypot(...rows.subarray(i * dimensions, (i + 1) * dimensions));
}

/** A place for each item. */
function shuffled(count: number, seed: number): Uint32Array {
  const random = randomStream(seed, 'order of ties');
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
