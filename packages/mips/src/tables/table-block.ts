/** A block of vectors in hash tables: all of them, or those of alike lengths where a transform cuts the data. */
import type { Team } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import { HashTables } from '@hashgrad/lsh';
import type { VectorStore } from '../index/vector-store.ts';
import type { TransformedHasher } from '../transforms/transformed-hasher.ts';

/** Vectors hashed at a time, at most: what the hasher of blocks has room for. */
export const BATCH = 1024;
/** By how much a bound grows that a vector exceeds, so that few vectors do so. Of squared lengths. */
const SLACK = 1.1;
/** A bound is too wide once no vector has more than this part of it. Of squared lengths: half of the greatest length. */
const WIDE = 1 / 4;

export interface BlockContext {
  readonly store: VectorStore;
  readonly hasher: TransformedHasher;
  /** Room for one number in the arena: removing a vector must not need memory. */
  readonly one: Int32Array;
}

/** A vector that comes into a block. */
export interface Arrival {
  readonly place: number;
  readonly vector: Float32Array;
  readonly length: number;
}

/** What is to happen to a block, all at once. */
export interface BlockChange {
  /** Numbers of vectors that leave. */
  readonly removed: number[];
  /** Vectors that are replaced where they are, by their numbers. */
  readonly changed: { readonly number: number; readonly arrival: Arrival }[];
  readonly added: Arrival[];
}

/** A change for which there is room: `commit` cannot fail. Disposed instead, it leaves the block as it was. */
export interface ReadyChange extends Disposable {
  /** The numbers of the vectors that were added, in their order. */
  readonly numbers: Int32Array;
  commit(): void;
}

/** What a block was made of and became, as it is saved: tables are hashed anew from it, to the bit. */
export interface BlockState {
  /** Place of each number; -1 where there is none. */
  readonly places: Int32Array;
  readonly longest: number;
  readonly bound: number;
  readonly centre: Float32Array | undefined;
  readonly hashed: boolean;
}

/** Vectors are numbered in a block from 0, with gaps where some are gone. */
export class TableBlock implements Disposable {
  /** The greatest length of a vector that is here, or more. */
  longest: number;
  count = 0;
  /** Place in the store of each number. */
  places: Int32Array;
  readonly #context: BlockContext;
  readonly #team: Team;
  readonly #free: number[] = [];
  #made: number;
  /** Where the transform wants it: the mean of the vectors that the block was made of. */
  readonly #centre: Float32Array | undefined;
  /** What the transform takes as the greatest squared length, of centred vectors where there is a centre. */
  #bound: number;
  /** Vectors for which the bound is not too wide. */
  #near = 0;
  #tables: HashTables | undefined;

  /** A block of a state, whose vectors lie in the store. @throws {RangeError} if there is no room; nothing is kept then. */
  constructor(context: BlockContext, { places, longest, bound, centre, hashed }: BlockState) {
    this.#context = context;
    this.#team = context.store.team;
    this.#centre = centre;
    this.#bound = bound;
    this.longest = longest;
    this.#made = places.length;
    this.places = this.#team.arena.int32(capacityFor(places.length));
    this.places.set(places);
    for (let number = places.length - 1; number >= 0; number--) {
      if ((places[number] as number) < 0) this.#free.push(number);
      else {
        this.count++;
        this.#near += this.#isNear(this.#vectorOf(number));
      }
    }
    if (!hashed) return;
    try {
      const numbers = this.all();
      this.#tables = this.#hashed(this.places.length, bound, numbers, (i) =>
        this.#vectorOf(numbers[i] as number),
      );
    } catch (error) {
      this.#team.arena.free(this.places);
      throw error;
    }
  }

  /** A new block of the vectors at `places`, of the given lengths; `hashed` is whether it has tables. */
  static of(context: BlockContext, places: Int32Array, lengths: Float32Array, hashed: boolean): TableBlock {
    const { store, hasher } = context;
    const centre = hasher.transform.blocks?.centred ? meanOf(store, places) : undefined;
    let [longest, bound] = [0, 0];
    for (const place of places) {
      longest = Math.max(longest, lengths[place] as number);
      bound = Math.max(bound, squaredNorm(store.vector(place), centre));
    }
    return new TableBlock(context, { places, longest, bound, centre, hashed });
  }

  /** The tables; undefined where all of the block is scored. */
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

  get state(): BlockState {
    const { longest } = this;
    const places = this.places.slice(0, this.#made);
    return { places, longest, bound: this.#bound, centre: this.#centre, hashed: this.#tables !== undefined };
  }

  /** Makes all ready that a change needs. @throws {RangeError} if there is no room, or the family refuses a vector. */
  prepare(change: BlockChange): ReadyChange {
    const { removed, changed, added } = change;
    const numbers = this.#numbersFor(added.length);
    const made = Math.max(this.#made, 1 + numbers.reduce((most, number) => Math.max(most, number), -1));
    const arrivals = [...changed.map(({ arrival }) => arrival), ...added];
    const arrived = [...changed.map(({ number }) => number), ...numbers];
    let [longest, squared] = [this.longest, 0];
    for (const { length, vector } of arrivals) {
      longest = Math.max(longest, length);
      squared = Math.max(squared, squaredNorm(vector, this.#centre));
    }
    // All transformed vectors change with the bound.
    const bound = squared > this.#bound ? SLACK * squared : this.#bound;
    const scratch = new Scratch(this.#team.arena);
    let tables: HashTables | undefined;
    let edit: (() => void) | undefined;
    const grows = made > this.places.length;
    let places = this.places;
    try {
      if (grows) places = scratch.int32(capacityFor(made));
      if (this.#tables && (grows || bound !== this.#bound)) {
        const gone = new Set([...removed, ...changed.map(({ number }) => number)]);
        const kept = this.all().filter((number) => !gone.has(number));
        const all = Int32Array.from([...kept, ...arrived]);
        tables = this.#hashed(places.length, bound, all, (i) =>
          i < kept.length ? this.#vectorOf(kept[i] as number) : (arrivals[i - kept.length] as Arrival).vector,
        );
      } else if (this.#tables) edit = this.#prepareEdit(this.#tables, change, numbers, scratch);
    } catch (error) {
      scratch[Symbol.dispose]();
      throw error;
    }
    return {
      numbers,
      commit: () => {
        edit?.();
        if (grows) {
          places.set(this.places);
          this.#team.arena.free(this.places);
          this.places = places;
          scratch.keep();
        }
        scratch[Symbol.dispose]();
        if (tables) {
          this.#tables?.[Symbol.dispose]();
          this.#tables = tables;
        }
        for (const number of [...removed, ...changed.map((each) => each.number)])
          this.#near -= this.#isNear(this.#vectorOf(number));
        this.#note(change, numbers);
        this.#made = made;
        this.longest = longest;
        if (bound === this.#bound) for (const { vector } of arrivals) this.#near += this.#isNear(vector);
        else {
          this.#bound = bound;
          // Those that were here are measured by the bound anew; what comes is not in the store yet.
          const comes = new Set(arrived);
          const stay = this.all().filter((number) => !comes.has(number));
          this.#near = 0;
          for (const number of stay) this.#near += this.#isNear(this.#vectorOf(number));
          for (const { vector } of arrivals) this.#near += this.#isNear(vector);
        }
      },
      [Symbol.dispose]: () => {
        scratch[Symbol.dispose]();
        tables?.[Symbol.dispose]();
      },
    };
  }

  /** Takes a vector out, for which no memory is needed. */
  remove(number: number): void {
    const { one } = this.#context;
    this.#near -= this.#isNear(this.#vectorOf(number));
    one[0] = number;
    this.#tables?.remove(one);
    this.places[number] = -1;
    this.#free.push(number);
    this.count--;
  }

  /** Whether all vectors are much shorter than the bound that they are hashed by, so that these hashes tell little. */
  get wide(): boolean {
    return this.#near === 0 && this.count > 0 && this.#bound > 0;
  }

  /**
   * Hashes all anew by the bound that they have now. `lengths` has one a place.
   * @throws {RangeError} if there is no room; the block is as it was then.
   */
  tighten(lengths: Float32Array): void {
    const numbers = this.all();
    let [longest, bound] = [0, 0];
    for (const number of numbers) {
      longest = Math.max(longest, lengths[this.places[number] as number] as number);
      bound = Math.max(bound, squaredNorm(this.#vectorOf(number), this.#centre));
    }
    if (this.#tables) {
      const made = this.#hashed(this.places.length, bound, numbers, (i) =>
        this.#vectorOf(numbers[i] as number),
      );
      this.#tables[Symbol.dispose]();
      this.#tables = made;
    }
    this.longest = longest;
    this.#bound = bound;
    this.#near = 0;
    for (const number of numbers) this.#near += this.#isNear(this.#vectorOf(number));
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

  /** The numbers that the next vectors get. */
  #numbersFor(count: number): Int32Array {
    const free = this.#free.length;
    return Int32Array.from({ length: count }, (_, i) =>
      i < free ? (this.#free[free - 1 - i] as number) : this.#made + i - free,
    );
  }

  /** Writes down who is where after a change. */
  #note({ removed, added }: BlockChange, numbers: Int32Array): void {
    this.#free.length = Math.max(0, this.#free.length - added.length);
    for (const [i, { place }] of added.entries()) this.places[numbers[i] as number] = place;
    for (const number of removed) {
      this.places[number] = -1;
      this.#free.push(number);
    }
    this.count += added.length - removed.length;
  }

  /** Hashes what comes, and gives what then edits the tables. */
  #prepareEdit(
    tables: HashTables,
    { removed, changed, added }: BlockChange,
    numbers: Int32Array,
    scratch: Scratch,
  ): () => void {
    const hash = (arrivals: readonly Arrival[]): Uint32Array => {
      const codes = scratch.uint32(arrivals.length * this.#context.hasher.tables);
      for (let first = 0; first < arrivals.length; first += BATCH) {
        const live = Math.min(BATCH, arrivals.length - first);
        const vectorOf = (i: number): Float32Array => (arrivals[first + i] as Arrival).vector;
        this.#hash(vectorOf, live, this.#bound, { codes, stride: arrivals.length, first });
      }
      return codes;
    };
    const gone = scratch.copy(Int32Array.from(removed));
    const same = scratch.copy(Int32Array.from(changed, ({ number }) => number));
    const fresh = scratch.copy(numbers);
    const newCodes = hash(changed.map(({ arrival }) => arrival));
    const codes = hash(added);
    return () => {
      if (gone.length > 0) tables.remove(gone);
      if (same.length > 0) tables.update(same, newCodes);
      if (fresh.length > 0) tables.insert(fresh, codes);
    };
  }

  /** Tables with room for `items` that hold the vectors of some numbers. */
  #hashed(
    items: number,
    bound: number,
    numbers: Int32Array,
    vectorOf: (index: number) => Float32Array,
  ): HashTables {
    const { tables, buckets } = this.#context.hasher;
    const made = new HashTables({ items, tables, buckets, editable: true, team: this.#team });
    try {
      using scratch = new Scratch(this.#team.arena);
      const batch = Math.min(BATCH, numbers.length);
      const codes = scratch.uint32(batch * tables);
      const ids = scratch.int32(batch);
      for (let first = 0; first < numbers.length; first += batch) {
        const live = Math.min(batch, numbers.length - first);
        ids.set(numbers.subarray(first, first + live));
        this.#hash((i) => vectorOf(first + i), live, bound, { codes, stride: live, first: 0 });
        made.insert(ids.subarray(0, live), codes.subarray(0, live * tables));
      }
      return made;
    } catch (error) {
      made[Symbol.dispose]();
      throw error;
    }
  }

  /** Applies P to `count` vectors and hashes them. */
  #hash(
    vectorOf: (index: number) => Float32Array,
    count: number,
    bound: number,
    target: { readonly codes: Uint32Array; readonly stride: number; readonly first: number },
  ): void {
    const { store, hasher } = this.#context;
    const { stride, dimensions: width } = store;
    const centre = this.#centre;
    using scratch = new Scratch(this.#team.arena);
    const values = scratch.float32(count * stride);
    const squaredNorms = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const vector = vectorOf(i);
      squaredNorms[i] = squaredNorm(vector, centre);
      for (let j = 0; j < width; j++) {
        values[i * stride + j] = (vector[j] as number) - (centre?.[j] ?? 0);
      }
    }
    hasher.hashRows({ values, stride, width }, count, { squaredNorms, bound }, target);
  }

  /** 1 for a vector for which the bound is not too wide, else 0. */
  #isNear(vector: Float32Array): number {
    return Number(squaredNorm(vector, this.#centre) > WIDE * this.#bound);
  }

  #vectorOf(number: number): Float32Array {
    return this.#context.store.vector(this.places[number] as number);
  }
}

/** Half as many again. */
function capacityFor(count: number): number {
  return Math.max(64, Math.ceil(1.5 * count));
}

/** Of a vector less the centre. */
export function squaredNorm(vector: Float32Array, centre: Float32Array | undefined): number {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) sum += ((vector[j] as number) - (centre?.[j] ?? 0)) ** 2;
  return sum;
}

function meanOf(store: VectorStore, places: Int32Array): Float32Array {
  const sums = new Float64Array(store.dimensions);
  for (const place of places) {
    for (const [j, x] of store.vector(place).entries()) sums[j] = (sums[j] as number) + x;
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, places.length));
}
