/** What hash kernels read and write, as a record in the arena. */
import type { Arena } from '../memory/arena.ts';
import { layRecord, recordWords } from './record.ts';

/** Words of the record. */
export const HASH_BATCH_WORDS: number = recordWords('HashBatch');

/** Vectors to hash, dense or sparse, and where their codes go. */
export interface HashBatchFields {
  /** The code of table t of vector s goes to codes[t * codeStride + row]; its row is s, or rows[s] where `rows` is given. */
  readonly codes: Uint32Array;
  readonly codeStride: number;
  readonly rows?: Int32Array | undefined;
  /** Dense vectors: row r has `width` coordinates from r * stride on. Sparse ones: the non-zeros. */
  readonly values: Float32Array;
  /** 0 for sparse vectors. */
  readonly stride: number;
  readonly width: number;
  /** Sparse vectors only: vector s has non-zeros offsets[s] to offsets[s + 1]. */
  readonly offsets?: Int32Array | undefined;
  /** The coordinate of each non-zero, below `width`: an unsigned integer of 32 bits. */
  readonly ids?: Int32Array | Uint32Array | undefined;
  /** `tailWidth` coordinates more for each row. */
  readonly tail?: Float32Array | undefined;
  readonly tailWidth: number;
}

/** Writes the fields to `record`, HASH_BATCH_WORDS words in the arena, whose address kernels take. */
export function writeHashBatch(record: Int32Array, arena: Arena, fields: HashBatchFields): void {
  const { codes, codeStride, rows, values, stride, width, offsets, ids, tail, tailWidth } = fields;
  const vectors = { values, stride, width, offsets, ids, tail, tailWidth };
  layRecord(arena, 'HashBatch', { codes, codeStride, rows, ...vectors }, record);
}
