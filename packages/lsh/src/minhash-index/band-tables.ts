/** Hash tables whose buckets are chains of places: a set is put in or taken out of a table in constant time. */

/** The end of a chain. */
const NONE = -1;

/** Spreads keys over buckets: their low bits alone would do if all of their bits were even. */
const SPREAD = 0x9e3779b1;

export class BandTables {
  readonly tables: number;
  /** capacity x tables: the key of each place in each table. */
  #keys: Uint32Array = new Uint32Array(0);
  /** capacity x tables: the place after and before it in its chain. */
  #next: Int32Array = new Int32Array(0);
  #before: Int32Array = new Int32Array(0);
  /** tables x buckets: the first place of each chain. */
  #heads: Int32Array = new Int32Array(0);
  /** Bits that a hash of a key is shifted by, so that it is a bucket. */
  #shift = 32;
  #capacity = 0;
  /** The last search that met each place, so that none is met twice. */
  #met: Uint32Array = new Uint32Array(0);
  #search = 0;
  readonly #found: number[] = [];

  constructor(tables: number) {
    this.tables = tables;
  }

  get bytes(): number {
    const { byteLength } = this.#heads;
    return 3 * this.#keys.byteLength + byteLength + this.#met.byteLength;
  }

  /** Makes room for places below `capacity`. @throws {RangeError} if there is no memory; nothing is changed then. */
  reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    const bits = Math.max(4, Math.ceil(Math.log2(capacity)));
    const size = 2 ** bits;
    const { tables } = this;
    const keys = new Uint32Array(size * tables);
    const next = new Int32Array(size * tables);
    const before = new Int32Array(size * tables);
    const heads = new Int32Array(size * tables).fill(NONE);
    const met = new Uint32Array(size);
    // From here on nothing can fail.
    const old = { heads: this.#heads, next: this.#next, buckets: this.#heads.length / tables };
    keys.set(this.#keys);
    this.#keys = keys;
    this.#next = next;
    this.#before = before;
    this.#heads = heads;
    this.#shift = 32 - bits;
    this.#capacity = size;
    this.#met = met;
    this.#search = 0;
    for (let t = 0; t < tables; t++) {
      for (let b = 0; b < old.buckets; b++) {
        for (let place = old.heads[t * old.buckets + b] as number; place !== NONE;) {
          const after = old.next[place * tables + t] as number;
          this.#link(place, t);
          place = after;
        }
      }
    }
  }

  /** Puts a place, for which there is room, into its buckets, whose keys are keys[at] to keys[at + tables]. */
  insert(place: number, keys: Uint32Array, at: number): void {
    for (let t = 0; t < this.tables; t++) {
      this.#keys[place * this.tables + t] = keys[at + t] as number;
      this.#link(place, t);
    }
  }

  /** Takes a place out of its buckets. */
  remove(place: number): void {
    for (let t = 0; t < this.tables; t++) {
      const node = place * this.tables + t;
      const after = this.#next[node] as number;
      const before = this.#before[node] as number;
      if (before === NONE) this.#heads[this.#headOf(t, this.#keys[node] as number)] = after;
      else this.#next[before * this.tables + t] = after;
      if (after !== NONE) this.#before[after * this.tables + t] = before;
    }
  }

  /** The keys of a place, as a view. */
  keysOf(place: number): Uint32Array {
    return this.#keys.subarray(place * this.tables, (place + 1) * this.tables);
  }

  /**
   * The places that share a bucket with the keys from keys[at] on, each once, in no particular order: a list that the next
   * call overwrites.
   */
  candidates(keys: Uint32Array, at: number): readonly number[] {
    const found = this.#found;
    found.length = 0;
    if (this.#capacity === 0) return found;
    const { tables } = this;
    const [own, next, met] = [this.#keys, this.#next, this.#met];
    const search = this.#nextSearch();
    for (let t = 0; t < tables; t++) {
      const key = keys[at + t] as number;
      for (let place = this.#heads[this.#headOf(t, key)] as number; place !== NONE;) {
        const node = place * tables + t;
        if (own[node] === key && met[place] !== search) {
          met[place] = search;
          found.push(place);
        }
        place = next[node] as number;
      }
    }
    return found;
  }

  /** The places of a bucket. */
  bucket(table: number, key: number): number[] {
    const places: number[] = [];
    if (this.#capacity === 0) return places;
    for (let place = this.#heads[this.#headOf(table, key)] as number; place !== NONE;) {
      const node = place * this.tables + table;
      if (this.#keys[node] === key) places.push(place);
      place = this.#next[node] as number;
    }
    return places;
  }

  /** How many places each bucket has, empty ones left out. */
  *bucketSizes(): Generator<number> {
    for (let head = 0; head < this.#heads.length; head++) {
      const table = Math.floor(head / this.#capacity);
      const sizes = new Map<number, number>();
      for (let place = this.#heads[head] as number; place !== NONE;) {
        const node = place * this.tables + table;
        const key = this.#keys[node] as number;
        sizes.set(key, (sizes.get(key) ?? 0) + 1);
        place = this.#next[node] as number;
      }
      yield* sizes.values();
    }
  }

  #link(place: number, table: number): void {
    const node = place * this.tables + table;
    const head = this.#headOf(table, this.#keys[node] as number);
    const first = this.#heads[head] as number;
    this.#next[node] = first;
    this.#before[node] = NONE;
    if (first !== NONE) this.#before[first * this.tables + table] = place;
    this.#heads[head] = place;
  }

  #headOf(table: number, key: number): number {
    return table * this.#capacity + (Math.imul(key, SPREAD) >>> this.#shift);
  }

  #nextSearch(): number {
    if (this.#search === 0xffffffff) {
      this.#met.fill(0);
      this.#search = 0;
    }
    return ++this.#search;
  }
}
