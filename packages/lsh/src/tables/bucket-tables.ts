/** What all hash tables have in common: they are asked, described, saved and given back alike. */
import {
  countEntries,
  encodeSafetensors,
  encodeSafetensorsPieces,
  Resource,
  type Team,
  type View,
  writeFileAtomic,
} from '@hashgrad/kernels';
import { checkCodes, type Layout, type QueryOptions, type QueryResult, runQuery } from './query.ts';
import { checkInteger } from '../family.ts';
import { checkNames } from '../vectors/check-flat.ts';
import { type TableContents, tableMetadata } from './table-file.ts';

/** How full the tables are, and what asking them took. */
export interface TablesStatistics {
  /** Mean share of buckets that hold an item. */
  readonly occupancy: number;
  readonly largestBucket: number;
  /** Mean number of items in the bucket of an item drawn at random: what a query like the data streams from a table. */
  readonly meanBucketOfItem: number;
  /** Of the arena. */
  readonly bytes: number;
  /** How many queries were answered. */
  readonly queries: number;
  /** Their mean number of candidates; 0 if there were none. */
  readonly candidatesPerQuery: number;
}

/** What HashTables and FixedTables have in common: queries by codes, statistics and files. */
export abstract class BucketTables extends Resource {
  /** Ids are from 0 to items - 1. */
  readonly items: number;
  readonly tables: number;
  /** Codes are from 0 to buckets - 1. */
  readonly buckets: number;
  protected readonly team: Team;
  protected readonly layout: Layout;
  /** One piece of the arena with all that the tables keep there. */
  readonly #memory: View;
  #queries = 0;
  #candidates = 0;

  protected constructor(team: Team, layout: Layout, memory: View) {
    super('This set of hash tables');
    this.items = layout.items;
    this.tables = layout.tables;
    this.buckets = layout.buckets;
    this.team = team;
    this.layout = layout;
    this.#memory = memory;
  }

  /**
   * Looks up `count` queries; query s has code codes[t * count + s] in table t (with several `probes`, see there).
   * Everything but `inclusion` lies in the arena.
   * @throws {RangeError} if an option is unknown, an array is too short, a number out of range, a code no bucket, a forced id no item, or the
   * arena is full; nothing is then written.
   * @throws what `collisionProbability` throws; the result is then of no use.
   */
  query(codes: Uint32Array, count: number, options: QueryOptions, result: QueryResult): void {
    this.checkOpen();
    runQuery(this.team, this.layout, codes, count, options, result);
    this.#queries += count;
    for (let s = 0; s < count; s++) this.#candidates += result.candidates[s] as number;
  }

  /**
   * The items in a bucket, as a view that the next change of the tables may overwrite.
   * @throws {RangeError} if there is no such table or bucket.
   */
  bucket(table: number, code: number): Int32Array {
    this.checkOpen();
    if (!(Number.isInteger(table) && table >= 0 && table < this.tables)) {
      throw new RangeError(`Tables are from 0 to ${this.tables - 1}; got ${table}.`);
    }
    if (!(Number.isInteger(code) && code >= 0 && code < this.buckets)) {
      throw new RangeError(`Codes are from 0 to ${this.buckets - 1}; got ${code}.`);
    }
    const { bounds, boundStride, tableStride, slots, slotStride } = this.layout;
    const at = table * tableStride + code * boundStride;
    const first = table * slotStride;
    return slots.subarray(first + (bounds[at] as number), first + (bounds[at + 1] as number));
  }

  /**
   * How many entries `count` queries read: the items of their codes' buckets, laid out as for `query`, each as often as it is
   * there. `visited` says how many tables each query asked, as `query` wrote it; without it all of them. `probes` (default 1)
   * are the buckets of each table that they looked into.
   * @throws {RangeError} if there are too few codes, or one is no bucket. @throws {TypeError} if they are not the arena's.
   */
  entries(
    codes: Uint32Array,
    count: number,
    options: { readonly visited?: Int32Array | undefined; readonly probes?: number } = {},
  ): number {
    this.checkOpen();
    checkNames('entries', options, ['visited', 'probes']);
    const { visited, probes = 1 } = options;
    checkInteger('entries', 'count', count, 0, 2 ** 31 - 1);
    checkInteger('entries', 'probes', probes, 1, this.buckets);
    checkCodes(this.team, codes, this.tables, this.buckets, count, probes);
    return countEntries(this.team, { tables: this.layout, codes, probes, visited }, count);
  }

  /** How full the tables are now. */
  statistics(): TablesStatistics {
    this.checkOpen();
    const { bounds, boundStride, tableStride } = this.layout;
    let [occupied, largestBucket, items, squares] = [0, 0, 0, 0];
    for (let t = 0; t < this.tables; t++) {
      for (let b = 0; b < this.buckets; b++) {
        const at = t * tableStride + b * boundStride;
        const size = (bounds[at + 1] as number) - (bounds[at] as number);
        if (size > 0) occupied++;
        largestBucket = Math.max(largestBucket, size);
        items += size;
        squares += size * size;
      }
    }
    return {
      occupancy: occupied / (this.tables * this.buckets),
      largestBucket,
      meanBucketOfItem: items > 0 ? squares / items : 0,
      bytes: this.bytes,
      queries: this.#queries,
      candidatesPerQuery: this.#queries > 0 ? this.#candidates / this.#queries : 0,
    };
  }

  /** Bytes of the arena that the tables take. */
  get bytes(): number {
    this.checkOpen();
    return this.#memory.byteLength;
  }

  /** What `toBytes` writes. */
  protected abstract contents(): TableContents;

  /**
   * The tables as a safetensors file. `metadata` are strings of yours that go with it: the spec of the family and its seed,
   * for instance, from which the hasher can be bound again.
   * @throws {TypeError} if metadata are no strings.
   */
  toBytes(metadata?: Readonly<Record<string, string>>): Uint8Array {
    this.checkOpen();
    const contents = this.contents();
    return encodeSafetensors(contents.tensors, tableMetadata(contents, metadata));
  }

  /** Writes them to a file, at once: a process that is killed leaves the old file or the new one. */
  save(path: string, metadata?: Readonly<Record<string, string>>): void {
    this.checkOpen();
    const contents = this.contents();
    writeFileAtomic(path, encodeSafetensorsPieces(contents.tensors, tableMetadata(contents, metadata)));
  }

  protected override release(): void {
    this.team.arena.free(this.#memory);
  }
}
