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
  /** In how many tables each returned id collided. Left alone where it is not given. */
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
    checkInteger('HashTables', 'items', items, 0, 2 ** 31 - 1);
    checkInteger('HashTables', 'tables', tables, 1, 65_000);
    checkInteger('HashTables', 'buckets', buckets, 1, Math.floor(MOST_BUCKETS / tables) - 1);
    this.items = items;
    this.tables = tables;
    this.buckets = buckets;
    this.#team = team;
    this.#starts = team.arena.int32(tables * (buckets + 1));
    this.#items = team.arena.int32(tables * items);
  }

  /** Puts every item into its buckets; item i has code codes[t * items + i] in table t. */
  build(codes: Uint32Array): void {
    if (codes.length < this.tables * this.items) {
      throw new RangeError(
        `${this.tables} tables of ${this.items} items need ${this.tables * this.items} codes; got ${codes.length}.`,
      );
    }
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

  /** Looks up `count` queries; query s has code codes[t * count + s] in table t. Everything lies in the arena. */
  query(codes: Uint32Array, count: number, options: QueryOptions, result: QueryResult): void {
    const { arena } = this.#team;
    const { limit, forced } = options;
    checkInteger('query', 'limit', limit, 1, 2 ** 31 - 1);
    if (
      result.ids.length < count * limit ||
      result.lengths.length < count ||
      result.candidates.length < count
    ) {
      throw new RangeError(`${count} queries of at most ${limit} ids do not fit into the result.`);
    }
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
      { scratch: arena.kernels.lookupScratchBytes(this.items, this.tables) },
    );
    if (options.ascending) {
      this.#team.run(
        'sortIds',
        [arena.address(result.ids), limit, arena.address(result.lengths), this.items],
        count,
        { scratch: Math.ceil(this.items / 64) * 8 },
      );
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
    this.#team.arena.free(this.#starts);
    this.#team.arena.free(this.#items);
  }
}

/** Probability that an item is found in at least one of `tables` tables, if it collides in one with probability `p`. */
export function inclusionProbability(p: number, tables: number): number {
  return 1 - (1 - p) ** tables;
}
