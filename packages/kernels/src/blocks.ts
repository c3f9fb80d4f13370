/** Blocks of vectors of alike lengths, as a record in the arena: assembly/layout.ts has the same fields. */
import type { Arena } from './arena.ts';

/** Words of the record that `layBlocks` writes. */
export const BLOCKS_WORDS = 7;

/** Block b has places b * size to b * size + counts[b] of the vectors. */
export interface BlocksFields {
  /** The blocks, those of the longest vectors first; `count` of them. */
  readonly order: Int32Array;
  readonly count: number;
  readonly size: number;
  /** One a block. */
  readonly counts: Int32Array;
  /** One a block: the greatest length of its vectors, or more. */
  readonly longest: Float32Array;
  /** `words` pairs of u32 for each place. */
  readonly signatures: Uint32Array;
  readonly words: number;
}

/** Writes the fields to `record`, BLOCKS_WORDS words in the arena, whose address kernels take. */
export function layBlocks(record: Int32Array, arena: Arena, fields: BlocksFields): void {
  const { order, count, size, counts, longest, signatures, words } = fields;
  record.set([
    arena.address(order),
    count,
    size,
    arena.address(counts),
    arena.address(longest),
    arena.address(signatures),
    words,
  ]);
}
