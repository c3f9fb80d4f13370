/**
 * The memory of blocks: each has a piece of its own, so that an index grows without being copied, and an arena can be filled to
 * the end. A place, which the table of ids knows, is a block's number times 256 and a slot; assembly/search/blocks.ts of
 * @hashgrad/kernels says what lies where.
 */
import {
  BLOCK_SLOTS,
  BLOCK_WORDS,
  BLOCKS_WORDS,
  layBlocks,
  layStaged,
  layVectors,
  STAGED_WORDS,
  type StagedFields,
  type Team,
  VECTORS_WORDS,
  type View,
} from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { Incoming, QuantizedVectors } from '../index/searcher.ts';
import type { Signer } from './signer.ts';

/** Blocks have room for a multiple of so many vectors. */
const GRANULE = 16;
/** Floats of vectors that are staged at a time, unless GRANULE vectors take more. */
const STAGED = 2 ** 18;

/** What a search must know of a block before it reads it. */
export interface BlockSummary {
  /** The greatest length of its vectors, or more. */
  readonly longest: number;
  /** `stride` floats: the mean direction of its vectors. */
  readonly centre: Float32Array;
  /** Mean cosine of its vectors with the centre. */
  readonly alignment: number;
  /** Standard deviation, over its vectors, of the rest of their cosines with any direction. */
  readonly spread: number;
}

export class BlockMemory implements Disposable {
  readonly team: Team;
  readonly dimensions: number;
  /** Floats from one row to the next: a multiple of 16. */
  readonly stride: number;
  /** Whether vectors are kept in 32-bit floats besides their int8 copies. */
  readonly rows: boolean;
  /** The record that kernels take. */
  readonly record: Int32Array;
  readonly signer: Signer;
  /** Vectors on their way in, `staged` of them at most, and their records for kernels. */
  readonly #staging: StagedFields;
  readonly #staged: number;
  readonly #stagedRecord: Int32Array;
  readonly #errors: Float32Array;
  readonly #vectorsRecord: Int32Array;
  /** A place to copy from and one to copy to. */
  readonly #pair: Int32Array;
  /** Blocks that records and centres have room for. */
  #room = 0;
  #records: Int32Array;
  #centres: Centres;
  #order: Int32Array;
  #bands: Int32Array;
  /** Each block's piece of memory; undefined for numbers that are free. */
  readonly #pieces: (Uint8Array | undefined)[] = [];
  readonly #free: number[] = [];
  #pieceBytes = 0;
  /** Views of the arena's whole memory, made anew when it has grown. */
  #words = new Uint32Array(0);
  #floats = new Float32Array(0);

  /** @throws {RangeError} if there is no room. */
  constructor(team: Team, dimensions: number, rows: boolean, signer: Signer) {
    const { arena } = team;
    this.team = team;
    this.dimensions = dimensions;
    this.stride = Math.ceil(dimensions / 16) * 16;
    this.rows = rows;
    this.signer = signer;
    const fits = Math.floor(STAGED / Math.max(this.stride, signer.bits) / GRANULE) * GRANULE;
    this.#staged = Math.min(BLOCK_SLOTS, Math.max(GRANULE, fits));
    using scratch = new Scratch(arena);
    this.record = scratch.int32(BLOCKS_WORDS);
    this.#vectorsRecord = scratch.int32(VECTORS_WORDS);
    this.#stagedRecord = scratch.int32(STAGED_WORDS);
    this.#pair = scratch.int32(2);
    this.#staging = {
      rows: scratch.float32(this.#staged * this.stride),
      projections: scratch.float32(this.#staged * signer.bits),
      codes: scratch.uint8(this.#staged * this.stride),
      scales: scratch.float32(this.#staged),
      sums: scratch.int32(this.#staged),
      ids: scratch.uint32(this.#staged),
      lengths: scratch.float32(this.#staged),
    };
    this.#errors = scratch.float32(this.#staged);
    layStaged(this.#stagedRecord, arena, this.#staging);
    this.#records = scratch.int32(0);
    this.#centres = centresIn(scratch, 0, this.stride);
    this.#order = scratch.int32(0);
    // One band, which is empty.
    this.#bands = scratch.int32(2);
    scratch.keep();
    this.#lay(1);
  }

  /** Bytes of all blocks and of what there is beside them. */
  get bytes(): number {
    const beside = [
      ...Object.values(this.#staging),
      ...Object.values(this.#centres),
      this.#records,
      this.#order,
      this.#bands,
    ] as View[];
    return beside.reduce((sum, { byteLength }) => sum + byteLength, this.#pieceBytes);
  }

  /** Places are below this. */
  get placeBound(): number {
    return this.#pieces.length * BLOCK_SLOTS;
  }

  /** Bytes of a block with room for so many vectors. */
  bytesFor(capacity: number): number {
    const { kernels } = this.team.arena;
    return kernels.blockBytes(capacity, this.stride, this.signer.words, Number(this.rows)) >>> 0;
  }

  /** Makes an empty block with room for `count` vectors or some more, and gives its number. @throws {RangeError} if there is no room. */
  allocate(count: number): number {
    const number = this.#free.at(-1) ?? this.#pieces.length;
    this.#reserve(number + 1);
    const capacity = capacityFor(count);
    const piece = this.team.arena.uint8(this.bytesFor(capacity), false);
    this.#free.pop();
    this.#pieces[number] = piece;
    this.#pieceBytes += piece.byteLength;
    this.#records.fill(0, number * BLOCK_WORDS, (number + 1) * BLOCK_WORDS);
    this.#records[number * BLOCK_WORDS] = piece.byteOffset;
    this.#records[number * BLOCK_WORDS + 1] = capacity;
    return number;
  }

  /** Gives a block's memory back. */
  release(number: number): void {
    const piece = this.#pieces[number] as Uint8Array;
    this.#pieces[number] = undefined;
    this.#pieceBytes -= piece.byteLength;
    this.team.arena.free(piece);
    this.#free.push(number);
  }

  /** Makes room for `count` vectors in a block. Places stay. @throws {RangeError} if there is no room; the block is as it was then. */
  enlarge(number: number, count: number): void {
    if (count <= this.capacity(number)) return;
    // Some more, so that vectors that come one by one are not copied each time.
    const more = Math.max(count, Math.ceil(1.25 * this.count(number)));
    const made = this.allocate(Math.min(BLOCK_SLOTS, more));
    const vectors = this.count(number);
    const from = Int32Array.from({ length: vectors }, (_, slot) => number * BLOCK_SLOTS + slot);
    const to = from.map((place) => place + (made - number) * BLOCK_SLOTS);
    try {
      this.copy(from, to);
    } catch (error) {
      this.release(made);
      throw error;
    }
    // The numbers stay, and the pieces change hands.
    const [old, piece] = [this.#pieces[number] as Uint8Array, this.#pieces[made] as Uint8Array];
    this.#pieces[number] = piece;
    this.#pieces[made] = old;
    const [a, b] = [number * BLOCK_WORDS, made * BLOCK_WORDS];
    this.#records.set(this.#records.slice(b, b + 2), a);
    this.#records[b] = old.byteOffset;
    this.release(made);
  }

  capacity(number: number): number {
    return this.#records[number * BLOCK_WORDS + 1] as number;
  }

  count(number: number): number {
    return this.#records[number * BLOCK_WORDS + 2] as number;
  }

  setCount(number: number, count: number): void {
    this.#records[number * BLOCK_WORDS + 2] = count;
  }

  longest(number: number): number {
    return this.#summaries()[number * BLOCK_WORDS + 3] as number;
  }

  setLongest(number: number, longest: number): void {
    this.#summaries()[number * BLOCK_WORDS + 3] = longest;
  }

  summary(number: number): BlockSummary {
    const [longest, alignment, spread] = this.#summaries().subarray(number * BLOCK_WORDS + 3);
    const centre = this.#centres.rows.subarray(number * this.stride, (number + 1) * this.stride);
    return { longest, alignment, spread, centre } as BlockSummary;
  }

  setSummary(number: number, { longest, alignment, spread, centre }: BlockSummary): void {
    this.#summaries().set([longest, alignment, spread], number * BLOCK_WORDS + 3);
    const { rows, codes, scales, sums } = this.#centres;
    rows.set(centre, number * this.stride);
    const { arena } = this.team;
    const ids = new Uint32Array(sums.buffer, sums.byteOffset, 0);
    const int8 = { codes, scales, errors: this.#errors, sums };
    layVectors(this.#vectorsRecord, arena, { rows, stride: this.stride, count: 0, ids, int8 });
    // The errors of one row go to the first place there is.
    this.#vectorsRecord[6] = arena.address(this.#errors) - number * 4;
    arena.kernels.quantizeRows(arena.address(this.#vectorsRecord), 0, number, 0, 1);
  }

  /** The id at a place. */
  id(place: number): number {
    return this.#look()[this.#entryOf(place) + this.stride / 4 + 2] as number;
  }

  /** The length of the vector at a place, rounded up to 32 bits. */
  length(place: number): number {
    this.#look();
    return this.#floats[this.#entryOf(place) + this.stride / 4 + 3] as number;
  }

  /**
   * Writes vectors first to first + count of a flat array to a block, from a slot on, with all that belongs to them. Where only
   * int8 copies are kept, those are what lengths and signatures are of, and they may be given.
   */
  write(
    number: number,
    slot: number,
    { vectors, lengths, ids, int8: given }: Incoming,
    first: number,
    count: number,
  ): void {
    const { arena } = this.team;
    const { stride, dimensions } = this;
    const staging = this.#staging;
    for (let done = 0; done < count; done += this.#staged) {
      const some = Math.min(this.#staged, count - done);
      for (let i = 0; i < some; i++) {
        const from = first + done + i;
        staging.rows.set(vectors.subarray(from * dimensions, (from + 1) * dimensions), i * stride);
        staging.ids[i] = ids[from] as number;
        staging.lengths[i] = roundUp(lengths[from] as number);
      }
      const { rows, codes, scales, sums } = staging;
      const int8 = { codes, scales, errors: this.#errors, sums };
      layVectors(this.#vectorsRecord, arena, { rows, stride, count: some, ids: staging.ids, int8 });
      arena.kernels.quantizeRows(arena.address(this.#vectorsRecord), 0, 0, 0, some);
      if (!this.rows) this.#useCopies(some, given, first + done);
      this.signer.project(rows, stride, some, staging.projections);
      const records = [arena.address(this.record), arena.address(this.#stagedRecord)] as const;
      arena.kernels.fillBlock(records[0], number, slot + done, records[1], 0, some);
    }
  }

  /** Makes what is staged what its int8 copies say, which may be given, from vector `first` on. */
  #useCopies(count: number, given: QuantizedVectors | undefined, first: number): void {
    const { stride, dimensions } = this;
    const { rows, codes, scales, sums, lengths } = this.#staging;
    const signed = new Int8Array(codes.buffer, codes.byteOffset, codes.length);
    for (let i = 0; i < count; i++) {
      if (given) {
        const from = (first + i) * dimensions;
        signed.set(given.codes.subarray(from, from + dimensions), i * stride);
        scales[i] = given.scales[first + i] as number;
      }
      const scale = scales[i] as number;
      let [sum, squares] = [0, 0];
      for (let at = i * stride; at < i * stride + dimensions; at++) {
        const x = Math.fround((signed[at] as number) * scale);
        rows[at] = x;
        sum += signed[at] as number;
        squares += x * x;
      }
      sums[i] = sum;
      lengths[i] = roundUp(Math.sqrt(squares));
    }
  }

  /** Copies all of the vectors at some places to others. @throws {RangeError} if there is no room for the lists. */
  copy(from: Int32Array, to: Int32Array): void {
    const { arena } = this.team;
    using scratch = new Scratch(arena);
    const [sources, targets] = [scratch.copy(from), scratch.copy(to)];
    this.copyLists(sources, targets, from.length);
  }

  /** As `copy`, of lists in the arena: needs no memory. */
  copyLists(from: Int32Array, to: Int32Array, count: number): void {
    const { arena } = this.team;
    const lists = [arena.address(to), arena.address(from)] as const;
    // Few are not worth waking threads for.
    if (count < 256) arena.kernels.copyPlaces(arena.address(this.record), ...lists, 0, count);
    else this.team.run('copyPlaces', [arena.address(this.record), ...lists], count);
  }

  /** Copies all of the vector at a place to another. */
  move(from: number, to: number): void {
    this.#pair[0] = from;
    this.#pair[1] = to;
    const { arena } = this.team;
    const at = arena.address(this.#pair);
    arena.kernels.copyPlaces(arena.address(this.record), at + 4, at, 0, 1);
  }

  /** The vector at a place: as it was added, or as its int8 copy has it. */
  vector(place: number): Float32Array {
    this.#look();
    const { stride, dimensions } = this;
    if (this.rows) {
      const number = Math.floor(place / BLOCK_SLOTS);
      const entries = this.#entryOf(number * BLOCK_SLOTS);
      const at = entries + (this.capacity(number) * (stride + 16)) / 4 + (place % BLOCK_SLOTS) * stride;
      return this.#floats.slice(at, at + dimensions);
    }
    const at = this.#entryOf(place);
    const scale = this.#floats[at + stride / 4] as number;
    const codes = new Int8Array(this.#floats.buffer, at * 4, dimensions);
    return Float32Array.from(codes, (code) => code * scale);
  }

  /** The int8 copies of the vectors at some places. */
  quantized(places: Int32Array): QuantizedVectors {
    const { dimensions, stride } = this;
    const codes = new Int8Array(places.length * dimensions);
    const scales = new Float32Array(places.length);
    this.#look();
    for (const [i, place] of places.entries()) {
      const at = this.#entryOf(place);
      codes.set(new Int8Array(this.#floats.buffer, at * 4, dimensions), i * dimensions);
      scales[i] = this.#floats[at + stride / 4] as number;
    }
    return { codes, scales };
  }

  /** Tells kernels the order of blocks: those of each band one after the other. Room must have been made. */
  setOrder(bands: readonly (readonly number[])[]): void {
    let at = 0;
    for (const [b, blocks] of bands.entries()) {
      this.#bands[b] = at;
      for (const number of blocks) this.#order[at++] = number;
    }
    this.#bands[bands.length] = at;
    this.#lay(bands.length);
  }

  /** Makes room for so many blocks in order and so many bands. @throws {RangeError} if there is none. */
  reserveOrder(blocks: number, bands: number): void {
    const { arena } = this.team;
    if (blocks > this.#order.length) this.#order = this.#grown(this.#order, arena.int32(grow(blocks)));
    if (bands + 1 > this.#bands.length) this.#bands = this.#grown(this.#bands, arena.int32(grow(bands + 1)));
    this.#lay(this.record[2] as number);
  }

  [Symbol.dispose](): void {
    const { arena } = this.team;
    for (const piece of this.#pieces) if (piece) arena.free(piece);
    const views = [this.record, this.#vectorsRecord, this.#stagedRecord, this.#pair, this.#errors];
    const fields = [...Object.values(this.#staging), ...Object.values(this.#centres)] as View[];
    for (const view of [...views, ...fields, this.#records, this.#order, this.#bands]) arena.free(view);
  }

  /** Room for so many blocks' records and centres. */
  #reserve(blocks: number): void {
    if (blocks <= this.#room) return;
    const { arena } = this.team;
    const room = grow(blocks);
    using scratch = new Scratch(arena);
    const records = scratch.int32(room * BLOCK_WORDS);
    const centres = centresIn(scratch, room, this.stride);
    scratch.keep();
    this.#records = this.#grown(this.#records, records);
    this.#centres = {
      rows: this.#grown(this.#centres.rows, centres.rows),
      codes: this.#grown(this.#centres.codes, centres.codes),
      scales: this.#grown(this.#centres.scales, centres.scales),
      sums: this.#grown(this.#centres.sums, centres.sums),
    };
    this.#room = room;
    this.#lay(this.record[2] as number);
  }

  #grown<A extends Int32Array | Float32Array | Uint8Array>(old: A, made: A): A {
    made.set(old);
    this.team.arena.free(old);
    return made;
  }

  /** The index of a place's entry among the words of the memory. */
  #entryOf(place: number): number {
    const number = Math.floor(place / BLOCK_SLOTS);
    const { byteOffset } = this.#pieces[number] as Uint8Array;
    const signatures = this.capacity(number) * 8 * this.signer.words;
    return (byteOffset + signatures + (place % BLOCK_SLOTS) * (this.stride + 16)) / 4;
  }

  #look(): Uint32Array {
    const { buffer } = this.team.arena.memory;
    if (this.#words.buffer !== buffer) {
      this.#words = new Uint32Array(buffer);
      this.#floats = new Float32Array(buffer);
    }
    return this.#words;
  }

  #summaries(): Float32Array {
    const { buffer, byteOffset, length } = this.#records;
    return new Float32Array(buffer, byteOffset, length);
  }

  #lay(bandCount: number): void {
    layBlocks(this.record, this.team.arena, {
      order: this.#order,
      bands: this.#bands,
      bandCount,
      records: this.#records,
      stride: this.stride,
      words: this.signer.words,
      rows: this.rows,
      centres: this.#centres.rows,
      codes: this.#centres.codes,
      scales: this.#centres.scales,
      sums: this.#centres.sums,
    });
  }
}

/** The centres of blocks, and their int8 copies. */
interface Centres {
  readonly rows: Float32Array;
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
}

function centresIn(scratch: Scratch, blocks: number, stride: number): Centres {
  return {
    rows: scratch.float32(blocks * stride),
    codes: scratch.uint8(blocks * stride),
    scales: scratch.float32(blocks),
    sums: scratch.int32(blocks),
  };
}

/** Room for so many and a quarter more. */
function grow(count: number): number {
  return Math.max(16, Math.ceil(1.25 * count));
}

function capacityFor(count: number): number {
  return Math.max(GRANULE, Math.ceil(count / GRANULE) * GRANULE);
}

/** The length as a 32-bit float that is not below it. */
export function roundUp(length: number): number {
  return Math.fround(length * (1 + 2 ** -22) + (length > 0 ? 2 ** -149 : 0));
}
