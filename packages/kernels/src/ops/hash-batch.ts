/** What hash kernels read and write, as a record in the arena: assembly/hash/hash-batch.ts has the same fields in this order. */
import type { Arena, View } from '../memory/arena.ts';

/** Words of the record. */
export const HASH_BATCH_WORDS = 10;

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
  const optional = (view: View | undefined): number => (view ? arena.address(view) : 0);
  record.set([
    arena.address(fields.codes),
    fields.codeStride,
    optional(fields.rows),
    arena.address(fields.values),
    fields.stride,
    fields.width,
    optional(fields.offsets),
    optional(fields.ids),
    optional(fields.tail),
    fields.tailWidth,
  ]);
}
