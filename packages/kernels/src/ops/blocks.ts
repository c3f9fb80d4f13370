/** Vectors in blocks, as records in the arena. */
import type { Arena } from '../memory/arena.ts';
import { layRecord, recordWords } from './record.ts';

/** Words of the record that `layBlocks` writes. */
export const BLOCKS_WORDS: number = recordWords('Blocks');

/** Words of the record of one block. */
export const BLOCK_WORDS: number = recordWords('Block');

/** Places of a block: a place is a block's number times this, and a slot. */
export const BLOCK_SLOTS = 256;

/** Vectors in blocks, band by band: what a search through signatures reads. */
export interface BlocksFields {
  /** Numbers of blocks, band by band. */
  readonly order: Int32Array;
  /** One more than there are bands: where each band's blocks start in `order`. */
  readonly bands: Int32Array;
  readonly bandCount: number;
  /** BLOCK_WORDS words for each block, by number; see `layBlock`. */
  readonly records: Int32Array;
  /** Coordinates of a vector, padded to a multiple of 16. */
  readonly stride: number;
  /** Words of 64 bits in a signature. */
  readonly words: number;
  /** Whether blocks keep their vectors in 32-bit floats, too. */
  readonly rows: boolean;
  /** `stride` floats for each block: the mean direction of its vectors. */
  readonly centres: Float32Array;
  /** The same, rounded, as the kernel quantizeRows does. */
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
}

/** Writes the fields to `record`, BLOCKS_WORDS words in the arena, whose address kernels take. */
export function layBlocks(record: Int32Array, arena: Arena, fields: BlocksFields): void {
  const { codes: centreCodes, scales: centreScales, sums: centreSums, rows, ...held } = fields;
  layRecord(arena, 'Blocks', { ...held, rows: Number(rows), centreCodes, centreScales, centreSums }, record);
}

/** Vectors on their way into a block, as the kernel fillBlock takes them; see assembly/search/blocks.ts. */
export interface StagedFields {
  /** `stride` floats a vector. */
  readonly rows: Float32Array;
  /** 64 * words floats a vector. */
  readonly projections: Float32Array;
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
  readonly sums: Int32Array;
  readonly ids: Uint32Array;
  readonly lengths: Float32Array;
}

/** Words of the record that `layStaged` writes. */
export const STAGED_WORDS: number = recordWords('Staged');

/** Writes the fields to `record`, STAGED_WORDS words in the arena. */
export function layStaged(record: Int32Array, arena: Arena, fields: StagedFields): void {
  layRecord(arena, 'Staged', fields, record);
}

/** What a search must know of a block before it reads it. */
export interface BlockFields {
  /** Address of blockBytes(capacity, ...) bytes. */
  readonly memory: number;
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

/** Writes the record of a block. */
export function layBlock(records: Int32Array, number: number, fields: BlockFields): void {
  const at = number * BLOCK_WORDS;
  const { memory, capacity, count, longest, alignment, spread } = fields;
  records.set([memory, capacity, count], at);
  new Float32Array(records.buffer, records.byteOffset + (at + 3) * 4, 3).set([longest, alignment, spread]);
}
