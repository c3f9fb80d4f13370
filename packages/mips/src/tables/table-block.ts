/** A block of vectors in hash tables: all of them, or those of alike lengths where a transform cuts the data. */
import type { Team } from '@hashgrad/kernels';
import { type CodeTarget, HashTables, type Hasher } from '@hashgrad/lsh';
import type { Transform } from '../transforms/transform.ts';
import type { VectorStore } from '../index/vector-store.ts';

/** Vectors hashed at a time. */
const BATCH = 1024;
/** By how much a bound grows that a vector exceeds, so that few vectors do so. Of squared lengths. */
const SLACK = 1.1;

export interface BlockContext {
  readonly store: VectorStore;
  readonly transform: Transform;
  readonly hasher: Hasher;
}

/** Vectors are numbered in a block from 0, with gaps where some are gone. */
export class TableBlock implements Disposable {
  /** The greatest length of a vector that was ever here. */
  longest = 0;
  count = 0;
  /** Place in the store of each number. */
  places: Int32Array;
  readonly #context: BlockContext;
  readonly #team: Team;
  readonly #free: number[] = [];
  #made = 0;
  /** Where the transform wants it: the mean of the vectors that the block was made of. */
  readonly #centre: Float32Array | undefined;
  /** What the transform takes as the greatest squared length, of centred vectors where there is a centre. */
  #bound = 0;
  #tables: HashTables | undefined;

  /** Makes a block of vectors that lie at `places`, of the given lengths; `hashed` is whether it has tables. */
  constructor(context: BlockContext, places: readonly number[], lengths: Float32Array, hashed: boolean) {
    this.#context = context;
    const { store, transform } = context;
    this.#team = store.team;
    this.places = store.team.arena.int32(capacityFor(places.length));
    this.places.set(places);
    this.count = places.length;
    this.#made = places.length;
    for (const place of places) this.longest = Math.max(this.longest, lengths[place] as number);
    if (transform.blocks?.centred) this.#centre = meanOf(store, places);
    for (const place of places) this.#bound = Math.max(this.#bound, this.#squaredNorm(place));
    if (hashed) this.#rehash();
  }

  /** Whether it has tables; if not, all of it is scored. */
  get hashed(): boolean {
    return this.#tables !== undefined;
  }

  get tables(): HashTables | undefined {
    return this.#tables;
  }

  /** M^2 for queries. */
  get bound(): number {
    return this.#bound;
  }

  get bytes(): number {
    return this.places.byteLength + (this.#tables?.statistics().bytes ?? 0);
  }

  /** Adds the vector of a place; its number. */
  add(place: number, length: number): number {
    const number = this.#free.pop() ?? this.#made;
    if (number >= this.places.length) this.#grow();
    if (number === this.#made) this.#made++;
    this.places[number] = place;
    this.count++;
    this.#put(number, place, length, false);
    return number;
  }

  /** The vector of a number was replaced. */
  changed(number: number, length: number): void {
    this.#put(number, this.places[number] as number, length, true);
  }

  remove(number: number): void {
    if (this.#tables) this.#withIds([number], (ids) => this.#tables?.remove(ids));
    this.places[number] = -1;
    this.#free.push(number);
    this.count--;
  }

  /** The vector of a number lies elsewhere now. */
  moved(number: number, place: number): void {
    this.places[number] = place;
  }

  /** The numbers of all vectors. */
  all(): Int32Array {
    const numbers = new Int32Array(this.count);
    let i = 0;
    for (let n = 0; n < this.#made; n++) if ((this.places[n] as number) >= 0) numbers[i++] = n;
    return numbers;
  }

  [Symbol.dispose](): void {
    this.#tables?.[Symbol.dispose]();
    this.#team.arena.free(this.places);
  }

  #put(number: number, place: number, length: number, known: boolean): void {
    this.longest = Math.max(this.longest, length);
    const squared = this.#squaredNorm(place);
    if (squared > this.#bound) {
      // All transformed vectors change with the bound.
      this.#bound = SLACK * squared;
      if (this.#tables) this.#rehash();
    } else if (this.#tables) {
      this.#hash([number], (ids, codes) => {
        if (known) this.#tables?.update(ids, codes);
        else this.#tables?.insert(ids, codes);
      });
    }
  }

  #grow(): void {
    const { arena } = this.#team;
    const grown = arena.int32(capacityFor(this.places.length));
    grown.set(this.places);
    arena.free(this.places);
    this.places = grown;
    if (this.#tables) this.#rehash();
  }

  /** Tables for as many vectors as there is room for, with all that are here. */
  #rehash(): void {
    this.#tables?.[Symbol.dispose]();
    const { tables, buckets } = this.#context.hasher;
    const made = new HashTables({
      items: this.places.length,
      tables,
      buckets,
      editable: true,
      team: this.#team,
    });
    this.#tables = made;
    this.#hash(this.all(), (ids, codes) => made.insert(ids, codes));
  }

  /** Applies P to the vectors of some numbers and hashes them, batch by batch. */
  #hash(numbers: ArrayLike<number>, use: (ids: Int32Array, codes: Uint32Array) => void): void {
    const { store, transform, hasher } = this.#context;
    const { arena } = this.#team;
    const { stride, dimensions, rows } = store;
    const { tailWidth } = transform;
    const batch = Math.min(BATCH, numbers.length);
    const values = arena.float32(batch * stride);
    const tail = arena.float32(batch * tailWidth);
    const codes = arena.uint32(batch * hasher.tables);
    const ids = arena.int32(batch);
    const norms = new Float32Array(batch);
    const factor = transform.scale?.data(this.#bound) ?? 1;
    try {
      for (let first = 0; first < numbers.length; first += batch) {
        const live = Math.min(batch, numbers.length - first);
        for (let i = 0; i < live; i++) {
          const number = numbers[first + i] as number;
          const place = this.places[number] as number;
          const from = place * stride;
          ids[i] = number;
          norms[i] = this.#squaredNorm(place);
          for (let j = 0; j < dimensions; j++) {
            values[i * stride + j] = ((rows[from + j] as number) - (this.#centre?.[j] ?? 0)) * factor;
          }
        }
        transform.data(norms, live, this.#bound, { tails: tail, stride: tailWidth, offset: 0 });
        const target: CodeTarget = { codes, stride: live };
        hasher.hash({ values, stride, width: dimensions, tail, tailWidth }, live, target);
        use(ids.subarray(0, live), codes.subarray(0, live * hasher.tables));
      }
    } finally {
      for (const array of [values, tail, codes, ids]) arena.free(array);
    }
  }

  #withIds(numbers: readonly number[], use: (ids: Int32Array) => void): void {
    const { arena } = this.#team;
    const ids = arena.int32(numbers.length);
    ids.set(numbers);
    try {
      use(ids);
    } finally {
      arena.free(ids);
    }
  }

  /** Of the vector at a place, less the centre. */
  #squaredNorm(place: number): number {
    const vector = this.#context.store.vector(place);
    const centre = this.#centre;
    let sum = 0;
    for (let j = 0; j < vector.length; j++) sum += ((vector[j] as number) - (centre?.[j] ?? 0)) ** 2;
    return sum;
  }
}

/** Half as many again. */
function capacityFor(count: number): number {
  return Math.max(64, Math.ceil(1.5 * count));
}

function meanOf(store: VectorStore, places: readonly number[]): Float32Array {
  const sums = new Float64Array(store.dimensions);
  for (const place of places) {
    for (const [j, x] of store.vector(place).entries()) sums[j] = (sums[j] as number) + x;
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, places.length));
}
