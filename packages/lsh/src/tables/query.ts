/** Asking hash tables, however they keep their buckets. */
import { type AskedTables, countBitmaps, largestCode, lookup, sortIds, type Team } from '@hashgrad/kernels';
import { inclusionProbability } from './estimators.ts';
import { checkInteger } from '../family.ts';
import { checkNames, quoted } from '../vectors/check-flat.ts';

/** Which of the items that collide with a query it wants. */
export interface QueryOptions {
  /** At most so many ids a query. */
  readonly limit: number;
  /**
   * 'count': those that collide in the most tables (among equals, those met first), the best recall for its size.
   * 'union': tables are visited in order until `limit` ids are found, the least work (SLIDE's vanilla sampling).
   * Default 'count'.
   */
  readonly rank?: 'count' | 'union';
  /**
   * Only ids that collide in so many tables or more: SLIDE's threshold sampling, and MagicPIG's rule with 2. Default 1.
   * It goes with either rank; 'union' goes on until `limit` ids have so many collisions.
   */
  readonly minCollisions?: number;
  /**
   * Buckets of each table that are looked up (multi-probe; Lv et al., VLDB 2007): query s has codes[(t * probes + p) *
   * count + s] for p from 0 to probes - 1, all different, the likeliest first. Default 1.
   */
  readonly probes?: number;
  /** Ids that each query gets first, whether they collide or not; lists in an arena (SLIDE's labels). */
  readonly forced?: { readonly offsets: Int32Array; readonly ids: Int32Array } | undefined;
  /** Whether the ids of a query come ascending. Default false: in the order met. */
  readonly ascending?: boolean;
  /**
   * The probability that an item lies in the bucket of a query in one table (in one of its buckets, with several probes):
   * `collisionProbability(spec, similarity)` of the two. It is what `inclusion` of the result is computed from.
   */
  readonly collisionProbability?: (query: number, id: number) => number;
}

const OPTIONS = ['limit', 'rank', 'minCollisions', 'probes', 'forced', 'ascending', 'collisionProbability'];

/** What queries found: query s has ids[s * limit] to ids[s * limit + lengths[s] - 1]. */
export interface QueryResult {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /**
   * How many distinct items each query met, those with too few collisions left out; what exceeds `limit` was
   * not returned.
   */
  readonly candidates: Int32Array;
  /**
   * In how many of the tables that were visited each returned id collided; 0 for forced ids. Laid out as `ids`, and left
   * out where nobody asks.
   */
  readonly collisions?: Int32Array | undefined;
  /** How many tables each query visited: all of them, unless a union stops. Left out where nobody asks. */
  readonly visited?: Int32Array | undefined;
  /**
   * The probability, over draws of the hash functions, with which each returned id is found: estimators weigh by it. Laid
   * out as `ids`, in any memory; needs `collisionProbability` in the options. Forced ids have 1. Those of a query whose
   * list was cut (candidates above `limit`) have NaN with rank 'count': what is best among others has no such law. For a
   * union it is the probability to be found in the tables visited, though when to stop depends on what they held.
   */
  readonly inclusion?: Float64Array | undefined;
}

/** Where buckets lie; ids are below `items`. */
export interface Layout extends AskedTables {
  readonly buckets: number;
  /** The buckets once more, a bit for each item, where queries are faster with them. */
  readonly bitmaps?: Int32Array | undefined;
}

/** Looks up `count` queries. @throws {RangeError} before anything is written, if they do not fit together. */
export function runQuery(
  team: Team,
  layout: Layout,
  codes: Uint32Array,
  count: number,
  options: QueryOptions,
  result: QueryResult,
): void {
  const { arena } = team;
  const { items } = layout;
  const { limit, minCollisions = 1, probes = 1, rank = 'count', forced } = options;
  checkQuery(team, layout, codes, count, options, result);
  // Which tables a union visited is part of the probabilities.
  const visited = result.visited ?? (result.inclusion ? arena.int32(count) : undefined);
  const { ids, lengths, collisions, candidates } = result;
  try {
    const found = { ids, lengths, collisions, candidates, visited };
    const asked = { codes, codeStride: count, probes, tables: layout, forced };
    if (ranksBitmaps(layout, options, result)) {
      const { bitmaps, buckets, tables } = layout;
      countBitmaps(
        team,
        { ...asked, ...found, bitmaps, buckets, tables, items, limit, minCollisions },
        count,
      );
      visited?.fill(tables, 0, count);
      return;
    }
    // It takes more scratch than sorting does: nothing fails once results are written.
    lookup(team, { ...found, ...asked, limit, minCollisions, ranked: rank !== 'union' }, count);
    if (options.ascending && collisions) sortWithCollisions(result, collisions, count, limit);
    else if (options.ascending) sortIds(team, { ids, stride: limit, lengths, items }, count);
    if (visited) writeInclusion(result, visited, count, options);
  } finally {
    if (visited && visited !== result.visited) arena.free(visited);
  }
}

/** Whether a query is one that bitmaps answer: what it is not told is in what order items were met, and how often each. */
function ranksBitmaps(
  layout: Layout,
  { rank = 'count', ascending, forced }: QueryOptions,
  { collisions, inclusion }: QueryResult,
): layout is Layout & { readonly bitmaps: Int32Array } {
  const ranked = rank === 'count' && ascending === true;
  return layout.bitmaps !== undefined && ranked && !forced && !collisions && !inclusion;
}

function checkQuery(
  team: Team,
  layout: Layout,
  codes: Uint32Array,
  count: number,
  options: QueryOptions,
  result: QueryResult,
): void {
  const { limit, minCollisions = 1, probes = 1, rank = 'count', forced } = options;
  checkNames('query', options, OPTIONS);
  checkInteger('query', 'count', count, 0, 2 ** 31 - 1);
  checkInteger('query', 'limit', limit, 1, 2 ** 31 - 1);
  checkInteger('query', 'minCollisions', minCollisions, 1, layout.tables);
  checkInteger('query', 'probes', probes, 1, layout.buckets);
  if (rank !== 'count' && rank !== 'union') {
    throw new RangeError(`query: rank is 'count' or 'union'; got ${quoted(rank)}.`);
  }
  for (const [view, needed] of [
    [result.ids, count * limit],
    [result.lengths, count],
    [result.candidates, count],
    [result.collisions, count * limit],
    [result.visited, count],
    [result.inclusion, count * limit],
  ] as const) {
    if (view && view.length < needed) {
      throw new RangeError(`${count} queries of at most ${limit} ids do not fit into the result.`);
    }
  }
  if (result.inclusion && !options.collisionProbability) {
    throw new RangeError('Inclusion probabilities need the option collisionProbability to be computed from.');
  }
  checkCodes(team, codes, layout.tables, layout.buckets, count, probes);
  if (forced) checkForced(forced, count, layout.items);
}

/** A code that is no bucket would make kernels read or write outside of the tables. @throws {RangeError} if there is one. */
export function checkCodes(
  team: Team,
  codes: Uint32Array,
  tables: number,
  buckets: number,
  count: number,
  probes = 1,
): void {
  const needed = tables * probes * count;
  if (codes.length < needed) {
    throw new RangeError(
      `${tables * probes} codes for each of ${count} vectors are ${needed} codes; got ${codes.length}.`,
    );
  }
  // The kernel is quick; if there is one, the loop says where.
  if (team.arena.owns(codes) && largestCode(team, codes, needed) < buckets) return;
  for (let i = 0; i < needed; i++) {
    if (!((codes[i] as number) >= 0 && (codes[i] as number) < buckets)) {
      throw new RangeError(
        `Codes are from 0 to ${buckets - 1}; vector ${i % count} has ${codes[i]} in table ` +
          `${Math.floor(i / count / probes)}.`,
      );
    }
  }
}

function checkForced(
  { offsets, ids }: NonNullable<QueryOptions['forced']>,
  count: number,
  items: number,
): void {
  const end = offsets[count] ?? Infinity;
  if (ids.length < end) {
    throw new RangeError(
      `The forced ids of ${count} queries need ${count + 1} offsets, the last at most the number of ids; ` +
        `got ${offsets.length} and ${ids.length}.`,
    );
  }
  for (let s = 0; s < count; s++) {
    const [from, to] = [offsets[s] as number, offsets[s + 1] as number];
    if (from >= 0 && to >= from) continue;
    throw new RangeError(`The offsets of forced ids ascend from 0 or more; got ${to} after ${from}.`);
  }
  for (let i = offsets[0] as number; i < end; i++) {
    const id = ids[i] as number;
    if (!(id >= 0 && id < items)) {
      throw new RangeError(`Forced ids are from 0 to ${items - 1}; got ${id}.`);
    }
  }
}

/** Sorts ids and takes their collisions along, which the kernel does not: one number holds both. */
function sortWithCollisions(result: QueryResult, collisions: Int32Array, count: number, limit: number): void {
  for (let s = 0; s < count; s++) {
    const first = s * limit;
    const pairs = Float64Array.from(
      result.ids.subarray(first, first + (result.lengths[s] ?? 0)),
      (id, i) => id * 2 ** 16 + (collisions[first + i] ?? 0),
    ).toSorted();
    for (const [i, pair] of pairs.entries()) {
      result.ids[first + i] = Math.floor(pair / 2 ** 16);
      collisions[first + i] = pair % 2 ** 16;
    }
  }
}

function writeInclusion(
  { ids, lengths, candidates, inclusion }: QueryResult,
  visited: Int32Array,
  count: number,
  { limit, minCollisions = 1, rank = 'count', forced, collisionProbability }: QueryOptions,
): void {
  if (!inclusion || !collisionProbability) return;
  for (let s = 0; s < count; s++) {
    const always = new Set(forced?.ids.subarray(forced.offsets[s], forced.offsets[s + 1]));
    const cut = rank === 'count' && (candidates[s] as number) > limit;
    for (let i = 0; i < (lengths[s] as number); i++) {
      const id = ids[s * limit + i] as number;
      inclusion[s * limit + i] = always.has(id)
        ? 1
        : cut
          ? Number.NaN
          : inclusionProbability(collisionProbability(s, id), visited[s] as number, minCollisions);
    }
  }
}
