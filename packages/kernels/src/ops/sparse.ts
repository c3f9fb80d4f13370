/** Products with sparse batches, and the ways from sparse to dense batches and back. */
import type { Team } from '../threads/team.ts';
import { checkRows, checkSparse, type RowsRecord, type SparseRecord } from './layout.ts';
import { checkRoom, listsSpan, rowsSpan, whole } from './room.ts';

/** Rows that each sample's list names, against the samples, which are sparse. */
interface ListedRowsSparse {
  readonly rows: RowsRecord;
  readonly x: SparseRecord;
  /** Sample s has the rows ids[offsets[s]] to ids[offsets[s + 1] - 1]; the ids are not checked. */
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
}

/**
 * out[q] = row ids[q] . sample s + its bias, for the q of each of `count` samples' lists.
 * @throws {RangeError} if an array has too few elements.
 */
export function dotRowsSparse(
  team: Team,
  lists: ListedRowsSparse & {
    /** One for each element of the lists. */
    readonly out: Float32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, rows, x, offsets, ids } = lists;
  const elements = checkLists('dotRowsSparse', lists, count);
  checkRoom('dotRowsSparse', 'out', out, elements);
  const against = [arena.address(rows.record), arena.address(x.record)] as const;
  const listed = [arena.address(offsets), arena.address(ids)] as const;
  team.run('dotRowsSparse', [arena.address(out), ...against, ...listed], count);
}

/**
 * out[k] = the sum of coefficients[q] * row ids[q] at the column of the k-th non-zero, over the q of the sample's list, for the
 * k of each of `count` samples: the gradient that flows back to a sparse input.
 * @throws {RangeError} if an array has too few elements.
 */
export function gatherRowsSparse(
  team: Team,
  lists: ListedRowsSparse & {
    /** Laid out like the non-zeros of `x`. */
    readonly out: Float32Array;
    /** One for each element of the lists. */
    readonly coefficients: Float32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, rows, x, offsets, ids, coefficients } = lists;
  const elements = checkLists('gatherRowsSparse', lists, count);
  checkRoom('gatherRowsSparse', 'out', out, x.fields.offsets[count] as number);
  checkRoom('gatherRowsSparse', 'coefficients', coefficients, elements);
  const against = [arena.address(rows.record), arena.address(x.record)] as const;
  const listed = [arena.address(offsets), arena.address(ids), arena.address(coefficients)] as const;
  team.run('gatherRowsSparse', [arena.address(out), ...against, ...listed], count);
}

/**
 * out[s * outStride + r] = row r . sample s, for `count` rows, which threads share out, and all of `batch` sparse samples. No
 * bias is added. The bits are those of `gemm` with the dense form of the samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function multiplySparse(
  team: Team,
  product: {
    readonly out: Float32Array;
    readonly outStride: number;
    readonly rows: RowsRecord;
    readonly x: SparseRecord;
    readonly batch: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, outStride, rows, x, batch } = product;
  checkSparse('multiplySparse', x, batch);
  checkRoom('multiplySparse', 'out', out, rowsSpan(batch, outStride, count));
  checkRows('multiplySparse', rows, count);
  const against = [arena.address(rows.record), arena.address(x.record)] as const;
  team.run('multiplySparse', [arena.address(out), outStride, ...against, batch], count, {
    scratch: arena.kernels.multiplySparseScratchBytes(rows.fields.width),
  });
}

/** Elements of all lists together. */
function checkLists(op: string, { x, offsets, ids }: ListedRowsSparse, count: number): number {
  checkSparse(op, x, count);
  const elements = listsSpan(op, offsets, count);
  checkRoom(op, 'ids', ids, elements);
  return elements;
}

/**
 * Writes `count` sparse samples as dense ones, 0 up to a multiple of 4 columns.
 * @throws {RangeError} if an array has too few elements.
 */
export function scatterRows(
  team: Team,
  dense: {
    /** Rows are `stride` floats apart. */
    readonly out: Float32Array;
    readonly stride: number;
    /** Columns; ids are below, which is not checked. */
    readonly width: number;
    readonly x: SparseRecord;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, stride, width, x } = dense;
  checkSparse('scatterRows', x, count);
  checkRoom('scatterRows', 'out', out, rowsSpan(count, stride, whole(width)));
  team.run('scatterRows', [arena.address(out), stride, width, arena.address(x.record)], count);
}

/**
 * The other way: out[k] = the element of the sample's dense row at the column of the k-th non-zero, for the k of `count`
 * samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function gatherColumns(
  team: Team,
  columns: {
    /** Laid out like the non-zeros of `x`. */
    readonly out: Float32Array;
    /** Dense rows are `stride` floats apart. */
    readonly rows: Float32Array;
    readonly stride: number;
    /** Columns; ids are below, which is not checked. */
    readonly width: number;
    readonly x: SparseRecord;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, rows, stride, width, x } = columns;
  checkRoom('gatherColumns', 'out', out, checkSparse('gatherColumns', x, count));
  checkRoom('gatherColumns', 'rows', rows, rowsSpan(count, stride, width));
  team.run(
    'gatherColumns',
    [arena.address(out), arena.address(rows), stride, arena.address(x.record)],
    count,
  );
}
