/** Products, distances and copies of rows that lists name, and lengths of rows. */
import type { Team } from '../threads/team.ts';
import { addressOf } from './record.ts';
import { checkRoom, listsSpan, rowsSpan, whole } from './room.ts';

/** Rows that each sample's list names, against the samples: for `dotRows` and `distanceRows`. */
export interface ListedRows {
  /** One for each element of the lists. */
  readonly out: Float32Array;
  /** Sample s has the rows ids[offsets[s]] to ids[offsets[s + 1] - 1]; the ids are not checked. */
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  /** Rows are `stride` floats apart, and 0 from `width` up to a multiple of 4. */
  readonly rows: Float32Array;
  readonly stride: number;
  readonly width: number;
  /** The samples: `xStride` floats apart, and 0 from `width` up to a multiple of 4. */
  readonly x: Float32Array;
  readonly xStride: number;
}

/**
 * out[q] = row ids[q] . sample s + its bias, for the q of each of `count` samples' lists.
 * @throws {RangeError} if an array has too few elements.
 */
export function dotRows(
  team: Team,
  { bias, ...lists }: ListedRows & { readonly bias?: Float32Array | undefined },
  count: number,
): void {
  const { arena } = team;
  checkLists('dotRows', lists, count);
  const { out, offsets, ids, rows, stride, width, x, xStride } = lists;
  const choices = [arena.address(out), arena.address(offsets), arena.address(ids)] as const;
  const held = [arena.address(rows), stride, width, addressOf(arena, bias)] as const;
  team.run('dotRows', [...choices, ...held, arena.address(x), xStride], count);
}

/**
 * out[q] = |row ids[q] - sample s|^2, for the q of each of `count` samples' lists.
 * @throws {RangeError} if an array has too few elements.
 */
export function distanceRows(team: Team, lists: ListedRows, count: number): void {
  const { arena } = team;
  checkLists('distanceRows', lists, count);
  const { out, offsets, ids, rows, stride, width, x, xStride } = lists;
  const choices = [arena.address(out), arena.address(offsets), arena.address(ids)] as const;
  team.run(
    'distanceRows',
    [...choices, arena.address(rows), stride, width, arena.address(x), xStride],
    count,
  );
}

function checkLists(op: string, lists: ListedRows, count: number): void {
  const { out, offsets, ids, x, xStride, width } = lists;
  const elements = listsSpan(op, offsets, count);
  checkRoom(op, 'out', out, elements);
  checkRoom(op, 'ids', ids, elements);
  checkRoom(op, 'x', x, rowsSpan(count, xStride, whole(width)));
}

/**
 * Row i of `out` becomes row list[i] of `from`, `width` floats of it, for i below `count`.
 * @throws {RangeError} if an array has too few elements.
 */
export function copyRows(
  team: Team,
  rows: {
    readonly out: Float32Array;
    readonly outStride: number;
    readonly from: Float32Array;
    readonly stride: number;
    readonly width: number;
    /** Numbers of rows; they are not checked. */
    readonly list: Int32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, outStride, from, stride, width, list } = rows;
  checkRoom('copyRows', 'out', out, rowsSpan(count, outStride, width));
  checkRoom('copyRows', 'list', list, count);
  const target = [arena.address(out), outStride] as const;
  team.run('copyRows', [...target, arena.address(from), stride, width, arena.address(list)], count);
}

/**
 * Row c of `out` becomes column c of the `rows` rows of `x`, for `columns` columns.
 * @throws {RangeError} if an array has too few elements.
 */
export function transposeRows(
  team: Team,
  matrix: {
    readonly out: Float32Array;
    readonly outStride: number;
    readonly x: Float32Array;
    readonly stride: number;
    readonly rows: number;
  },
  columns: number,
): void {
  const { arena } = team;
  const { out, outStride, x, stride, rows } = matrix;
  checkRoom('transposeRows', 'out', out, rowsSpan(columns, outStride, rows));
  checkRoom('transposeRows', 'x', x, rowsSpan(rows, stride, columns));
  team.run('transposeRows', [arena.address(out), outStride, arena.address(x), stride, rows], columns);
}

/**
 * norms[i] = |row i of x|^2 for `count` rows.
 * @throws {RangeError} if an array has too few elements.
 */
export function squaredNorms(
  team: Team,
  rows: {
    readonly norms: Float32Array;
    /** Rows are `stride` floats apart, and 0 from `width` up to a multiple of 4. */
    readonly x: Float32Array;
    readonly stride: number;
    readonly width: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { norms, x, stride, width } = rows;
  checkRoom('squaredNorms', 'norms', norms, count);
  checkRoom('squaredNorms', 'x', x, rowsSpan(count, stride, whole(width)));
  team.run('squaredNorms', [arena.address(norms), arena.address(x), stride, width], count);
}

/**
 * Row s of `out` becomes the bias (none: 0) plus the sum over the k from offsets[s] to offsets[s + 1] - 1 of coefficients[k]
 * times row ids[k], in ascending order, for `count` samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function gatherRows(
  team: Team,
  sums: {
    readonly out: Float32Array;
    readonly outStride: number;
    readonly bias?: Float32Array | undefined;
    /** Rows are `stride` floats apart, and 0 from `width` up to a multiple of 4. */
    readonly rows: Float32Array;
    readonly stride: number;
    readonly width: number;
    readonly offsets: Int32Array;
    /** Numbers of rows; they are not checked. */
    readonly ids: Int32Array | Uint32Array;
    readonly coefficients: Float32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, outStride, bias, rows, stride, width, offsets, ids, coefficients } = sums;
  const elements = listsSpan('gatherRows', offsets, count);
  checkRoom('gatherRows', 'out', out, rowsSpan(count, outStride, whole(width)));
  checkRoom('gatherRows', 'ids', ids, elements);
  checkRoom('gatherRows', 'coefficients', coefficients, elements);
  if (bias) checkRoom('gatherRows', 'bias', bias, width);
  const target = [arena.address(out), outStride, addressOf(arena, bias)] as const;
  const lists = [arena.address(offsets), arena.address(ids), arena.address(coefficients)] as const;
  team.run('gatherRows', [...target, arena.address(rows), stride, width, ...lists], count);
}
