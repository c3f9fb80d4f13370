/** The vectors that hash ops read, dense or sparse, and where their codes go. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { recordWords, Relaid } from '../record.ts';
import { checkRoom, listsSpan, rowsSpan } from '../room.ts';

/** Non-negative integers of 32 bits; those of signed arrays are below 2^31. */
export type Words = Int32Array | Uint32Array;

/** Vectors to be hashed, dense or sparse, and where their codes go. */
export interface HashBatchFields {
  /**
   * The code of table t of vector s goes to codes[t * codeStride + row]; its row is s, or rows[s] where `rows` is given. None
   * for ops that only project.
   */
  readonly codes?: Uint32Array | undefined;
  readonly codeStride: number;
  readonly rows?: Int32Array | undefined;
  /** Dense vectors: row r has `width` coordinates from r * stride on. Sparse ones: the non-zeros. */
  readonly values: Float32Array;
  /** 0 for sparse vectors. */
  readonly stride: number;
  readonly width: number;
  /** Sparse vectors only: vector s has non-zeros offsets[s] to offsets[s + 1]. */
  readonly offsets?: Int32Array | undefined;
  /** The coordinate of each non-zero, below `width`. */
  readonly ids?: Words | undefined;
  /** `tailWidth` coordinates more for each row. */
  readonly tail?: Float32Array | undefined;
  readonly tailWidth: number;
}

/** The record of a batch: laid anew for each batch in the same place, and read by any hash op. */
export class HashBatch extends Relaid<'HashBatch', HashBatchFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('HashBatch');

  /** @param record WORDS words of the arena, which its owner frees. */
  constructor(arena: Arena, record: Int32Array) {
    super(arena, 'HashBatch', record, (fields) => {
      const { codes, codeStride, rows, values, stride, width, offsets, ids, tail, tailWidth } = fields;
      return { codes, codeStride, rows, values, stride, width, offsets, ids, tail, tailWidth };
    });
  }
}

/**
 * Checks that `count` vectors lie in their arrays and have room for codes of `tables` tables (0: none are written); what
 * listed rows and ids say is not checked. Gives the address of the record.
 */
export function batchAddress(
  op: string,
  team: Team,
  batch: HashBatch,
  count: number,
  tables: number,
): number {
  const { codes, codeStride, rows, values, stride, width, offsets, ids, tail, tailWidth } = batch.fields;
  // Of listed rows it is not known which is the last.
  const span = rows ? Math.min(1, count) : count;
  if (rows) checkRoom(op, 'rows', rows, count);
  if (tables > 0) checkRoom(op, 'codes', codes, rowsSpan(tables, codeStride, span));
  if (offsets) {
    const elements = listsSpan(op, offsets, count);
    checkRoom(op, 'ids', ids, elements);
    checkRoom(op, 'values', values, elements);
  } else checkRoom(op, 'values', values, rowsSpan(span, stride, width));
  if (tailWidth > 0) checkRoom(op, 'tail', tail, span * tailWidth);
  return team.arena.address(batch.record);
}

/** Coordinates of the batch's vectors, their tails included. */
export function coordinatesOf(batch: HashBatch): number {
  const { width, tailWidth } = batch.fields;
  return width + tailWidth;
}

/** Vectors that a thread claims at a time: some chunks each, in whole groups of those that a kernel takes side by side. */
export function grainOf(team: Team, count: number, group: number): number {
  const chunks = team.threads === 1 ? 1 : 4 * team.threads;
  return Math.max(1, Math.ceil(count / chunks / group)) * group;
}
