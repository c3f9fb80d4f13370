/** What users or items are called in a file: whole numbers, or texts. */
export type Names = Int32Array | readonly string[];

/** Numbers the different ids of a column in the order of appearance, without an object an id. */
export interface IdTable {
  /** Different ids so far. */
  readonly size: number;
  /** The number of the id that the bytes from `start` to `end` write, or -1 if they write none. */
  add(bytes: Uint8Array, start: number, end: number): number;
  /** What the id of a number is called. */
  nameOf(number: number): string;
  /** Names in ascending order, and the place of each number among them. */
  finish(): { readonly names: Names; readonly ranks: Int32Array };
}

/** Whole numbers from 0 to 2^31 - 1, by open addressing. */
export class NumberTable implements IdTable {
  readonly #names = new GrowingInts();
  /** Number + 1 by place, 0 where there is none; a power of two, half of them free. */
  #places: Int32Array = new Int32Array(1024);

  get size(): number {
    return this.#names.length;
  }

  add(bytes: Uint8Array, start: number, end: number): number {
    let id = 0;
    for (let i = start; i < end; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit < 0 || digit > 9) return -1;
      id = id * 10 + digit;
    }
    return start === end || id >= 2 ** 31 ? -1 : this.#numberOf(id);
  }

  nameOf(number: number): string {
    return String(this.#names.at(number));
  }

  finish(): { readonly names: Int32Array; readonly ranks: Int32Array } {
    const ids = this.#names.toArray();
    const names = ids.toSorted();
    const ranks = new Int32Array(ids.length);
    for (const [rank, id] of names.entries()) ranks[this.#numberOf(id)] = rank;
    return { names, ranks };
  }

  #numberOf(id: number): number {
    const mask = this.#places.length - 1;
    let place = spread(id) & mask;
    for (let number; (number = this.#places[place]! - 1) >= 0; place = (place + 1) & mask) {
      if (this.#names.at(number) === id) return number;
    }
    const number = this.#names.length;
    this.#names.push(id);
    this.#places[place] = number + 1;
    if (2 * this.#names.length > mask) this.#grow();
    return number;
  }

  #grow(): void {
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (let number = 0; number < this.#names.length; number++) {
      let place = spread(this.#names.at(number)) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = number + 1;
    }
    this.#places = places;
  }
}

/** Any texts. */
export class TextTable implements IdTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  get size(): number {
    return this.#names.length;
  }

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

  nameOf(number: number): string {
    return this.#names[number]!;
  }

  finish(): { readonly names: readonly string[]; readonly ranks: Int32Array } {
    // By code units: the same on every machine, whatever its language.
    const names = this.#names.toSorted((a, b) => (a < b ? -1 : 1));
    const ranks = new Int32Array(names.length);
    for (const [rank, name] of names.entries()) ranks[this.#numbers.get(name)!] = rank;
    return { names, ranks };
  }
}

/** Whole numbers that can be read while they become more. */
class GrowingInts {
  #items: Int32Array = new Int32Array(512);
  length = 0;

  at(index: number): number {
    return this.#items[index]!;
  }

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

/** Ids often follow each other: a multiplication (Knuth's) brings them apart. */
function spread(id: number): number {
  const product = Math.imul(id, 0x9e37_79b1);
  return product ^ (product >>> 15);
}
