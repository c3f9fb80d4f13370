/** Dense products, and sums of rows. */
import type { Arena } from '../memory/arena.ts';
import type { Team } from '../threads/team.ts';
import { checkRoom, rowsSpan } from './room.ts';

/** Element (i, j) of a matrix is values[i * row + j * column]: a transpose is a swap of both. */
export interface Matrix {
  readonly values: Float32Array;
  readonly row: number;
  readonly column: number;
}

/** C = A B, or C + A B. */
export interface Product {
  /** C, whose rows are `outStride` elements apart. */
  readonly out: Float32Array;
  readonly outStride: number;
  readonly a: Matrix;
  readonly b: Matrix;
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
 * Dense matrix products. Each element is summed over the depth in ascending order, so that the bits do not depend on the
 * number of threads.
 * @throws {RangeError} if an array has too few elements.
 */
export function gemm(team: Team, product: Product): void {
  const { arena } = team;
  const { out, outStride, a, b, rows, columns, depth, accumulate = false } = product;
  checkRoom('gemm', 'out', out, rowsSpan(rows, outStride, columns));
  checkRoom('gemm', 'a', a.values, matrixSpan(a, rows, depth));
  checkRoom('gemm', 'b', b.values, matrixSpan(b, depth, columns));
  const left = [arena.address(a.values), a.row, a.column] as const;
  const right = [arena.address(b.values), b.row, b.column] as const;
  team.run(
    'gemm',
    [arena.address(out), outStride, ...left, ...right, rows, depth, accumulate ? 1 : 0],
    columns,
    // Whole tiles of columns, one range for each thread, so that A is packed no oftener than it must.
    { scratch: gemmScratch(arena), grain: Math.ceil(columns / team.threads / 8) * 8 },
  );
}

/**
 * sums[j] = the sum of column j over `rows` rows, in their order, for `count` columns.
 * @throws {RangeError} if an array has too few elements.
 */
export function columnSums(
  team: Team,
  columns: {
    readonly sums: Float32Array;
    /** Rows are `stride` floats apart. */
    readonly x: Float32Array;
    readonly stride: number;
    readonly rows: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { sums, x, stride, rows } = columns;
  checkRoom('columnSums', 'sums', sums, count);
  checkRoom('columnSums', 'x', x, rowsSpan(rows, stride, count));
  team.run('columnSums', [arena.address(sums), arena.address(x), stride, rows], count, { size: rows });
}

/**
 * out[i] = the sum of element i of `parts` partial sums, in their order, for `count` elements.
 * @throws {RangeError} if an array has too few elements.
 */
export function sumPartials(
  team: Team,
  sums: {
    readonly out: Float32Array;
    /** `stride` floats apart. */
    readonly partials: Float32Array;
    readonly stride: number;
    readonly parts: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, partials, stride, parts } = sums;
  checkRoom('sumPartials', 'out', out, count);
  checkRoom('sumPartials', 'partials', partials, rowsSpan(parts, stride, count));
  const args = [arena.address(out), arena.address(partials), stride, parts] as const;
  team.run('sumPartials', [...args], count, { size: parts });
}

/** Bytes that each thread needs for a product. */
export function gemmScratch(arena: Arena): number {
  return arena.kernels.gemmScratchBytes();
}

function matrixSpan({ row, column }: Matrix, rows: number, columns: number): number {
  return rows > 0 && columns > 0 ? (rows - 1) * row + (columns - 1) * column + 1 : 0;
}
