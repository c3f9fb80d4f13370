/**
 * The figure of Shrivastava and Li (NIPS 2014, section 4): items are ranked by how many of K hashes they share with a
 * query, and how high the true best ones come is drawn as precision against recall.
 */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { familyOf, type FamilySpec, pStable, simHash } from '@hashgrad/lsh';
import {
  ExactIndex,
  identity,
  indexTransformOf,
  l2Alsh,
  signAlsh,
  simpleLsh,
  type Transform,
  TransformedHasher,
  type TransformSpec,
} from '@hashgrad/mips';
import type { Corpus } from './corpora.ts';

export interface PrecisionRecall {
  readonly way: string;
  /** K: hashes that matches are counted of. */
  readonly hashes: number;
  /** T: the best so many are to come first. */
  readonly top: number;
  /** Means over queries, cut after some ranks, which rise. */
  readonly curve: readonly { readonly rank: number; readonly precision: number; readonly recall: number }[];
  /** The mean over queries and true items of the precision at that item's rank. */
  readonly averagePrecision: number;
}

export interface PrecisionRecallOptions {
  /** K, ascending; as in the paper, 64 to 512, unless given. */
  readonly hashes?: readonly number[];
  /** T, ascending; 1, 5 and 10 unless given. */
  readonly tops?: readonly number[];
  /** Default 1. */
  readonly seed?: number;
}

/** U and r of the paper. Plain L2 LSH has them too, and differs from L2-ALSH by no more than the appended coordinates. */
const [BOUND, WIDTH] = [0.83, 2.5];

const WAYS: Record<string, { transform: TransformSpec; family: (tables: number) => FamilySpec }> = {
  'L2 LSH': { transform: identity(), family: (tables) => pStable({ hashes: 1, tables, width: WIDTH }) },
  'L2-ALSH': {
    transform: l2Alsh({ powers: 3, bound: BOUND }),
    family: (tables) => pStable({ hashes: 1, tables, width: WIDTH }),
  },
  SimHash: { transform: identity(), family: (tables) => simHash({ bits: 1, tables }) },
  'Sign-ALSH': { transform: signAlsh(), family: (tables) => simHash({ bits: 1, tables }) },
  'Simple-LSH': { transform: simpleLsh(), family: (tables) => simHash({ bits: 1, tables }) },
};

/** Ranks that curves are cut after: 12 in each power of 10. */
function ranksUpTo(count: number): number[] {
  const steps = Math.ceil(12 * Math.log10(count));
  return [
    ...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.min(count, Math.round(10 ** (i / 12))))),
  ];
}

/** The curves of all ways; those of fewer hashes count the first ones of those of more. */
export function precisionRecall(corpus: Corpus, options: PrecisionRecallOptions = {}): PrecisionRecall[] {
  const { hashes = [64, 128, 256, 512], tops = [1, 5, 10], seed = 1 } = options;
  const { dimensions } = corpus;
  // No query's best items depend on its length, nor on a common factor of all items.
  const items = scaledTo(corpus.vectors, dimensions, BOUND, 'longest');
  const queries = scaledTo(corpus.queries, dimensions, 1, 'each');
  const count = items.length / dimensions;
  using exact = new ExactIndex({ dimensions });
  exact.add(items);
  const truth = exact.searchBatch(queries, tops.at(-1) as number).map(({ ids }) => Array.from(ids));
  // Items of as many matches are in an order drawn at random: that of the data may know which are popular.
  const order = shuffled(count, seed);
  return Object.entries(WAYS).flatMap(([way, { transform: spec, family }]) => {
    const familySpec = family(hashes.at(-1) as number);
    const transform = indexTransformOf(spec, familyOf(familySpec));
    const codes = hashedBy(transform, familySpec, { dimensions, items, queries, seed });
    const ranks = truth.map((best, q) => ranksOf(best, codes, q, hashes, order));
    return hashes.flatMap((bits, k) =>
      tops.map((top) => ({
        way,
        hashes: bits,
        top,
        ...curveOf(
          ranks.map((of) => of[k] as number[]),
          top,
          count,
        ),
      })),
    );
  });
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
  const team = Team.single(new Arena());
  const { arena } = team;
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
    const terms = { squaredNorms, bound: BOUND ** 2 };
    const codes = arena.uint32(count * tables);
    if (isQuery) hasher.hashQueries(vectors, count, { codes, stride: count }, terms);
    else hasher.hashRows(vectors, count, terms, { codes, stride: count });
    return codes.slice();
  };
  return { items: hash(items, false), queries: hash(queries, true) };
}

/** For each number of hashes the ranks of the items `best`, from 1, by matches with query q. */
function ranksOf(
  best: readonly number[],
  codes: Codes,
  q: number,
  hashes: readonly number[],
  order: Uint32Array,
): number[][] {
  const count = order.length;
  const tables = hashes.at(-1) as number;
  const queries = codes.queries.length / tables;
  const matches = new Uint16Array(count);
  const ranks: number[][] = [];
  for (let t = 0; t < tables; t++) {
    const code = codes.queries[t * queries + q];
    for (let i = 0, at = t * count; i < count; i++) if (codes.items[at + i] === code) matches[i]!++;
    if (t + 1 === hashes[ranks.length]) ranks.push(best.map((item) => rankOf(item, matches, order)));
  }
  return ranks;
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

/** `ranks`: for each query those of its true items, best first. */
function curveOf(
  ranks: readonly (readonly number[])[],
  top: number,
  count: number,
): Pick<PrecisionRecall, 'curve' | 'averagePrecision'> {
  const found = ranks.map((of) => of.slice(0, top).toSorted((a, b) => a - b));
  const curve = ranksUpTo(count).map((rank) => {
    const hits = mean(found.map((of) => of.filter((r) => r <= rank).length));
    return { rank, precision: hits / rank, recall: hits / top };
  });
  return { curve, averagePrecision: mean(found.map((of) => mean(of.map((rank, i) => (i + 1) / rank)))) };
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
