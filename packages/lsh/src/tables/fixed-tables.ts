/**
 * Hash tables whose buckets hold so many items and no more, as in SLIDE (Chen et al. 2020, section 3.1.3): what a full one
 * does with another item is its replacement. Studies compare them with HashTables, which lose nothing.
 */
import { feedBuckets, randomStream, readFileBytes, type Team, tensorOf } from '@hashgrad/kernels';
import { BucketTables, type TablesStatistics } from './bucket-tables.ts';
import { checkInteger } from '../family.ts';
import { checkCodes } from './query.ts';
import {
  decodeTables,
  LOAD_OPTIONS,
  type LoadedTables,
  type LoadOptions,
  type TableContents,
} from './table-file.ts';
import { checkNames, quoted } from '../vectors/check-flat.ts';
import { type FileBytes, named } from '../vectors/index-source.ts';

const REPLACEMENTS = ['fifo', 'reservoir'] as const;

/** Size of the tables, and what becomes of an item whose bucket is full. */
export interface FixedTablesOptions {
  /** Ids are 0 to items - 1. */
  readonly items: number;
  /** L in the papers. */
  readonly tables: number;
  /** Codes are 0 to buckets - 1. */
  readonly buckets: number;
  /** Items that a bucket holds at most; 1 or more. SLIDE's is 128. */
  readonly capacity: number;
  /**
   * 'fifo': a further item replaces the oldest. 'reservoir': it replaces one at random, or is not taken, such that each of
   * the n items that a bucket has seen is held with probability capacity / n (Vitter 1985).
   */
  readonly replacement: (typeof REPLACEMENTS)[number];
  /** Of the reservoir's draws. Default 1. */
  readonly seed?: number;
  readonly team: Team;
}

/** How full the tables are, and what they no longer hold. */
export interface FixedTablesStatistics extends TablesStatistics {
  /** Share of what was inserted since the tables were empty that they hold; 1 if that was nothing. */
  readonly kept: number;
}

const OPTIONS = ['items', 'tables', 'buckets', 'capacity', 'replacement', 'seed', 'team'];

const KIND = 'fixed tables';

/** Words of a bucket's record: where its items start and end, and how many it has seen (FIFO: see the kernel). */
const RECORD = 3;

/**
 * L hash tables whose buckets hold so many items and no more (SLIDE, Chen et al., MLSys 2020, section 3.1): further
 * ones replace others.
 */
export class FixedTables extends BucketTables {
  readonly capacity: number;
  readonly replacement: (typeof REPLACEMENTS)[number];
  /** Two words of each table's random stream. */
  readonly #states: Uint32Array;
  #inserted = 0;

  /**
   * Takes 4 L buckets (capacity + 3) bytes.
   * @throws {RangeError} if an option is unknown or out of range, or the tables would not fit.
   */
  constructor(options: FixedTablesOptions) {
    checkNames('FixedTables', options, OPTIONS);
    const { items, tables, buckets, capacity, replacement, seed = 1, team } = options;
    checkInteger('FixedTables', 'items', items, 0, 2 ** 29);
    checkInteger('FixedTables', 'tables', tables, 1, 65_000);
    checkInteger('FixedTables', 'buckets', buckets, 1, 2 ** 28);
    checkInteger('FixedTables', 'capacity', capacity, 1, 2 ** 28);
    if (!REPLACEMENTS.includes(replacement)) {
      throw new RangeError(
        `FixedTables: replacement is '${REPLACEMENTS.join("' or '")}'; got ${quoted(replacement)}.`,
      );
    }
    const random = randomStream(seed, 'reservoir');
    const slotStride = buckets * capacity;
    const [boundWords, slotWords] = [tables * buckets * RECORD, tables * slotStride];
    // First, for the kernel reads its 64-bit words.
    const memory = team.arena.int32(2 * tables + boundWords + slotWords);
    const bounds = memory.subarray(2 * tables, 2 * tables + boundWords);
    const layout = { items, tables, buckets, bounds, boundStride: RECORD, tableStride: buckets * RECORD };
    super(team, { ...layout, slots: memory.subarray(2 * tables + boundWords), slotStride }, memory);
    this.capacity = capacity;
    this.replacement = replacement;
    this.#states = new Uint32Array(memory.buffer, memory.byteOffset, 2 * tables);
    for (let i = 0; i < this.#states.length; i++) this.#states[i] = random.integer(2 ** 32);
    this.clear();
  }

  /**
   * Adds items: ids[i] has code codes[t * ids.length + i] in table t; both arrays lie in the arena. An item that is inserted
   * again is one more item of its buckets, which count it as often as they hold it.
   * @throws {RangeError} if an id is out of range or a code no bucket; nothing is then changed.
   */
  insert(ids: Int32Array, codes: Uint32Array): void {
    this.checkOpen();
    this.team.arena.check(ids);
    for (const id of ids) {
      if (id >= 0 && id < this.items) continue;
      throw new RangeError(`insert: item ${id} is none; ids are from 0 to ${this.items - 1}.`);
    }
    this.#fill(ids, codes, ids.length);
  }

  /** Empties the tables and inserts items 0 to items - 1; item i has code codes[t * items + i] in table t. */
  build(codes: Uint32Array): void {
    this.checkOpen();
    checkCodes(this.team, codes, this.tables, this.buckets, this.items);
    this.team.arena.check(codes);
    this.clear();
    this.#fill(undefined, codes, this.items);
  }

  /** Takes all items out. Random streams go on where they are. */
  clear(): void {
    this.checkOpen();
    const { bounds } = this.layout;
    for (let at = 0, b = 0; at < bounds.length; at += RECORD) {
      bounds[at] = b * this.capacity;
      bounds[at + 1] = b * this.capacity;
      bounds[at + 2] = 0;
      b = b + 1 === this.buckets ? 0 : b + 1;
    }
    this.#inserted = 0;
  }

  override statistics(): FixedTablesStatistics {
    this.checkOpen();
    const held = this.#held().reduce((sum, size) => sum + size, 0);
    return {
      ...super.statistics(),
      kept: this.#inserted > 0 ? held / (this.tables * this.#inserted) : 1,
    };
  }

  /**
   * Tables as they were saved by `toBytes`: they go on as the saved ones would have.
   * @throws {Error} naming the file, what was expected and what is there, if it is damaged or holds something else.
   * @throws {TypeError | RangeError} if bytes are none, or an option is unknown.
   */
  static fromBytes(bytes: FileBytes, given: LoadOptions): LoadedTables<FixedTables> {
    checkNames('fromBytes', given, LOAD_OPTIONS);
    const { team } = given;
    const { file, fields, metadata } = decodeTables(bytes, KIND, given);
    const shape = file.tensors['seen']?.shape ?? [];
    const [tableCount = 0, buckets = 0] = shape;
    const seen = tensorOf(file, 'seen', 'U32', [tableCount, buckets]);
    const states = tensorOf(file, 'states', 'U32', [tableCount, 2]);
    const { items, capacity, replacement, inserted } = fields;
    const options = { items, capacity, replacement, tables: tableCount, buckets, team } as FixedTablesOptions;
    const tables = named(file.name, () => new FixedTables(options));
    try {
      const sizes = tables.#restore(file.name, seen);
      const ids = tensorOf(file, 'ids', 'I32', [sizes.reduce((sum, size) => sum + size, 0)]);
      tables.#restoreIds(file.name, ids, sizes);
      tables.#states.set(states);
      tables.#inserted = checkInserted(file.name, inserted, sizes, buckets);
    } catch (error) {
      tables.close();
      throw error;
    }
    return { tables, metadata };
  }

  /** Reads what `save` wrote. @throws {Error} as `fromBytes`, or what the file system says. */
  static load(path: string, given: { readonly team: Team }): LoadedTables<FixedTables> {
    checkNames('load', given, ['team']);
    return FixedTables.fromBytes(readFileBytes(path), { team: given.team, name: path });
  }

  protected override contents(): TableContents {
    const { items, tables, buckets, capacity, replacement } = this;
    const { bounds, slots } = this.layout;
    const sizes = this.#held();
    const ids = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    sizes.forEach((size, b) => {
      ids.set(slots.subarray(b * capacity, b * capacity + size), at);
      at += size;
    });
    const seen = Uint32Array.from(sizes, (_, b) => bounds[b * RECORD + 2] as number);
    return {
      kind: KIND,
      fields: { items, capacity, replacement, inserted: this.#inserted },
      tensors: {
        seen: { dtype: 'U32', shape: [tables, buckets], data: seen },
        ids: { dtype: 'I32', shape: [ids.length], data: ids },
        states: { dtype: 'U32', shape: [tables, 2], data: this.#states },
      },
    };
  }

  /** The number of items in every bucket of every table. */
  #held(): Int32Array {
    const { bounds } = this.layout;
    const record = (b: number, word: number): number => bounds[b * RECORD + word] as number;
    return Int32Array.from({ length: this.tables * this.buckets }, (_, b) => record(b, 1) - record(b, 0));
  }

  /** Takes over what buckets have seen; how many items each of them holds. */
  #restore(name: string, seen: Uint32Array): Int32Array {
    const { bounds } = this.layout;
    // FIFO counts from capacity to 2 * capacity - 1 once a bucket is full; a reservoir's count stays where it ends.
    const most = this.replacement === 'fifo' ? 2 * this.capacity - 1 : 2 ** 32 - 2;
    const wrong = seen.findIndex((count) => count > most);
    if (wrong >= 0) {
      throw new Error(
        `${name}: expected a count from 0 to ${most} at number ${wrong} of the tensor 'seen'; got ${seen[wrong]}.`,
      );
    }
    const sizes = Int32Array.from(seen, (count) => Math.min(count, this.capacity));
    sizes.forEach((size, b) => {
      bounds[b * RECORD + 1] = (bounds[b * RECORD] as number) + size;
      bounds[b * RECORD + 2] = seen[b] as number;
    });
    return sizes;
  }

  #restoreIds(name: string, ids: Int32Array, sizes: Int32Array): void {
    ids.forEach((id, i) => {
      if (id >= 0 && id < this.items) return;
      throw new Error(
        `${name}: expected an id from 0 to ${this.items - 1} at number ${i} of the tensor 'ids'; got ${id}.`,
      );
    });
    let at = 0;
    sizes.forEach((size, b) => {
      this.layout.slots.set(ids.subarray(at, at + size), b * this.capacity);
      at += size;
    });
  }

  /** Adds items: those of `ids`, or 0 to count - 1. */
  #fill(ids: Int32Array | undefined, codes: Uint32Array, count: number): void {
    const { team, tables, buckets, capacity } = this;
    team.arena.check(codes);
    checkCodes(team, codes, tables, buckets, count);
    const { bounds, slots } = this.layout;
    const how = { capacity, buckets, states: this.#states, reservoir: this.replacement === 'reservoir' };
    feedBuckets(team, { bounds, slots, ...how, ids, codes, codeStride: count, items: count }, tables);
    this.#inserted += count;
  }
}

/**
 * How many items were inserted: each is seen by one bucket of every table.
 * @throws {Error} naming the file, if that is no number or less than what a table's buckets hold.
 */
function checkInserted(name: string, inserted: unknown, sizes: Int32Array, buckets: number): number {
  let most = 0;
  for (let first = 0; first < sizes.length; first += buckets) {
    most = Math.max(
      most,
      sizes.subarray(first, first + buckets).reduce((sum, size) => sum + size, 0),
    );
  }
  if (Number.isSafeInteger(inserted) && (inserted as number) >= most) return inserted as number;
  throw new Error(
    `${name}: expected 'inserted' to be an integer of ${most} or more, for so many items are held; got ${JSON.stringify(inserted)}.`,
  );
}
