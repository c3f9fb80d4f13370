/** Dense matrix products on a team: what dense layers, projections and exact scans are made of. */
import type { Team } from '../threads/team.ts';

/** Element (i, j) of a matrix is at byte `address` + 4 (i * row + j * column): a transpose is a swap of strides. */
export interface Strided {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** The shape of a product C = A B of matrices. */
export interface ProductShape {
  /** Rows of A and C. */
  readonly rows: number;
  /** Columns of B and C, which threads share out. */
  readonly columns: number;
  /** Columns of A, rows of B. */
  readonly depth: number;
  /** C + A B in place of A B. Default false. */
  readonly accumulate?: boolean;
}

/**
 * C = A B, C's rows being `cStride` floats apart. Each element is summed over the depth in ascending order, so that the
 * bits do not depend on the number of threads.
 */
export function multiply(
  team: Team,
  cAddress: number,
  cStride: number,
  a: Strided,
  b: Strided,
  shape: ProductShape,
): void {
  const { rows, columns, depth, accumulate } = shape;
  team.run(
    'gemm',
    [
      cAddress,
      cStride,
      a.address,
      a.row,
      a.column,
      b.address,
      b.row,
      b.column,
      rows,
      depth,
      accumulate ? 1 : 0,
    ],
    columns,
    // Whole tiles of columns, one range for each thread, so that A is packed no oftener than it must.
    { scratch: team.arena.kernels.gemmScratchBytes(), grain: Math.ceil(columns / team.threads / 8) * 8 },
  );
}
