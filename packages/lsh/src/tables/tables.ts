/** Hash tables as compressed sparse rows: no bucket overflows, no memory is wasted, and edits leave no trace in answers. */
import {
  bitmapWords,
  buildBitmaps,
  buildTables,
  editSlots,
  editTables,
  readFileBytes,
  type Team,
  tensorOf,
} from '@hashgrad/kernels';
import { BucketTables } from './bucket-tables.ts';
import { checkInteger } from '../family.ts';
import { checkCodes } from './query.ts';
import {
  decodeTables,
  LOAD_OPTIONS,
  type LoadedTables,
  type LoadOptions,
  type TableContents,
} from './table-file.ts';
import { checkNames } from '../vectors/check-flat.ts';
import { type FileBytes, named } from '../vectors/index-source.ts';

/** Size of the tables, and whether they can be edited. */
export interface TablesOptions {
  /** Items that the tables can hold: ids are 0 to items - 1. */
  readonly items: number;
  /** L in the papers. */
  readonly tables: number;
  /** Codes are 0 to buckets - 1. */
  readonly buckets: number;
  /**
   * Whether items can be inserted, updated and removed one by one between builds; codes are then kept, and buckets have
   * room to grow. Takes some 4 L (2.6 items + 3 buckets) bytes, where tables that are only built take 4 L (items +
   * buckets), and with 64 buckets or fewer of 16,384 items or fewer L items buckets / 8 more. Default false.
   */
  readonly editable?: boolean;
  readonly team: Team;
}

/** Buckets of all tables together, so that their bounds stay within 1 GiB. */
const MOST_BUCKETS = 2 ** 28;

/**
 * Tables of so few buckets and items have bitmaps beside their buckets, from which a look-up of 50 tables took 0.14 to 0.40 of the
 * time (16 and 64 buckets, 200 to 16,384 items). With more buckets fewer bits of a bitmap are set, and more memory holds none.
 */
const BITMAPS = { mostBuckets: 64, mostItems: 16_384 };

/** The code of an item that is not there. */
const NONE = 0xffffffff;

const OPTIONS = ['items', 'tables', 'buckets', 'editable', 'team'];

const KIND = 'tables';

/** What editable tables keep besides their buckets. */
interface Edits {
  /** tables x items; NONE for items that are not there. */
  readonly codes: Uint32Array;
  /** How many slots of each table are taken. */
  readonly tails: Int32Array;
  /** 1 for items that are there. */
  readonly live: Uint8Array;
}

/** L hash tables of item ids by their codes, each with all items: built at once, or edited one by one. */
export class HashTables extends BucketTables {
  readonly editable: boolean;
  readonly #edits: Edits | undefined;
  #size = 0;

  /** @throws {RangeError} if an option is unknown or out of range, or the tables would not fit. */
  constructor(options: TablesOptions) {
    checkNames('HashTables', options, OPTIONS);
    const { items, tables, buckets, editable = false, team } = options;
    checkInteger('HashTables', 'items', items, 0, 2 ** 29);
    checkInteger('HashTables', 'tables', tables, 1, 65_000);
    checkInteger('HashTables', 'buckets', buckets, 1, Math.floor(MOST_BUCKETS / tables) - 1);
    const { arena } = team;
    const [boundStride, tableStride] = editable ? [3, 3 * buckets] : [1, buckets + 1];
    // Of 2^29 items editSlots are below 2^30, which the kernels hold in 32 bits. Offsets in bytes do so as the whole does.
    const slotStride = editable ? editSlots(arena, items) : items;
    const ends = [tables * tableStride];
    const hasBitmaps = !editable && buckets <= BITMAPS.mostBuckets && items <= BITMAPS.mostItems;
    const bitmapSize = hasBitmaps ? tables * buckets * bitmapWords(arena, items) : 0;
    for (const size of [tables * slotStride, ...(editable ? [tables, tables * items] : [bitmapSize])]) {
      ends.push((ends.at(-1) as number) + size);
    }
    // Before the arena's, which would not be given back if there were no room for this.
    const live = new Uint8Array(editable ? items : 0);
    // One piece, so that there is either room for all or nothing to give back.
    const memory = arena.int32(ends.at(-1) as number);
    const bounds = memory.subarray(0, ends[0]);
    const slots = memory.subarray(ends[0], ends[1]);
    const bitmaps = hasBitmaps ? memory.subarray(ends[1], ends[2]) : undefined;
    const lists = { bounds, boundStride, tableStride, slots, slotStride };
    super(team, { items, tables, buckets, ...lists, bitmaps }, memory);
    this.editable = editable;
    if (!editable) return;
    const own = memory.subarray(ends[2]);
    this.#edits = {
      tails: memory.subarray(ends[1], ends[2]),
      codes: new Uint32Array(own.buffer, own.byteOffset, own.length).fill(NONE),
      live,
    };
  }

  /** How many items are there. */
  get size(): number {
    this.checkOpen();
    return this.#size;
  }

  /** Whether item `id` is there. */
  has(id: number): boolean {
    this.checkOpen();
    return this.#edits ? this.#edits.live[id] === 1 : id >= 0 && id < this.#size;
  }

  /**
   * Puts every item into its buckets, whatever was there; item i has code codes[t * items + i] in table t. Editable tables
   * keep a copy of the codes.
   * @throws {RangeError} if there are too few codes, one is no bucket, or the arena is full; the tables are then as they
   * were.
   */
  build(codes: Uint32Array): void {
    this.checkOpen();
    const { items, tables, buckets } = this;
    this.team.arena.check(codes);
    checkCodes(this.team, codes, this.tables, this.buckets, this.items);
    if (this.#edits) {
      this.#edits.codes.set(codes.subarray(0, tables * items));
      this.#edits.live.fill(1);
      this.#edit();
    } else {
      const { bounds, slots, bitmaps } = this.layout;
      const given = { codes, codeStride: items, items, buckets };
      buildTables(this.team, { bounds, slots, slotStride: items, ...given }, tables);
      if (bitmaps) buildBitmaps(this.team, { bitmaps, ...given }, tables);
    }
    this.#size = items;
  }

  /**
   * Adds items to editable tables: ids[i] has code codes[t * ids.length + i] in table t; both arrays lie in the arena.
   * @throws {RangeError} if an id is out of range or there already, or a code no bucket; nothing is then changed.
   * @throws {TypeError} if the tables are not editable.
   */
  insert(ids: Int32Array, codes: Uint32Array): void {
    const { live } = this.#editable('insert');
    this.#checkGiven(ids, codes);
    this.#mark('insert', ids, (id) => {
      if (live[id] === 1) return 'is there already; update gives it new codes';
      live[id] = 1;
      return undefined;
    });
    this.#edit(ids, codes);
    this.#size += ids.length;
  }

  /**
   * Gives items of editable tables new codes, as `insert` takes them. Only buckets that change cost time; if an id comes
   * twice, the last counts.
   * @throws {RangeError} if an item is not there, or a code no bucket; nothing is then changed.
   * @throws {TypeError} if the tables are not editable.
   */
  update(ids: Int32Array, codes: Uint32Array): void {
    const { live } = this.#editable('update');
    this.#checkGiven(ids, codes);
    this.#mark('update', ids, (id) => (live[id] === 1 ? undefined : 'is not there; insert adds it'));
    this.#edit(ids, codes);
  }

  /**
   * Takes items out of editable tables.
   * @throws {RangeError} if one is not there, or comes twice; nothing is then changed.
   * @throws {TypeError} if the tables are not editable.
   */
  remove(ids: Int32Array): void {
    const { live } = this.#editable('remove');
    this.team.arena.check(ids);
    this.#mark('remove', ids, (id) => {
      if (live[id] !== 1) return 'is not there';
      live[id] = 0;
      return undefined;
    });
    this.#edit(ids);
    this.#size -= ids.length;
  }

  /**
   * Editable tables with the same items in the same buckets, and room for `items`, which are no fewer. These stay as they
   * are, so that there is something left where the new ones do not fit.
   * @throws {RangeError} if `items` are fewer or the tables would not fit.
   * @throws {TypeError} if the tables are not editable.
   */
  grown(items: number): HashTables {
    const { codes, live } = this.#editable('grown');
    checkInteger('grown', 'items', items, this.items, 2 ** 29);
    const { tables, buckets, team } = this;
    const made = new HashTables({ items, tables, buckets, editable: true, team });
    const edits = made.#edits as Edits;
    for (let t = 0; t < tables; t++) {
      edits.codes.set(codes.subarray(t * this.items, (t + 1) * this.items), t * items);
    }
    edits.live.set(live);
    made.#edit();
    made.#size = this.#size;
    return made;
  }

  /** Takes all items out. */
  clear(): void {
    this.checkOpen();
    this.layout.bounds.fill(0);
    this.layout.bitmaps?.fill(0);
    this.#edits?.codes.fill(NONE);
    this.#edits?.tails.fill(0);
    this.#edits?.live.fill(0);
    this.#size = 0;
  }

  /**
   * Tables as they were saved by `toBytes`.
   * @throws {Error} naming the file, what was expected and what is there, if it is damaged or holds something else.
   * @throws {TypeError | RangeError} if bytes are none, or an option is unknown.
   */
  static fromBytes(bytes: FileBytes, given: LoadOptions): LoadedTables<HashTables> {
    checkNames('fromBytes', given, LOAD_OPTIONS);
    const { team } = given;
    const { file, fields, metadata } = decodeTables(bytes, KIND, given);
    const shape = file.tensors['codes']?.shape ?? [];
    const codes = tensorOf(file, 'codes', 'U32', [shape[0] ?? 0, shape[1] ?? 0]);
    const { buckets, editable } = fields;
    if (typeof editable !== 'boolean') {
      throw new Error(
        `${file.name}: expected 'editable' to be true or false; got ${JSON.stringify(editable)}.`,
      );
    }
    const sizes = { items: shape[1] ?? 0, tables: shape[0] ?? 0, buckets: buckets as number };
    const options = { ...sizes, editable, team };
    const tables = named(file.name, () => new HashTables(options));
    try {
      tables.#restore(file.name, codes);
    } catch (error) {
      tables.close();
      throw error;
    }
    return { tables, metadata };
  }

  /** Reads what `save` wrote. @throws {Error} as `fromBytes`, or what the file system says. */
  static load(path: string, given: { readonly team: Team }): LoadedTables<HashTables> {
    checkNames('load', given, ['team']);
    return HashTables.fromBytes(readFileBytes(path), { team: given.team, name: path });
  }

  protected override contents(): TableContents {
    const { items, tables, buckets, editable } = this;
    const codes = { dtype: 'U32', shape: [tables, items], data: this.#codes() } as const;
    return { kind: KIND, fields: { buckets, editable }, tensors: { codes } };
  }

  /** The codes of all items, by table; NONE for those that are not there. */
  #codes(): Uint32Array {
    if (this.#edits) return this.#edits.codes;
    const { items, tables, buckets } = this;
    const { bounds, slots, tableStride } = this.layout;
    const codes = new Uint32Array(tables * items).fill(NONE);
    for (let t = 0; t < tables; t++) {
      for (let b = 0, i = 0; b < buckets; b++) {
        const end = bounds[t * tableStride + b + 1] as number;
        for (; i < end; i++) codes[t * items + (slots[t * items + i] as number)] = b;
      }
    }
    return codes;
  }

  #restore(name: string, codes: Uint32Array): void {
    const { items, buckets } = this;
    const live = Uint8Array.from(codes.subarray(0, items), (code) => Number(code !== NONE));
    const size = live.reduce((sum, one) => sum + one, 0);
    // Of tables that are only built, all items are there, or none if they never were.
    const all = this.#edits ? live : new Uint8Array(items).fill(Number(size > 0));
    codes.forEach((code, i) => {
      if (all[i % items] === 1 ? code < buckets : code === NONE) return;
      const expected = all[i % items] === 1 ? `a code from 0 to ${buckets - 1}` : `${NONE}, as in table 0,`;
      throw new Error(`${name}: expected ${expected} at number ${i} of the tensor 'codes'; got ${code}.`);
    });
    if (this.#edits) {
      this.#edits.codes.set(codes);
      this.#edits.live.set(live);
      this.#edit();
      this.#size = size;
    } else if (size > 0) {
      const { arena } = this.team;
      const own = arena.uint32(codes.length);
      try {
        own.set(codes);
        this.build(own);
      } finally {
        arena.free(own);
      }
    }
  }

  #editable(verb: string): Edits {
    this.checkOpen();
    if (this.#edits) return this.#edits;
    throw new TypeError(`${verb}: these tables can only be built; make them with editable: true.`);
  }

  /** Ids and their codes must be the arena's, and the codes buckets. */
  #checkGiven(ids: Int32Array, codes: Uint32Array): void {
    this.team.arena.check(ids, codes);
    checkCodes(this.team, codes, this.tables, this.buckets, ids.length);
  }

  /** Calls `refuse` for each id; if it says why, those before are marked as they were. */
  #mark(verb: string, ids: Int32Array, refuse: (id: number) => string | undefined): void {
    const live = this.#edits?.live as Uint8Array;
    ids.forEach((id, i) => {
      const inRange = id >= 0 && id < this.items;
      const why = inRange ? refuse(id) : `is none; ids are from 0 to ${this.items - 1}`;
      if (why === undefined) return;
      if (verb !== 'update')
        for (const before of ids.subarray(0, i)) live[before] = verb === 'insert' ? 0 : 1;
      throw new RangeError(`${verb}: item ${id} ${why}.`);
    });
  }

  /** Gives items new codes, or takes them out of their buckets; without `ids` all tables are laid out anew. */
  #edit(ids?: Int32Array, given?: Uint32Array): void {
    const { items, buckets } = this;
    const { bounds, slots } = this.layout;
    const { codes, tails } = this.#edits as Edits;
    editTables(this.team, { bounds, tails, slots, codes, items, buckets, ids, given }, this.tables);
  }
}
