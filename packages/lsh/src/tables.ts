/** Hash tables as compressed sparse rows, and the ways of asking them. */
import type { Team } from '@hashgrad/kernels';
import { checkInteger } from './family.ts';
import { checkCodes, type Layout, type QueryOptions, type QueryResult, runQuery } from './query.ts';

export interface TablesOptions {
  /** Items that the tables hold: ids are 0 to items - 1. */
  readonly items: number;
  /** L in the papers. */
  readonly tables: number;
  /** Codes are 0 to buckets - 1. */
  readonly buckets: number;
  readonly team: Team;
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
  readonly #layout: Layout;

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
    this.#layout = {
      items,
      tables,
      buckets,
      bounds: this.#starts,
      boundStride: 1,
      tableStride: buckets + 1,
      slots: this.#items,
      slotStride: items,
    };
  }

  /**
   * Puts every item into its buckets; item i has code codes[t * items + i] in table t.
   * @throws {RangeError} if there are too few codes, or one is no bucket.
   */
  build(codes: Uint32Array): void {
    checkCodes(codes, this.tables, this.buckets, this.items);
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
   * Looks up `count` queries; query s has code codes[t * count + s] in table t (with several `probes`, see there).
   * Everything lies in the arena.
   * @throws {RangeError} if an array is too short, a number out of range, a code no bucket or a forced id no item.
   */
  query(codes: Uint32Array, count: number, options: QueryOptions, result: QueryResult): void {
    runQuery(this.#team, this.#layout, codes, count, options, result);
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
