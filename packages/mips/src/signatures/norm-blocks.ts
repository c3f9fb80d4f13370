/**
 * Vectors in blocks of alike lengths, longest first, with their signatures: the order of Norm-Ranging LSH (Yan et al.,
 * NeurIPS 2018) kept up while vectors come and go, as a B-tree keeps its leaves: a full block is split in two.
 */
import { BLOCKS_WORDS, layBlocks, type Team } from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import type { Signer } from './signatures.ts';
import type { VectorStore } from '../index/vector-store.ts';

/** Places in a block. */
export const BLOCK = 256;
/** Vectors in a block that is filled at once: some more find room. */
const FILL = 232;

export class NormBlocks implements Disposable {
  readonly #team: Team;
  readonly #store: VectorStore;
  readonly #places: IdTable;
  readonly #signer: Signer;
  /** The record that kernels take. */
  readonly record: Int32Array;
  #order: Int32Array;
  #counts: Int32Array;
  #longest: Float32Array;
  /** One a place: the vector's length, rounded up. */
  #lengths: Float32Array;
  #signatures: Uint32Array;
  /** Blocks in order. */
  #live = 0;
  /** Blocks that there are, in order or not. */
  #made = 0;
  readonly #free: number[] = [];

  constructor(store: VectorStore, places: IdTable, signer: Signer) {
    const { team } = store;
    const { arena } = team;
    this.#team = team;
    this.#store = store;
    this.#places = places;
    this.#signer = signer;
    this.record = arena.int32(BLOCKS_WORDS);
    this.#order = arena.int32(0);
    this.#counts = arena.int32(0);
    this.#longest = arena.float32(0);
    this.#lengths = arena.float32(0);
    this.#signatures = arena.uint32(0);
    this.#lay();
  }

  /** Adds vectors of a flat array under ids that are new. */
  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    if (this.#live === 0) this.#fill(vectors, lengths, ids);
    else {
      // Room for them all first: where it is missing nothing has been changed.
      this.#reserve(this.#made + this.#mostSplits(lengths));
      for (const [i, id] of ids.entries()) this.#insert(vectors, i, lengths[i] as number, id);
    }
    this.#lay();
  }

  /** Replaces the vector of an id. */
  update(vectors: Float32Array, index: number, length: number, id: number): void {
    const place = this.#places.get(id) as number;
    const block = Math.floor(place / BLOCK);
    // In place where the length stays within those of the block's neighbours.
    const rank = this.#rankOf(block);
    const above = rank === 0 ? Infinity : (this.#longest[this.#order[rank - 1] as number] as number);
    const below = rank + 1 < this.#live ? (this.#longest[this.#order[rank + 1] as number] as number) : 0;
    if (length <= above && length >= below) {
      this.#write(place, vectors, index, length, id);
      this.#longest[block] = Math.max(this.#longest[block] as number, this.#lengths[place] as number);
      return;
    }
    this.remove(id);
    this.#reserve(this.#made + 2);
    this.#insert(vectors, index, length, id);
    this.#lay();
  }

  /** Takes the vector of an id out. */
  remove(id: number): void {
    const place = this.#places.get(id) as number;
    const block = Math.floor(place / BLOCK);
    const count = (this.#counts[block] as number) - 1;
    const last = block * BLOCK + count;
    if (place !== last) this.#move(last, place);
    this.#places.delete(id);
    this.#counts[block] = count;
    if (count > 0) return;
    const rank = this.#rankOf(block);
    this.#order.copyWithin(rank, rank + 1, this.#live);
    this.#live--;
    this.#free.push(block);
    this.#lay();
  }

  /** Calls back with every place that has a vector, longest blocks first. */
  forEach(visit: (place: number) => void): void {
    for (let rank = 0; rank < this.#live; rank++) {
      const block = this.#order[rank] as number;
      for (let i = 0; i < (this.#counts[block] as number); i++) visit(block * BLOCK + i);
    }
  }

  get bytes(): number {
    return [this.#order, this.#counts, this.#longest, this.#lengths, this.#signatures].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    for (const array of [
      this.record,
      this.#order,
      this.#counts,
      this.#longest,
      this.#lengths,
      this.#signatures,
    ]) {
      arena.free(array);
    }
  }

  /** The first vectors: sorted, so that each block is written from end to end. */
  #fill(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const order = byLength(lengths);
    const blocks = Math.ceil(ids.length / FILL);
    this.#reserve(blocks);
    this.#made = Math.max(this.#made, blocks);
    this.#free.length = 0;
    for (let b = 0; b < blocks; b++) {
      const count = Math.min(FILL, ids.length - b * FILL);
      for (let i = 0; i < count; i++) {
        const from = order[b * FILL + i] as number;
        const place = b * BLOCK + i;
        this.#store.write(place, vectors, from, ids[from] as number);
        this.#lengths[place] = roundUp(lengths[from] as number);
        this.#places.set(ids[from] as number, place);
      }
      this.#order[b] = b;
      this.#counts[b] = count;
      this.#longest[b] = this.#lengths[b * BLOCK] as number;
    }
    for (let b = this.#made - 1; b >= blocks; b--) this.#free.push(b);
    this.#live = blocks;
    const places = blocks * BLOCK;
    this.#store.quantize(0, places);
    const { rows, stride, dimensions } = this.#store;
    this.#signer.sign(rows, stride, dimensions, places, this.#signatures);
  }

  /**
   * The most blocks that inserting vectors of these lengths can make. A vector goes into the block that has its length in
   * range, or one split off from it, so each block can be counted on its own. One that has `count` vectors and gets `more`
   * splits first at the vector after the BLOCK-th. Every later split is of a half, which had BLOCK / 2 vectors and so
   * took BLOCK / 2 since.
   */
  #mostSplits(lengths: Float64Array): number {
    const more = new Map<number, number>();
    for (const length of lengths) {
      const rank = this.#rankFor(length);
      more.set(rank, (more.get(rank) ?? 0) + 1);
    }
    let splits = 0;
    for (const [rank, added] of more) {
      const over = (this.#counts[this.#order[rank] as number] as number) + added - BLOCK;
      splits += Math.max(0, Math.ceil(over / (BLOCK / 2)));
    }
    return splits;
  }

  #insert(vectors: Float32Array, index: number, length: number, id: number): void {
    if (this.#live === 0) {
      const block = this.#free.pop() ?? this.#made++;
      this.#order[0] = block;
      this.#counts[block] = 0;
      this.#longest[block] = 0;
      this.#live = 1;
    }
    let rank = this.#rankFor(length);
    if (this.#counts[this.#order[rank] as number] === BLOCK) {
      this.#split(rank);
      if (length <= (this.#longest[this.#order[rank + 1] as number] as number)) rank++;
    }
    const block = this.#order[rank] as number;
    const place = block * BLOCK + (this.#counts[block] as number);
    this.#counts[block]!++;
    this.#write(place, vectors, index, length, id);
    this.#longest[block] = Math.max(this.#longest[block] as number, this.#lengths[place] as number);
    this.#places.set(id, place);
  }

  /** Moves the shorter half of a full block to a new one, which comes next in order. */
  #split(rank: number): void {
    const block = this.#order[rank] as number;
    const made = this.#free.pop() ?? this.#made++;
    const first = block * BLOCK;
    const lengths = this.#lengths.subarray(first, first + BLOCK);
    const order = byLength(lengths);
    const shorter = order.subarray(BLOCK / 2).toSorted();
    this.#longest[made] = lengths[order[BLOCK / 2] as number] as number;
    this.#longest[block] = lengths[order[0] as number] as number;
    for (const [i, from] of shorter.entries()) this.#move(first + from, made * BLOCK + i);
    // What stays closes up, so that it lies at the block's start.
    const gone = new Set(shorter);
    let hole = 0;
    for (let i = 0; i < BLOCK; i++) {
      if (gone.has(i)) continue;
      if (i !== hole) this.#move(first + i, first + hole);
      hole++;
    }
    this.#counts[block] = BLOCK / 2;
    this.#counts[made] = BLOCK / 2;
    this.#order.copyWithin(rank + 2, rank + 1, this.#live);
    this.#order[rank + 1] = made;
    this.#live++;
  }

  #write(place: number, vectors: Float32Array, index: number, length: number, id: number): void {
    const { rows, stride, dimensions } = this.#store;
    this.#store.write(place, vectors, index, id);
    this.#store.quantize(place, 1);
    this.#lengths[place] = roundUp(length);
    const row = rows.subarray(place * stride, (place + 1) * stride);
    this.#signer.sign(row, stride, dimensions, 1, this.#signatures, place);
  }

  #move(from: number, to: number): void {
    const width = 2 * this.#signer.words;
    this.#store.move(from, to);
    this.#lengths[to] = this.#lengths[from] as number;
    this.#signatures.copyWithin(to * width, from * width, (from + 1) * width);
    this.#places.set(this.#store.ids[to] as number, to);
  }

  /** The last block in order whose greatest length is `length` or more; the first if there is none. */
  #rankFor(length: number): number {
    let [low, high] = [0, this.#live - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#longest[this.#order[middle] as number] as number) >= length) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where a block is in order. Several may have the same greatest length. */
  #rankOf(block: number): number {
    const rank = this.#rankFor(this.#longest[block] as number);
    for (let r = rank; r >= 0; r--) if (this.#order[r] === block) return r;
    return this.#order.indexOf(block, rank);
  }

  #reserve(blocks: number): void {
    const used = this.#made;
    const { arena } = this.#team;
    this.#store.reserve(blocks * BLOCK, used * BLOCK);
    const capacity = Math.floor(this.#store.capacity / BLOCK);
    if (capacity <= this.#order.length) return;
    const width = 2 * this.#signer.words;
    const made = {
      order: arena.int32(capacity),
      counts: arena.int32(capacity),
      longest: arena.float32(capacity),
      lengths: arena.float32(capacity * BLOCK),
      signatures: arena.uint32(capacity * BLOCK * width),
    };
    made.order.set(this.#order);
    made.counts.set(this.#counts);
    made.longest.set(this.#longest);
    made.lengths.set(this.#lengths);
    made.signatures.set(this.#signatures);
    for (const array of [this.#order, this.#counts, this.#longest, this.#lengths, this.#signatures]) {
      arena.free(array);
    }
    this.#order = made.order;
    this.#counts = made.counts;
    this.#longest = made.longest;
    this.#lengths = made.lengths;
    this.#signatures = made.signatures;
    this.#lay();
  }

  #lay(): void {
    layBlocks(this.record, this.#team.arena, {
      order: this.#order,
      count: this.#live,
      size: BLOCK,
      counts: this.#counts,
      longest: this.#longest,
      signatures: this.#signatures,
      words: this.#signer.words,
    });
  }
}

/** More places than this do not fit beside 31 bits into the 53 of a number. */
const MOST_KEYS = 2 ** 22;

/** The places of the lengths, longest first. */
function byLength(lengths: Float64Array | Float32Array): Uint32Array {
  if (lengths.length > MOST_KEYS) {
    const places = Uint32Array.from(lengths, (_, place) => place);
    return places.toSorted((a, b) => (lengths[b] as number) - (lengths[a] as number));
  }
  // Numbers are sorted many times faster without a comparison of ours: the bits of positive 32-bit floats are in their
  // order, and the place comes below.
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const keys = new Float64Array(lengths.length);
  for (let place = 0; place < lengths.length; place++) {
    float[0] = lengths[place] as number;
    keys[place] = (0x7f800000 - (bits[0] as number)) * MOST_KEYS + place;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % MOST_KEYS);
}

/** The length as a 32-bit float that is not below it. */
function roundUp(length: number): number {
  return Math.fround(length * (1 + 2 ** -22));
}
