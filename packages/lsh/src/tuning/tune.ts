/** How many hash functions a code, tables and probes: measured on a sample of the user's own vectors. */
import type { Team } from '@hashgrad/kernels';
import { nanosecondsOf, type QueryCosts, queryCosts, type QueryWork } from './costs.ts';
import {
  checkInteger,
  type DenseVectors,
  type FamilySpec,
  type Hasher,
  type SparseVectors,
  sumOperations,
} from '../family.ts';
import { type IdLists, nearestItems } from './nearest.ts';
import { bindHasher, familyOf } from '../registry.ts';
import { HashTables } from '../tables/tables.ts';
import { checkNames } from '../vectors/check-flat.ts';

/** Items and queries that tables are tuned on, and what is tried. */
export interface TuneOptions {
  /** The spec with so many hash functions a code (K) and tables (L): (bits, tables) => simHash({ bits, tables }). */
  readonly family: (hashes: number, tables: number) => FamilySpec;
  /** Items of the user, in the arena, or a sample of them. */
  readonly vectors: DenseVectors | SparseVectors;
  readonly count: number;
  /** Queries that are like those to come. */
  readonly queries: DenseVectors | SparseVectors;
  readonly queryCount: number;
  /** Of sparse vectors. Default: the width of dense ones. */
  readonly dimensions?: number;
  /**
   * What each query should find, or how many of its nearest items, which are then found by comparing all: that takes
   * dense vectors, and a family for the cosine or the Euclidean distance. Default 10.
   */
  readonly relevant?: number | IdLists;
  /** The share of these that must be found, above 0 to 1. */
  readonly recall: number;
  /** The K to try. Default 4, 6, 8, ..., 16. */
  readonly hashes?: readonly number[];
  /** The largest L to try. Default 100. */
  readonly mostTables?: number;
  /** Numbers of probes to try; more than 1 takes a family that has them. Default 1. */
  readonly probes?: readonly number[];
  /** Thresholds of collisions to try. Default 1. */
  readonly minCollisions?: readonly number[];
  /** How many items the index will hold, of which the vectors are a sample. Default: their number. */
  readonly items?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly costs?: Partial<QueryCosts>;
  readonly team: Team;
}

const OPTIONS = [
  'family',
  'vectors',
  'count',
  'queries',
  'queryCount',
  'dimensions',
  'relevant',
  'recall',
  'hashes',
  'mostTables',
  'probes',
  'minCollisions',
  'items',
  'seed',
  'costs',
  'team',
];

/** A setting and what was measured with it: means over the queries, scaled to the number of items. */
export interface Tuning extends QueryWork {
  readonly spec: FamilySpec;
  readonly hashes: number;
  readonly tables: number;
  readonly probes: number;
  readonly minCollisions: number;
  /** The share of the relevant items that were candidates. */
  readonly recall: number;
  /** Of a query, by the costs. */
  readonly nanoseconds: number;
}

/**
 * For each setting of K, probes and threshold the fewest tables that reach the recall on the sample; the cheapest first. The
 * first was measured again with exactly its spec, the others on the first of `mostTables` tables. It takes the time of
 * hashing the sample into `mostTables` tables for each K.
 * @throws {RangeError} if an option is unknown or out of range, no setting reaches the recall, or the arena is full. Whatever is thrown,
 * the arena is as it was.
 * @throws {TypeError} if the relevant items have to be given, or the family has no probes.
 */
export function tune(options: TuneOptions): Tuning[] {
  const { recall, mostTables = 100, hashes = [4, 6, 8, 10, 12, 14, 16] } = options;
  checkOptions(options);
  const relevant = relevantOf(options);
  const found: Tuning[] = [];
  for (const k of hashes) {
    for (const curve of measure(options, relevant, k, mostTables)) {
      const tables = curve.findIndex((point) => point.recall >= recall);
      if (tables >= 0) found.push(curve[tables] as Tuning);
    }
  }
  found.sort((a, b) => a.nanoseconds - b.nanoseconds);
  for (const [place, point] of found.entries()) {
    const verified = verify(options, relevant, point);
    if (verified) return [verified, ...found.slice(0, place), ...found.slice(place + 1)];
  }
  throw new RangeError(
    `tune: no setting finds ${recall} of the relevant items with ${mostTables} tables or fewer; ` +
      'fewer hash functions a code, more tables or more probes would.',
  );
}

/** Other tables than those that were measured may find a little less: then there have to be some more of them. */
function verify(options: TuneOptions, relevant: IdLists, point: Tuning): Tuning | undefined {
  const { mostTables = 100, recall } = options;
  const { hashes, probes, minCollisions } = point;
  for (let tables = point.tables; tables <= mostTables; tables += Math.max(1, Math.ceil(tables / 20))) {
    const [curve] = measure(
      { ...options, probes: [probes], minCollisions: [minCollisions] },
      relevant,
      hashes,
      tables,
    );
    const last = curve?.at(-1);
    if (last && last.recall >= recall) return last;
  }
  return undefined;
}

/** What 1 to `tables` tables find, for each number of probes and each threshold. */
function measure(options: TuneOptions, relevant: IdLists, hashes: number, tables: number): Tuning[][] {
  const { team, vectors, count, queryCount, seed = 1, probes = [1], minCollisions = [1] } = options;
  const { arena } = team;
  const dimensions = dimensionsOf(options);
  const spec = options.family(hashes, tables);
  const tailWidth = vectors.tailWidth ?? 0;
  using hasher = bindHasher(spec, { dimensions, tailWidth, seed, team });
  using index = new HashTables({ items: count, tables, buckets: hasher.buckets, team });
  const codes = arena.uint32(Math.max(count, queryCount * Math.max(...probes)) * tables);
  const costs = queryCosts(dimensions, options.costs);
  const scale = (options.items ?? count) / count;
  try {
    hash(hasher, vectors, count, codes);
    index.build(codes);
    const multiplyAdds = sumOperations(hasher.operations(nonZerosOf(options))) / tables;
    return probes.flatMap((probe) => {
      hashQueries(hasher, options, probe, codes);
      return minCollisions.map((threshold) => {
        const sums = walk(index, codes, { queryCount, probes: probe, minCollisions: threshold }, relevant);
        return Array.from(sums.found, (recall, t) => {
          const work = {
            multiplyAdds: multiplyAdds * (t + 1),
            lookups: (t + 1) * probe,
            streamed: (scale * (sums.streamed[t] as number)) / queryCount,
            candidates: (scale * (sums.candidates[t] as number)) / queryCount,
          };
          return {
            spec: options.family(hashes, t + 1),
            hashes,
            tables: t + 1,
            probes: probe,
            minCollisions: threshold,
            recall,
            ...work,
            nanoseconds: nanosecondsOf(work, costs),
          };
        });
      });
    });
  } finally {
    arena.free(codes);
  }
}

/** Totals over the queries after 1, 2, ... tables; `found` as a share. */
interface Sums {
  readonly streamed: Float64Array;
  readonly candidates: Float64Array;
  readonly found: Float64Array;
}

function walk(
  index: HashTables,
  codes: Uint32Array,
  { queryCount, probes, minCollisions }: { queryCount: number; probes: number; minCollisions: number },
  { offsets, ids }: IdLists,
): Sums {
  const { items, tables } = index;
  const sums: Sums = {
    streamed: new Float64Array(tables),
    candidates: new Float64Array(tables),
    found: new Float64Array(tables),
  };
  const wanted = new Uint8Array(items);
  for (let s = 0; s < queryCount; s++) {
    const counts = new Uint16Array(items);
    for (let i = offsets[s] as number; i < (offsets[s + 1] as number); i++) wanted[ids[i] as number] = 1;
    for (let t = 0; t < tables; t++) {
      for (let p = 0; p < probes; p++) {
        const bucket = index.bucket(t, codes[(t * probes + p) * queryCount + s] as number);
        sums.streamed[t]! += bucket.length;
        for (const id of bucket) {
          if (++counts[id]! !== minCollisions) continue;
          sums.candidates[t]!++;
          sums.found[t]! += wanted[id] as number;
        }
      }
    }
    for (let i = offsets[s] as number; i < (offsets[s + 1] as number); i++) wanted[ids[i] as number] = 0;
  }
  const total = (offsets[queryCount] as number) - (offsets[0] as number);
  for (const each of [sums.streamed, sums.candidates, sums.found]) {
    for (let t = 1; t < tables; t++) each[t]! += each[t - 1] as number;
  }
  for (let t = 0; t < tables; t++) sums.found[t]! /= total;
  return sums;
}

function hash(
  hasher: Hasher,
  vectors: DenseVectors | SparseVectors,
  count: number,
  codes: Uint32Array,
): void {
  if ('offsets' in vectors) hasher.hashSparse(vectors, count, { codes, stride: count });
  else hasher.hash(vectors, count, { codes, stride: count });
}

/** The codes of the queries, laid out as queries of tables take them. */
function hashQueries(hasher: Hasher, options: TuneOptions, probes: number, codes: Uint32Array): void {
  const { queries, queryCount } = options;
  const target = { codes, stride: queryCount };
  if (probes === 1) hash(hasher, queries, queryCount, codes);
  else if ('offsets' in queries && hasher.probeSparse)
    hasher.probeSparse(queries, queryCount, probes, target);
  else if (!('offsets' in queries) && hasher.probe) hasher.probe(queries, queryCount, probes, target);
  else throw new TypeError(`tune: ${probes} probes take a family that has them; this one has not.`);
}

function dimensionsOf({ vectors, dimensions }: TuneOptions): number {
  if ('offsets' in vectors) {
    if (dimensions === undefined) throw new TypeError('tune: sparse vectors need the option dimensions.');
    return dimensions;
  }
  return dimensions ?? vectors.width;
}

/** Of a query, on the average. */
function nonZerosOf({ queries, queryCount }: TuneOptions): number {
  if (!('offsets' in queries)) return queries.width;
  return ((queries.offsets[queryCount] ?? 0) - (queries.offsets[0] ?? 0)) / queryCount;
}

function relevantOf(options: TuneOptions): IdLists {
  const { team, vectors, count, queries, queryCount, relevant = 10, family, hashes = [4] } = options;
  if (typeof relevant !== 'number') return checkLists(relevant, queryCount, count);
  checkInteger('tune', 'relevant', relevant, 1, count);
  const { kind, similarity } = familyOf(family(hashes[0] as number, 1));
  if (
    'offsets' in vectors ||
    'offsets' in queries ||
    (similarity !== 'cosine' && similarity !== 'euclidean')
  ) {
    throw new TypeError(
      `tune: the relevant items of sparse vectors, or of the family ${kind}, have to be given as lists.`,
    );
  }
  return nearestItems(team, vectors, count, queries, queryCount, relevant, similarity);
}

function checkLists(lists: IdLists, queryCount: number, count: number): IdLists {
  const { offsets, ids } = lists;
  const end = offsets[queryCount] ?? Number.NaN;
  if (!(offsets[0] === 0 && end > 0 && end <= ids.length)) {
    throw new RangeError(
      `tune: the relevant items of ${queryCount} queries need ${queryCount + 1} offsets, from 0 to at most the number of ` +
        `ids, which is above 0; got ${offsets.length} and ${ids.length}.`,
    );
  }
  for (let i = 0; i < end; i++) {
    const id = ids[i] as number;
    if (!(Number.isInteger(id) && id >= 0 && id < count)) {
      throw new RangeError(`tune: relevant items are from 0 to ${count - 1}; got ${id}.`);
    }
  }
  return lists;
}

function checkOptions(options: TuneOptions): void {
  checkNames('tune', options, OPTIONS);
  const {
    count,
    queryCount,
    recall,
    items = count,
    mostTables = 100,
    probes = [1],
    minCollisions = [1],
  } = options;
  checkInteger('tune', 'count', count, 1, 2 ** 29);
  checkInteger('tune', 'queryCount', queryCount, 1, 2 ** 29);
  checkInteger('tune', 'items', items, 1, 2 ** 29);
  checkInteger('tune', 'mostTables', mostTables, 1, 65_000);
  for (const number of probes) checkInteger('tune', 'probes', number, 1, 2 ** 16);
  for (const number of minCollisions) checkInteger('tune', 'minCollisions', number, 1, mostTables);
  if (!(recall > 0 && recall <= 1)) {
    throw new RangeError(`tune: recall is above 0 and at most 1; got ${recall}.`);
  }
}
