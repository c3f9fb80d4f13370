import { cursor, scanWhole } from './text-numbers.ts';

/** What users or items are called in a file: whole numbers, or texts. */
export type Names = Int32Array | readonly string[];

/** Numbers the different ids of a column in the order of appearance, without an object an id. */
export interface IdTable {
  /** The number of the id that the bytes from `start` to `end` write, or -1 if they write none. */
  add(bytes: Uint8Array, start: number, end: number): number;
  /** Names in ascending order, and the place of each number among them. */
  finish(): { readonly names: Names; readonly ranks: Int32Array };
}

/** Ids below this have a place each, which is found at once. */
const DIRECT = 2 ** 22;

/** Whole numbers from 0 to 2^31 - 1. */
export class NumberTable implements IdTable {
  readonly #names = new GrowingInts();
  /** Number + 1 by id, 0 where there is none; as long as the largest id so far needs. */
  #direct: Int32Array = new Int32Array(1024);
  /** The same for large ids. */
  readonly #large = new Map<number, number>();

  add(bytes: Uint8Array, start: number, end: number): number {
    const id = scanWhole(bytes, start, end);
    return cursor.at === end ? this.numberOf(id) : -1;
  }

  /** The number of an id, or -1 if that is below 0. */
  numberOf(id: number): number {
    if (id < 0) return -1;
    if (id >= DIRECT) return this.#numberOfLarge(id);
    if (id >= this.#direct.length) this.#grow(id);
    const known = this.#direct[id]!;
    if (known > 0) return known - 1;
    this.#names.push(id);
    this.#direct[id] = this.#names.length;
    return this.#names.length - 1;
  }

  finish(): { readonly names: Int32Array; readonly ranks: Int32Array } {
    const ids = this.#names.toArray();
    const names = ids.toSorted();
    const ranks = new Int32Array(ids.length);
    for (const [rank, id] of names.entries()) ranks[this.numberOf(id)] = rank;
    return { names, ranks };
  }

  #numberOfLarge(id: number): number {
    const known = this.#large.get(id);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#names.push(id);
    this.#large.set(id, number);
    return number;
  }

  #grow(id: number): void {
    const grown = new Int32Array(2 ** Math.ceil(Math.log2(id + 1)));
    grown.set(this.#direct);
    this.#direct = grown;
  }
}

/** Any texts. */
export class TextTable implements IdTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  add(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return -1;
    let name: string;
    try {
      name = this.#decoder.decode(bytes.subarray(start, end));
    } catch {
      return -1;
    }
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  finish(): { readonly names: readonly string[]; readonly ranks: Int32Array } {
    // By code units: the same on every machine, whatever its language.
    const names = this.#names.toSorted((a, b) => (a < b ? -1 : 1));
    const ranks = new Int32Array(names.length);
    for (const [rank, name] of names.entries()) ranks[this.#numbers.get(name)!] = rank;
    return { names, ranks };
  }
}

/** Whole numbers that become more. */
class GrowingInts {
  #items: Int32Array = new Int32Array(512);
  length = 0;

  push(item: number): void {
    if (this.length === this.#items.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = item;
  }

  toArray(): Int32Array {
    return this.#items.slice(0, this.length);
  }
}
