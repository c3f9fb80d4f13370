import type { CompressedRows } from './sparse-rows.ts';

/** Sparse rows with a width, as one file of the two-file layout has them. */
export interface SparseMatrix extends CompressedRows {
  readonly rows: number;
  readonly columns: number;
}
