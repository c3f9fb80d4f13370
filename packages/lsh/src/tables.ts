/** Hash tables as compressed sparse rows, and the ways of asking them. */
import type { Team } from '@hashgrad/kernels';
import { checkInteger } from './family.ts';

export interface TablesOptions {
  /** Items that the tables hold: ids are 0 to items - 1. */
  readonly items: number;
  /** L in the papers. */
  readonly tables: number;
  /** Codes are 0 to buckets - 1. */
  readonly buckets: number;
  readonly team: Team;
}

export interface QueryOptions {
  /** At most so many ids a query. */
  readonly limit: number;
  /**
   * 'count': those that collide in the most tables (among equals, those met first), the best recall for its size.
   * 'union': tables are visited in order until `limit` ids are met, the least work (SLIDE's vanilla sampling).
   * Default 'count'.
   */
  readonly rank?: 'count' | 'union';
  /** Ids that each query gets first, whether they collide or not; lists in an arena (SLIDE's labels). */
  readonly forced?: { readonly offsets: Int32Array; readonly ids: Int32Array } | undefined;
  /** Whether the ids of a query come ascending. Default false: in the order met. */
  readonly ascending?: boolean;
}

/** What queries found: query s has ids[s * limit] to ids[s * limit + lengths[s] - 1]. */
export interface QueryResult {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /** How many distinct items each query met; what exceeds `limit` was not returned. */
  readonly candidates: Int32Array;
  /**
   * In how many of the tables that were visited each returned id collided; 0 for forced ids. Laid out as `ids`, and left
   * out where nobody asks.
   */
  readonly collisions?: Int32Array | undefined;
}

/** How full the tables are. */
export interface TablesStatistics {
  /** Mean share of buckets that hold an item. */
  readonly occupancy: number;
  readonly largestBucket: number;
  /** Mean number of items in the bucket of an item drawn at random: what a query like the data streams from a table. */
  readonly meanBucketOfItem: number;
  readonly bytes: number;
}

/** Buckets of all tables together, so that their bounds stay within 1 GiB. */
const MOST_BUCKETS = 2 ** 28;

export class HashTables implements Disposable {
  readonly items: number;
  readonly tables: number;
  readonly buckets: number;
  readonly #team: Team;
  /** tables x (buckets + 1): where each bucket's items start. */
  readonly #starts: Int32Array;
  /** tables x items: ids, by bucket. */
  readonly #items: Int32Array;

  /** @throws {RangeError} if a number is out of range or the tables would not fit. */
  constructor(options: TablesOptions) {
    const { items, tables, buckets, team } = options;
    checkInteger('HashTables', 'items', items, 0, 2 ** 29);
    checkInteger('HashTables', 'tables', tables, 1, 65_000);
    checkInteger('HashTables', 'buckets', buckets, 1, Math.floor(MOST_BUCKETS / tables) - 1);
    this.items = items;
    this.tables = tables;
    this.buckets = buckets;
    this.#team = team;
    // One piece, so that there is either room for both or nothing to give back.
    const bounds = tables * (buckets + 1);
    const memory = team.arena.int32(bounds + tables * items);
    this.#starts = memory.subarray(0, bounds);
    this.#items = memory.subarray(bounds);
  }

  /**
   * Puts every item into its buckets; item i has code codes[t * items + i] in table t.
   * @throws {RangeError} if there are too few codes, or one is no bucket.
   */
  build(codes: Uint32Array): void {
    this.#checkCodes(codes, this.items);
    const { arena } = this.#team;
    this.#team.run(
      'buildTables',
      [
        arena.address(this.#starts),
        arena.address(this.#items),
        this.items,
        arena.address(codes),
        this.items,
        this.items,
        this.buckets,
      ],
      this.tables,
      { grain: 1 },
    );
  }

  /**
   * Looks up `count` queries; query s has code codes[t * count + s] in table t. Everything lies in the arena.
   * @throws {RangeError} if an array is too short, a code is no bucket or a forced id no item.
   */
  query(codes: Uint32Array, count: number, options: QueryOptions, result: QueryResult): void {
    const { arena } = this.#team;
    const { limit, forced } = options;
    checkInteger('query', 'limit', limit, 1, 2 ** 31 - 1);
    if (
      result.ids.length < count * limit ||
      result.lengths.length < count ||
      result.candidates.length < count ||
      (result.collisions && result.collisions.length < count * limit)
    ) {
      throw new RangeError(`${count} queries of at most ${limit} ids do not fit into the result.`);
    }
    this.#checkCodes(codes, count);
    if (forced) this.#checkForced(forced, count);
    this.#team.run(
      'lookup',
      [
        arena.address(result.ids),
        arena.address(result.lengths),
        result.collisions ? arena.address(result.collisions) : 0,
        arena.address(result.candidates),
        arena.address(codes),
        count,
        arena.address(this.#starts),
        arena.address(this.#items),
        this.items,
        this.tables,
        this.buckets,
        this.items,
        limit,
        options.rank === 'union' ? 0 : 1,
        forced ? arena.address(forced.offsets) : 0,
        forced ? arena.address(forced.ids) : 0,
      ],
      count,
      // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
      { scratch: arena.kernels.lookupScratchBytes(this.items, this.tables) >>> 0 },
    );
    if (options.ascending && result.collisions) sortWithCollisions(result, result.collisions, count, limit);
    else if (options.ascending) {
      this.#team.run(
        'sortIds',
        [arena.address(result.ids), limit, arena.address(result.lengths), this.items],
        count,
        { scratch: Math.ceil(this.items / 64) * 8 },
      );
    }
  }

  /** A code that is no bucket would make kernels write outside of the tables. */
  #checkCodes(codes: Uint32Array, count: number): void {
    const { tables, buckets } = this;
    const needed = tables * count;
    if (codes.length < needed) {
      throw new RangeError(
        `${tables} codes for each of ${count} vectors are ${needed} codes; got ${codes.length}.`,
      );
    }
    for (let i = 0; i < needed; i++) {
      if ((codes[i] as number) >= buckets) {
        throw new RangeError(
          `Codes are from 0 to ${buckets - 1}; vector ${i % count} has ${codes[i]} in table ${Math.floor(i / count)}.`,
        );
      }
    }
  }

  #checkForced({ offsets, ids }: NonNullable<QueryOptions['forced']>, count: number): void {
    const end = offsets[count] ?? Infinity;
    if (ids.length < end) {
      throw new RangeError(
        `The forced ids of ${count} queries need ${count + 1} offsets, the last at most the number of ids; ` +
          `got ${offsets.length} and ${ids.length}.`,
      );
    }
    for (let i = offsets[0] ?? 0; i < end; i++) {
      const id = ids[i] as number;
      if (!(id >= 0 && id < this.items)) {
        throw new RangeError(`Forced ids are from 0 to ${this.items - 1}; got ${id}.`);
      }
    }
  }

  /** How full the tables are now. */
  statistics(): TablesStatistics {
    const { tables, buckets, items } = this;
    let occupied = 0;
    let largestBucket = 0;
    let squares = 0;
    for (let t = 0; t < tables; t++) {
      for (let b = 0; b < buckets; b++) {
        const at = t * (buckets + 1) + b;
        const size = (this.#starts[at + 1] ?? 0) - (this.#starts[at] ?? 0);
        if (size > 0) occupied++;
        largestBucket = Math.max(largestBucket, size);
        squares += size * size;
      }
    }
    return {
      occupancy: occupied / (tables * buckets),
      largestBucket,
      meanBucketOfItem: items > 0 ? squares / (tables * items) : 0,
      bytes: this.#starts.byteLength + this.#items.byteLength,
    };
  }

  [Symbol.dispose](): void {
    // The start of the piece that both are in.
    this.#team.arena.free(this.#starts);
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

/** Probability that an item is found in at least one of `tables` tables, if it collides in one with probability `p`. */
export function inclusionProbability(p: number, tables: number): number {
  return 1 - (1 - p) ** tables;
}
