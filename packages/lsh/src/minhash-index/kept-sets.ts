/** What an index keeps of its sets, by place: their elements, or their signatures alone. */
import { grown } from './set-elements.ts';
import type { SignedSets } from './set-signer.ts';

/** Sets that can be compared with others. */
export interface KeptSets {
  readonly bytes: number;
  /**
   * Makes room for places below `capacity`, and in them for all of `sets`.
   * @throws {RangeError} if there is no memory; nothing is changed then.
   */
  reserve(capacity: number, sets: SignedSets): void;
  /** Puts set `i` of `sets`, for which there is room, into a place. */
  put(place: number, sets: SignedSets, i: number): void;
  /** Empties a place. */
  drop(place: number): void;
  /** Elements of the set in a place. */
  sizeOf(place: number): number;
  /** The Jaccard similarity of set `i` of `sets` and the one in a place; where it is below `least`, anything that is. */
  similarity(sets: SignedSets, i: number, place: number, least: number): number;
  /** The same of two places. */
  between(a: number, b: number, least: number): number;
  /** What is kept of a place, as a view: the same for equal sets, and only for them as far as is known. */
  contents(place: number): Uint32Array;
}

/** Elements that are shared, of two sets of a and b. Two empty sets are equal; an empty and another one have nothing in common. */
function jaccard(shared: number, a: number, b: number): number {
  return a + b === 0 ? 1 : shared / (a + b - shared);
}

/** Keeps elements: similarities are exact. */
export class KeptElements implements KeptSets {
  #words: Uint32Array = new Uint32Array(0);
  #used = 0;
  /** Of the words in use, those of sets that are gone. */
  #waste = 0;
  #starts: Float64Array = new Float64Array(0);
  #sizes: Uint32Array = new Uint32Array(0);

  get bytes(): number {
    return this.#words.byteLength + this.#starts.byteLength + this.#sizes.byteLength;
  }

  reserve(capacity: number, { words }: SignedSets): void {
    // Larger arrays of places do no harm where there is then no memory for the words.
    [this.#starts, this.#sizes] = grownPlaces(this.#starts, this.#sizes, capacity);
    if (this.#used + words.length <= this.#words.length) return;
    const { length } = this.#words;
    const needed = this.#used - this.#waste + words.length;
    this.#move(needed <= 0.75 * length ? length : Math.max(1024, needed, Math.ceil(1.5 * length)));
  }

  put(place: number, { words, offsets }: SignedSets, i: number): void {
    const set = words.subarray(offsets[i], offsets[i + 1]);
    this.#words.set(set, this.#used);
    this.#starts[place] = this.#used;
    this.#sizes[place] = set.length;
    this.#used += set.length;
  }

  drop(place: number): void {
    this.#waste += this.#sizes[place] as number;
    this.#sizes[place] = 0;
  }

  sizeOf(place: number): number {
    return this.#sizes[place] as number;
  }

  similarity({ words, offsets }: SignedSets, i: number, place: number, least: number): number {
    const from = offsets[i] as number;
    return this.#compare(words, from, (offsets[i + 1] as number) - from, place, least);
  }

  between(a: number, b: number, least: number): number {
    return this.#compare(this.#words, this.#starts[a] as number, this.#sizes[a] as number, b, least);
  }

  contents(place: number): Uint32Array {
    const start = this.#starts[place] as number;
    return this.#words.subarray(start, start + (this.#sizes[place] as number));
  }

  #compare(words: Uint32Array, from: number, size: number, place: number, least: number): number {
    const own = this.#words;
    let i = from;
    let j = this.#starts[place] as number;
    const otherSize = this.#sizes[place] as number;
    const [end, stop] = [from + size, j + otherSize];
    // s >= least means |A and B| >= least (|A| + |B|) / (1 + least); the margin is above what rounding takes from 2^32.
    const needed = Math.ceil((least * (size + otherSize)) / (1 + least) - 1e-5);
    // Elements that each set may have alone.
    let [alone, otherAlone] = [size - needed, otherSize - needed];
    let shared = 0;
    while (i < end && j < stop && alone >= 0 && otherAlone >= 0) {
      const a = words[i] as number;
      const b = own[j] as number;
      if (a === b) {
        shared++;
        i++;
        j++;
      } else if (a < b) {
        alone--;
        i++;
      } else {
        otherAlone--;
        j++;
      }
    }
    return jaccard(shared, size, otherSize);
  }

  /** Moves what is kept to an array of so many words, without the waste. */
  #move(length: number): void {
    const words = new Uint32Array(length);
    let used = 0;
    for (let place = 0; place < this.#sizes.length; place++) {
      const size = this.#sizes[place] as number;
      if (size === 0) continue;
      const start = this.#starts[place] as number;
      words.set(this.#words.subarray(start, start + size), used);
      this.#starts[place] = used;
      used += size;
    }
    this.#words = words;
    this.#used = used;
    this.#waste = 0;
  }
}

/** Keeps signatures: similarities are estimates, from 4 bytes a permutation. */
export class KeptSignatures implements KeptSets {
  readonly #permutations: number;
  #minima: Uint32Array = new Uint32Array(0);
  #sizes: Uint32Array = new Uint32Array(0);

  constructor(permutations: number) {
    this.#permutations = permutations;
  }

  get bytes(): number {
    return this.#minima.byteLength + this.#sizes.byteLength;
  }

  reserve(capacity: number): void {
    if (capacity <= this.#sizes.length) return;
    const size = Math.max(16, capacity, Math.ceil(1.5 * this.#sizes.length));
    const minima = grown(this.#minima, size * this.#permutations);
    this.#sizes = grown(this.#sizes, size);
    this.#minima = minima;
  }

  put(place: number, { minima, offsets }: SignedSets, i: number): void {
    const row = minima.subarray(i * this.#permutations, (i + 1) * this.#permutations);
    this.#minima.set(row, place * this.#permutations);
    this.#sizes[place] = (offsets[i + 1] as number) - (offsets[i] as number);
  }

  drop(place: number): void {
    this.#sizes[place] = 0;
  }

  sizeOf(place: number): number {
    return this.#sizes[place] as number;
  }

  similarity({ minima, offsets }: SignedSets, i: number, place: number): number {
    const size = (offsets[i + 1] as number) - (offsets[i] as number);
    return this.#compare(minima, i * this.#permutations, size, place);
  }

  between(a: number, b: number): number {
    return this.#compare(this.#minima, a * this.#permutations, this.sizeOf(a), b);
  }

  contents(place: number): Uint32Array {
    return this.#minima.subarray(place * this.#permutations, (place + 1) * this.#permutations);
  }

  #compare(minima: Uint32Array, from: number, size: number, place: number): number {
    const otherSize = this.sizeOf(place);
    if (size === 0 || otherSize === 0) return jaccard(0, size, otherSize);
    const other = place * this.#permutations;
    let equal = 0;
    for (let h = 0; h < this.#permutations; h++) if (minima[from + h] === this.#minima[other + h]) equal++;
    return equal / this.#permutations;
  }
}

/** Both with room for `capacity` places. */
function grownPlaces(
  starts: Float64Array,
  sizes: Uint32Array,
  capacity: number,
): [Float64Array, Uint32Array] {
  if (capacity <= sizes.length) return [starts, sizes];
  const length = Math.max(16, capacity, Math.ceil(1.5 * sizes.length));
  const larger = new Float64Array(length);
  larger.set(starts);
  return [larger, grown(sizes, length)];
}

/** What is kept of several places, one after the other. */
export function copiesOf(kept: KeptSets, places: readonly number[]): Uint32Array {
  const pieces = places.map((place) => kept.contents(place));
  const contents = new Uint32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    contents.set(piece, at);
    at += piece.length;
  }
  return contents;
}
