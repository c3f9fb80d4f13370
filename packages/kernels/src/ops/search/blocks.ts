/** Vectors in blocks of up to 256: their records, what lies in a block's memory, and how vectors come in. */
import type { Arena, View } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { recordWords, Relaid, wordOf, writeRecord } from '../record.ts';
import { checkRoom } from '../room.ts';

/** Places of a block: a place is a block's number times this, and a slot. */
export const BLOCK_SLOTS = 256;

/** Of fewer vectors it is not worth to wake threads. */
const FEW = 256;

/** What a search must know of a block before it reads it. */
export interface BlockFields {
  /** signatureBytes(words) bytes. */
  readonly signatures: View;
  /** blockBytes(capacity, ...) bytes. */
  readonly memory: View;
  /** Vectors that there is room for, a multiple of 16. */
  readonly capacity: number;
  readonly count: number;
  /** The greatest length of its vectors, or more. */
  readonly longest: number;
  /** Mean cosine of its vectors with the centre. */
  readonly alignment: number;
  /** Standard deviation, over its vectors, of the rest of their cosines with any direction. */
  readonly spread: number;
}

const CAPACITY: number = wordOf('Block', 'capacity');
const COUNT: number = wordOf('Block', 'count');
const LONGEST: number = wordOf('Block', 'longest');
const ALIGNMENT: number = wordOf('Block', 'alignment');
const SPREAD: number = wordOf('Block', 'spread');

/** The records of blocks, by number, in an array of the arena that its owner frees. */
export class BlockRecords {
  /** Words of a block's record. */
  static readonly WORDS: number = recordWords('Block');
  readonly words: Int32Array;
  readonly #arena: Arena;
  readonly #floats: Float32Array;

  constructor(arena: Arena, words: Int32Array) {
    this.#arena = arena;
    this.words = words;
    this.#floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  }

  lay(number: number, fields: BlockFields): void {
    checkRoom('BlockRecords', 'words', this.words, (number + 1) * BlockRecords.WORDS);
    writeRecord(this.#arena, 'Block', fields, this.words, number);
  }

  capacity(number: number): number {
    return this.words[number * BlockRecords.WORDS + CAPACITY] as number;
  }

  count(number: number): number {
    return this.words[number * BlockRecords.WORDS + COUNT] as number;
  }

  setCount(number: number, count: number): void {
    this.words[number * BlockRecords.WORDS + COUNT] = count;
  }

  longest(number: number): number {
    return this.#floats[number * BlockRecords.WORDS + LONGEST] as number;
  }

  setLongest(number: number, longest: number): void {
    this.#floats[number * BlockRecords.WORDS + LONGEST] = longest;
  }

  /** See BlockFields. */
  alignment(number: number): number {
    return this.#floats[number * BlockRecords.WORDS + ALIGNMENT] as number;
  }

  /** See BlockFields. */
  spread(number: number): number {
    return this.#floats[number * BlockRecords.WORDS + SPREAD] as number;
  }

  setSummary(
    number: number,
    { longest, alignment, spread }: Pick<BlockFields, 'longest' | 'alignment' | 'spread'>,
  ): void {
    const at = number * BlockRecords.WORDS;
    this.#floats[at + LONGEST] = longest;
    this.#floats[at + ALIGNMENT] = alignment;
    this.#floats[at + SPREAD] = spread;
  }
}

/** Vectors in blocks, band by band: what a search through signatures reads. */
export interface BlocksFields {
  /** Numbers of blocks, band by band. */
  readonly order: Int32Array;
  /** One more than there are bands: where each band's blocks start in `order`. */
  readonly bands: Int32Array;
  readonly bandCount: number;
  readonly records: BlockRecords;
  /** Coordinates of a vector, padded to a multiple of 16. */
  readonly stride: number;
  /** Words of 64 bits in a signature. */
  readonly words: number;
  /** Whether blocks keep their vectors in 32-bit floats, too. */
  readonly rows: boolean;
  /** `stride` floats for each block: the mean direction of its vectors. */
  readonly centres: Float32Array;
  /** The same, rounded, as quantizeRows does. */
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
}

/** The record of all blocks: laid anew, in the same place, as there are more of them. */
export class BlockVectors extends Relaid<'Blocks', BlocksFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Blocks');

  /** @param record WORDS words of the arena, which its owner frees. */
  constructor(arena: Arena, record: Int32Array) {
    super(arena, 'Blocks', record, (fields) => {
      const { order, bands, bandCount, records, stride, words, rows, centres, codes, scales, sums } = fields;
      const numbers = { order, bands, bandCount, records: records.words, stride, words, rows: Number(rows) };
      return { ...numbers, centres, centreCodes: codes, centreScales: scales, centreSums: sums };
    });
  }

  /** How many blocks searches visit. */
  get count(): number {
    const { bands, bandCount } = this.fields;
    return bands[bandCount] as number;
  }
}

/** Vectors on their way into a block. */
export interface StagedFields {
  /** `stride` floats a vector. */
  readonly rows: Float32Array;
  /** 64 * words floats a vector: bit i of a signature is whether projection i is 0 or more. */
  readonly projections: Float32Array;
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
  readonly ids: Uint32Array;
  readonly lengths: Float32Array;
}

/** The record of vectors on their way into a block. */
export class StagedVectors extends Relaid<'Staged', StagedFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Staged');

  /** @param record WORDS words of the arena, which its owner frees. */
  constructor(arena: Arena, record: Int32Array) {
    super(arena, 'Staged', record, (fields) => fields);
  }
}

/** How blocks keep vectors: see BlocksFields. */
export type BlockShape = Pick<BlocksFields, 'stride' | 'words' | 'rows'>;

/** Bytes of a block's signatures, of so many words of 64 bits each: there is always room for all slots. */
export function signatureBytes(words: number): number {
  return BLOCK_SLOTS * 8 * words;
}

/** Bytes of the rest of a block with room for `capacity` vectors. */
export function blockBytes(
  arena: Arena,
  { stride, rows }: Pick<BlockShape, 'stride' | 'rows'>,
  capacity: number,
): number {
  // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
  return arena.kernels.blockBytes(capacity, stride, Number(rows)) >>> 0;
}

/**
 * Writes the first `count` staged vectors to a block, from slot `first` on.
 * @throws {RangeError} if an array has too few elements, or the block too few slots.
 */
export function fillBlock(
  team: Team,
  fill: {
    readonly blocks: BlockVectors;
    readonly staged: StagedVectors;
    readonly number: number;
    readonly first: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { blocks, staged, number, first } = fill;
  const { records, stride, words, rows } = blocks.fields;
  const { rows: vectors, projections, codes, scales, sums, ids, lengths } = staged.fields;
  checkRoom('fillBlock', 'block', { length: records.capacity(number) }, first + count);
  if (rows) checkRoom('fillBlock', 'rows', vectors, count * stride);
  checkRoom('fillBlock', 'projections', projections, count * words * 64);
  checkRoom('fillBlock', 'codes', codes, count * stride);
  for (const [name, view] of Object.entries({ scales, sums, ids, lengths })) {
    checkRoom('fillBlock', name, view, count);
  }
  const at = arena.address(blocks.record);
  arena.kernels.fillBlock(at, number, first, arena.address(staged.record), 0, count);
}

/**
 * Copies all of the vectors at places from[i] to places to[i], for i below `count`. Places are not checked.
 * @throws {RangeError} if an array has too few elements.
 */
export function copyPlaces(
  team: Team,
  { blocks, from, to }: { readonly blocks: BlockVectors; readonly from: Int32Array; readonly to: Int32Array },
  count: number,
): void {
  const { arena } = team;
  checkRoom('copyPlaces', 'from', from, count);
  checkRoom('copyPlaces', 'to', to, count);
  const at = [arena.address(blocks.record), arena.address(to), arena.address(from)] as const;
  if (count < FEW) arena.kernels.copyPlaces(...at, 0, count);
  else team.run('copyPlaces', [...at], count);
}
