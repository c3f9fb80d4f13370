/**
 * The memory of blocks: each has a piece of its own, so that an index grows without being copied, and an arena can be filled to
 * the end. A place, which the table of ids knows, is a block's number times 256 and a slot.
 */
import {
  BLOCK_SLOTS,
  blockBytes,
  type BlockGroups,
  BlockReader,
  BlockRecords,
  type BlockShape,
  BlockVectors,
  copyPlaces,
  fillBlock,
  type Team,
  type View,
} from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { Incoming, QuantizedVectors } from '../index/searcher.ts';
import { BlockOrder, grow, type OrderedBand } from './block-order.ts';
import { BlockStaging } from './block-staging.ts';
import { SignatureMemory } from './signature-memory.ts';
import type { Signer } from './signer.ts';

/** Blocks have room for a multiple of so many vectors. */
const GRANULE = 16;

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
  /** What searches take. */
  readonly blocks: BlockVectors;
  readonly signer: Signer;
  readonly #staging: BlockStaging;
  readonly #order: BlockOrder;
  readonly #signatures: SignatureMemory;
  /** A place to copy from and one to copy to. */
  readonly #pair: Int32Array;
  /** Blocks that records and centres have room for. */
  #room = 0;
  #records: BlockRecords;
  #centres: Centres;
  /** Each block's piece of memory; undefined for numbers that are free. */
  readonly #pieces: (Uint8Array | undefined)[] = [];
  readonly #free: number[] = [];
  #pieceBytes = 0;
  readonly #reader: BlockReader;

  /** @throws {RangeError} if there is no room. */
  constructor(team: Team, dimensions: number, rows: boolean, signer: Signer) {
    const { arena } = team;
    this.team = team;
    this.dimensions = dimensions;
    this.stride = Math.ceil(dimensions / 16) * 16;
    this.rows = rows;
    this.signer = signer;
    this.#signatures = new SignatureMemory(team, signer.words);
    this.#reader = new BlockReader(arena, this.#shape);
    this.#order = new BlockOrder(team, this.stride);
    try {
      this.#staging = new BlockStaging(team, this, signer, GRANULE, BLOCK_SLOTS);
    } catch (error) {
      this.#order[Symbol.dispose]();
      throw error;
    }
    try {
      using scratch = new Scratch(arena);
      this.blocks = new BlockVectors(arena, scratch.int32(BlockVectors.WORDS));
      this.#pair = scratch.int32(2);
      this.#records = new BlockRecords(arena, scratch.int32(0));
      this.#centres = centresIn(scratch, 0, this.stride);
      scratch.keep();
    } catch (error) {
      this.#staging[Symbol.dispose]();
      this.#order[Symbol.dispose]();
      throw error;
    }
    this.#lay();
  }

  /** Bytes of all blocks and of what there is beside them. */
  get bytes(): number {
    const beside = [...Object.values(this.#centres), this.#records.words] as View[];
    return beside.reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#pieceBytes + this.#signatures.bytes + this.#staging.bytes + this.#order.bytes,
    );
  }

  /** Places are below this. */
  get placeBound(): number {
    return this.#pieces.length * BLOCK_SLOTS;
  }

  /** Bytes of a block with room for so many vectors, signatures apart. */
  bytesFor(capacity: number): number {
    return blockBytes(this.team.arena, this.#shape, capacity);
  }

  /** Makes an empty block with room for `count` vectors or some more, and gives its number. @throws {RangeError} if there is no room. */
  allocate(count: number): number {
    const number = this.#free.at(-1) ?? this.#pieces.length;
    this.#reserve(number + 1);
    this.#signatures.reserve(number + 1);
    const capacity = capacityFor(count);
    const piece = this.team.arena.uint8(this.bytesFor(capacity), false);
    this.#free.pop();
    this.#pieces[number] = piece;
    this.#pieceBytes += piece.byteLength;
    const signatures = this.#signatures.of(number);
    const empty = { count: 0, longest: 0, alignment: 0, spread: 0 };
    this.#records.lay(number, { signatures, memory: piece, capacity, ...empty });
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
    // Some more, so that vectors that come one by one are not copied each time; less where a copy is of bytes, not of floats.
    const more = Math.max(count, Math.ceil((this.rows ? 1.25 : 1.0625) * this.count(number)));
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
    // Numbers and signatures stay, and the pieces change hands.
    const [old, memory] = [this.#pieces[number] as Uint8Array, this.#pieces[made] as Uint8Array];
    this.#pieces[number] = memory;
    this.#pieces[made] = old;
    const { longest, alignment, spread } = this.summary(number);
    const capacity = this.capacity(made);
    const summary = { longest, alignment, spread };
    this.#records.lay(number, {
      signatures: this.#signatures.of(number),
      memory,
      capacity,
      count: vectors,
      ...summary,
    });
    this.release(made);
  }

  capacity(number: number): number {
    return this.#records.capacity(number);
  }

  count(number: number): number {
    return this.#records.count(number);
  }

  setCount(number: number, count: number): void {
    this.#records.setCount(number, count);
  }

  longest(number: number): number {
    return this.#records.longest(number);
  }

  setLongest(number: number, longest: number): void {
    this.#records.setLongest(number, longest);
  }

  /** The mean direction of a block's vectors: a view that lasts until blocks are made. */
  centre(number: number): Float32Array {
    return this.#centres.rows.subarray(number * this.stride, (number + 1) * this.stride);
  }

  summary(number: number): BlockSummary {
    const records = this.#records;
    const centre = this.centre(number);
    const [alignment, spread] = [records.alignment(number), records.spread(number)];
    return { longest: records.longest(number), alignment, spread, centre };
  }

  setSummary(number: number, summary: BlockSummary): void {
    this.#records.setSummary(number, summary);
    const { rows, codes, scales, sums } = this.#centres;
    const at = number * this.stride;
    rows.set(summary.centre, at);
    const copies = {
      codes: codes.subarray(at),
      scales: scales.subarray(number),
      sums: sums.subarray(number),
    };
    this.#staging.quantize(rows.subarray(at), 1, copies);
  }

  /** The id at a place. */
  id(place: number): number {
    const number = Math.floor(place / BLOCK_SLOTS);
    return this.#reader.id(this.#piece(number), place % BLOCK_SLOTS);
  }

  /** The length of the vector at a place, rounded up to 32 bits. */
  length(place: number): number {
    const number = Math.floor(place / BLOCK_SLOTS);
    return this.#reader.length(this.#piece(number), place % BLOCK_SLOTS);
  }

  /**
   * Writes vectors first to first + count of a flat array to a block, from a slot on, with all that belongs to them. Where only
   * int8 copies are kept, those are what lengths and signatures are of, and they may be given.
   */
  write(number: number, slot: number, incoming: Incoming, first: number, count: number): void {
    const { record, room } = this.#staging;
    for (let done = 0; done < count; done += room) {
      const some = Math.min(room, count - done);
      this.#staging.stage(incoming, first + done, some);
      fillBlock(this.team, { blocks: this.blocks, staged: record, number, first: slot + done }, some);
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
    copyPlaces(this.team, { blocks: this.blocks, from, to }, count);
  }

  /** Copies all of the vector at a place to another. */
  move(from: number, to: number): void {
    this.#pair[0] = from;
    this.#pair[1] = to;
    this.copyLists(this.#pair, this.#pair.subarray(1), 1);
  }

  /** The vector at a place: as it was added, or as its int8 copy has it. */
  vector(place: number): Float32Array {
    const { dimensions } = this;
    const [number, slot] = [Math.floor(place / BLOCK_SLOTS), place % BLOCK_SLOTS];
    const piece = this.#piece(number);
    if (this.rows) return this.#reader.row(piece, this.capacity(number), slot, dimensions).slice();
    const scale = this.#reader.scale(piece, slot);
    return Float32Array.from(this.#reader.codes(piece, slot, dimensions), (code) => code * scale);
  }

  /** The int8 copies of the vectors at some places. */
  quantized(places: Int32Array): QuantizedVectors {
    const { dimensions } = this;
    const codes = new Int8Array(places.length * dimensions);
    const scales = new Float32Array(places.length);
    for (const [i, place] of places.entries()) {
      const [number, slot] = [Math.floor(place / BLOCK_SLOTS), place % BLOCK_SLOTS];
      const piece = this.#piece(number);
      codes.set(this.#reader.codes(piece, slot, dimensions), i * dimensions);
      scales[i] = this.#reader.scale(piece, slot);
    }
    return { codes, scales };
  }

  /** Tells kernels the order of blocks, and their groups. Room must have been made. */
  setOrder(bands: readonly OrderedBand[]): void {
    this.#order.set(bands);
    this.#lay();
  }

  /** Makes room for so many blocks in order and so many bands. @throws {RangeError} if there is none. */
  reserveOrder(blocks: number, bands: number): void {
    this.#order.reserve(blocks, bands);
    this.#lay();
  }

  /** Makes room for so many groups of the blocks there are. @throws {RangeError} if there is none. */
  reserveGroups(groups: number): void {
    this.#order.reserveGroups(groups);
    this.#lay();
  }

  /** Groups of blocks, as kernels read them. */
  get groups(): BlockGroups {
    return this.#order.groups;
  }

  [Symbol.dispose](): void {
    const { arena } = this.team;
    for (const piece of this.#pieces) if (piece) arena.free(piece);
    this.#staging[Symbol.dispose]();
    this.#order[Symbol.dispose]();
    this.#signatures[Symbol.dispose]();
    const centres = Object.values(this.#centres) as View[];
    const lists = [this.blocks.record, this.#pair, this.#records.words];
    for (const view of [...centres, ...lists]) arena.free(view);
  }

  /** Room for so many blocks' records and centres. */
  #reserve(blocks: number): void {
    if (blocks <= this.#room) return;
    const { arena } = this.team;
    const room = grow(blocks);
    using scratch = new Scratch(arena);
    const records = scratch.int32(room * BlockRecords.WORDS);
    const centres = centresIn(scratch, room, this.stride);
    scratch.keep();
    this.#records = new BlockRecords(arena, this.#grown(this.#records.words, records));
    this.#centres = {
      rows: this.#grown(this.#centres.rows, centres.rows),
      codes: this.#grown(this.#centres.codes, centres.codes),
      scales: this.#grown(this.#centres.scales, centres.scales),
      sums: this.#grown(this.#centres.sums, centres.sums),
    };
    this.#room = room;
    this.#lay();
  }

  #grown<A extends Int32Array | Float32Array | Uint8Array>(old: A, made: A): A {
    made.set(old);
    this.team.arena.free(old);
    return made;
  }

  #piece(number: number): Uint8Array {
    return this.#pieces[number] as Uint8Array;
  }

  get #shape(): BlockShape {
    return { stride: this.stride, words: this.signer.words, rows: this.rows };
  }

  #lay(): void {
    this.blocks.lay({
      ...this.#order.fields,
      records: this.#records,
      ...this.#shape,
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

function capacityFor(count: number): number {
  return Math.max(GRANULE, Math.ceil(count / GRANULE) * GRANULE);
}
