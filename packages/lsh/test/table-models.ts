/** Hash tables beside plain lists of what they should hold, edited at random alike. */
import { decodeSafetensors, type RandomStream, type Team, tensorOf } from '@hashgrad/kernels';
import { feedBuckets } from '@hashgrad/kernels/reference';
import { FixedTables, HashTables } from '../src/index.ts';

export interface ModelSizes {
  readonly items: number;
  readonly tables: number;
  readonly buckets: number;
}

/** What draws the code of an item or a query: popular ones change over time, so that buckets grow and shrink. */
export type DrawCode = () => number;

export interface Model {
  /** The tables as they are now; a reload makes others of them. */
  readonly tables: HashTables | FixedTables;
  /** An edit at random, and its name. */
  edit(step: number): string;
  /** The ids of a bucket, in the order in which queries meet them. */
  bucket(table: number, code: number): readonly number[];
  /** How many items there are, where the tables know. */
  readonly size: number | undefined;
  /** Saves the tables, closes them and goes on with what was loaded. */
  reload(): void;
  close(): void;
}

export type ModelKind = 'editable' | 'built' | 'fifo' | 'reservoir';

export function makeModel(
  kind: ModelKind,
  sizes: ModelSizes,
  team: Team,
  random: RandomStream,
  draw: DrawCode,
): Model {
  const given = new Given(sizes, team, draw);
  if (kind === 'editable') return new EditableModel(sizes, team, random, given);
  if (kind === 'built') return new BuiltModel(sizes, team, random, given);
  return new FixedModel({ ...sizes, capacity: 5, replacement: kind }, team, random, given);
}

/** Ids and drawn codes, as tables take them. */
class Given {
  readonly #ids: Int32Array;
  readonly #codes: Uint32Array;
  readonly #team: Team;
  readonly #tables: number;
  readonly #draw: DrawCode;

  constructor({ items, tables }: ModelSizes, team: Team, draw: DrawCode) {
    this.#ids = team.arena.int32(items);
    this.#codes = team.arena.uint32(items * tables);
    this.#team = team;
    this.#tables = tables;
    this.#draw = draw;
  }

  ids(ids: readonly number[]): Int32Array {
    this.#ids.set(ids);
    return this.#ids.subarray(0, ids.length);
  }

  codes(count: number): Uint32Array {
    const codes = this.#codes.subarray(0, count * this.#tables);
    for (let i = 0; i < codes.length; i++) codes[i] = this.#draw();
    return codes;
  }

  close(): void {
    this.#team.arena.free(this.#ids);
    this.#team.arena.free(this.#codes);
  }
}

const MOST_IDS = 8;
/** Every so many edits there is one of very many items. */
const BULK_EVERY = 2500;

/** The code of each item in each table, -1 where it is not there: buckets are found by looking through all items. */
abstract class CodesModel implements Model {
  tables: HashTables;
  readonly given: Given;
  readonly random: RandomStream;
  /** codes[t * items + id] */
  readonly #codes: Int32Array;
  readonly #team: Team;

  constructor(sizes: ModelSizes, editable: boolean, team: Team, random: RandomStream, given: Given) {
    this.tables = new HashTables({ ...sizes, editable, team });
    this.#codes = new Int32Array(sizes.items * sizes.tables).fill(-1);
    this.#team = team;
    this.random = random;
    this.given = given;
  }

  abstract edit(step: number): string;
  abstract readonly size: number;

  /** Item ids[i] has code codes[t * ids.length + i] in table t; or none, without codes. */
  set(ids: ArrayLike<number>, codes?: Uint32Array): void {
    const { items, tables } = this.tables;
    for (let t = 0; t < tables; t++) {
      for (let i = 0; i < ids.length; i++) {
        this.#codes[t * items + ids[i]!] = codes ? codes[t * ids.length + i]! : -1;
      }
    }
  }

  bucket(table: number, code: number): number[] {
    const { items } = this.tables;
    const found: number[] = [];
    const first = table * items;
    for (let id = 0; id < items; id++) if (this.#codes[first + id] === code) found.push(id);
    return found;
  }

  reload(): void {
    const { tables } = HashTables.fromBytes(this.tables.toBytes(), { team: this.#team });
    this.tables.close();
    this.tables = tables;
  }

  close(): void {
    this.tables.close();
    this.given.close();
  }
}

class EditableModel extends CodesModel {
  readonly #live: number[] = [];
  readonly #absent: number[];

  constructor(sizes: ModelSizes, team: Team, random: RandomStream, given: Given) {
    super(sizes, true, team, random, given);
    this.#absent = Array.from({ length: sizes.items }, (_, id) => id);
  }

  get size(): number {
    return this.#live.length;
  }

  edit(step: number): string {
    const { items } = this.tables;
    // Times of growth and of decline.
    const growing = Math.floor(step / 3000) % 2 === 0;
    const bulk = step % BULK_EVERY === 0;
    const few = this.random.integer(4) === 0 ? 1 + this.random.integer(MOST_IDS) : 1;
    const choice = this.random.integer(10);
    if (bulk && choice < 1) return this.#clear();
    if (bulk && choice < 2) return this.#build();
    if (bulk) return growing ? this.#insert(items) : this.#remove(Math.floor(items / 2));
    if (choice < 4) return growing ? this.#insert(few) : this.#remove(few);
    if (choice < 6) return growing ? this.#remove(few) : this.#insert(few);
    return this.#update(few);
  }

  #insert(most: number): string {
    const ids = this.given.ids(take(this.#absent, most, this.random));
    const codes = this.given.codes(ids.length);
    this.tables.insert(ids, codes);
    this.#live.push(...ids);
    this.set(ids, codes);
    return 'insert';
  }

  #update(count: number): string {
    const of = this.#live.length === 0 ? 0 : count;
    const ids = this.given.ids(
      Array.from({ length: of }, () => this.#live[this.random.integer(this.#live.length)]!),
    );
    const codes = this.given.codes(of);
    this.tables.update(ids, codes);
    this.set(ids, codes);
    return 'update';
  }

  #remove(most: number): string {
    const ids = this.given.ids(take(this.#live, most, this.random));
    this.tables.remove(ids);
    this.#absent.push(...ids);
    this.set(ids);
    return 'remove';
  }

  #clear(): string {
    this.tables.clear();
    this.set(this.#live);
    this.#absent.push(...this.#live.splice(0));
    return 'clear';
  }

  #build(): string {
    const all = [...this.#live, ...this.#absent.splice(0)].toSorted((a, b) => a - b);
    const codes = this.given.codes(all.length);
    this.tables.build(codes);
    this.set(all, codes);
    this.#live.splice(0, Infinity, ...all);
    return 'build';
  }
}

class BuiltModel extends CodesModel {
  readonly #all: readonly number[];
  #built = false;

  constructor(sizes: ModelSizes, team: Team, random: RandomStream, given: Given) {
    super(sizes, false, team, random, given);
    this.#all = Array.from({ length: sizes.items }, (_, id) => id);
  }

  get size(): number {
    return this.#built ? this.#all.length : 0;
  }

  edit(): string {
    this.#built = this.random.integer(10) > 0;
    if (this.#built) {
      const codes = this.given.codes(this.#all.length);
      this.tables.build(codes);
      this.set(this.#all, codes);
      return 'build';
    }
    this.tables.clear();
    this.set(this.#all);
    return 'clear';
  }
}

class FixedModel implements Model {
  tables: FixedTables;
  readonly size: undefined;
  readonly #team: Team;
  readonly #random: RandomStream;
  readonly #given: Given;
  /** By table, then code. */
  readonly #held: { items: number[]; seen: number }[][];
  readonly #states: bigint[];
  #inserted = 0;

  constructor(
    sizes: ModelSizes & { readonly capacity: number; readonly replacement: 'fifo' | 'reservoir' },
    team: Team,
    random: RandomStream,
    given: Given,
  ) {
    this.tables = new FixedTables({ ...sizes, team });
    this.#team = team;
    this.#random = random;
    this.#given = given;
    this.#held = Array.from({ length: sizes.tables }, () =>
      Array.from({ length: sizes.buckets }, () => ({ items: [], seen: 0 })),
    );
    // Where the random streams of the tables start is not to be seen elsewhere.
    const file = decodeSafetensors(this.tables.toBytes());
    const words = tensorOf(file, 'states', 'U32', [sizes.tables, 2]);
    this.#states = this.#held.map((_, t) => BigInt(words[2 * t]!) + (BigInt(words[2 * t + 1]!) << 32n));
  }

  edit(step: number): string {
    const { items } = this.tables;
    const choice = this.#random.integer(100);
    if (choice === 0) {
      this.tables.clear();
      this.#clear();
      return 'clear';
    }
    if (step % BULK_EVERY === 0) {
      const codes = this.#given.codes(items);
      this.tables.build(codes);
      this.#clear();
      this.#feed(
        Array.from({ length: items }, (_, id) => id),
        codes,
      );
      return 'build';
    }
    const ids = Array.from({ length: 1 + this.#random.integer(30) }, () => this.#random.integer(items));
    const codes = this.#given.codes(ids.length);
    this.tables.insert(this.#given.ids(ids), codes);
    this.#feed(ids, codes);
    return 'insert';
  }

  bucket(table: number, code: number): readonly number[] {
    return this.#held[table]![code]!.items;
  }

  reload(): void {
    const { tables } = FixedTables.fromBytes(this.tables.toBytes(), { team: this.#team });
    this.tables.close();
    this.tables = tables;
    const all = this.#held.flat().reduce((sum, { items }) => sum + items.length, 0);
    const kept = this.#inserted > 0 ? all / (this.#inserted * tables.tables) : 1;
    if (tables.statistics().kept !== kept) throw new Error(`Expected that ${kept} were kept.`);
  }

  close(): void {
    this.tables.close();
    this.#given.close();
  }

  #clear(): void {
    for (const bucket of this.#held.flat()) {
      bucket.items.length = 0;
      bucket.seen = 0;
    }
    this.#inserted = 0;
  }

  #feed(ids: readonly number[], codes: Uint32Array): void {
    const { capacity, replacement } = this.tables;
    this.#held.forEach((buckets, t) => {
      const own = codes.subarray(t * ids.length, (t + 1) * ids.length);
      const state = this.#states[t]!;
      this.#states[t] = feedBuckets(buckets, capacity, ids, own, replacement === 'reservoir', state);
    });
    this.#inserted += ids.length;
  }
}

/** Takes so many random elements out of the list, or all. */
function take(list: number[], most: number, random: RandomStream): number[] {
  const taken: number[] = [];
  while (taken.length < most && list.length > 0) {
    const place = random.integer(list.length);
    taken.push(list[place]!);
    const last = list.pop()!;
    if (place < list.length) list[place] = last;
  }
  return taken;
}
