/** Products with rows of 8 bits: row r is scales[r] times integers from -127 to 127. Samples stay floats of 32 bits. */
import type { Team } from '../threads/team.ts';
import { addressOf } from './record.ts';
import { checkRoom, listsSpan, rowsSpan } from './room.ts';
import type { ListedRows } from './rows.ts';

/** Rows of 8 bits. */
export interface Int8Rows {
  /** Rows are `stride` bytes apart, and 0 from `width` up to a multiple of 16. */
  readonly rows: Int8Array;
  /** One a row. */
  readonly scales: Float32Array;
  /** A multiple of 16. */
  readonly stride: number;
  readonly width: number;
}

/** Samples, 0 from the rows' width up to a multiple of 16. */
type Samples = Pick<ListedRows, 'x' | 'xStride'>;

/**
 * out[q] = row ids[q] . sample s + its bias, for the q of each of `count` samples' lists; the bits are those of multiplyInt8.
 * @throws {RangeError} if an array has too few elements.
 */
export function dotRowsInt8(
  team: Team,
  lists: Int8Rows &
    Samples &
    Pick<ListedRows, 'out' | 'offsets' | 'ids'> & { readonly bias?: Float32Array | undefined },
  count: number,
): void {
  const { arena } = team;
  const { out, offsets, ids, rows, scales, stride, width, bias, x, xStride } = lists;
  const elements = listsSpan('dotRowsInt8', offsets, count);
  checkRoom('dotRowsInt8', 'out', out, elements);
  checkRoom('dotRowsInt8', 'ids', ids, elements);
  checkRoom('dotRowsInt8', 'x', x, rowsSpan(count, xStride, sixteens(width)));
  const choices = [arena.address(out), arena.address(offsets), arena.address(ids)] as const;
  const held = [arena.address(rows), arena.address(scales), addressOf(arena, bias), stride, width] as const;
  team.run('dotRowsInt8', [...choices, ...held, arena.address(x), xStride], count);
}

/**
 * Row s of `out` becomes the bias (none: 0) plus the sum over the k from offsets[s] to offsets[s + 1] - 1 of coefficients[k]
 * times row ids[k], for `count` samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function gatherRowsInt8(
  team: Team,
  sums: Int8Rows & {
    /** Rows have room for `width` up to a multiple of 16. */
    readonly out: Float32Array;
    readonly outStride: number;
    /** `width` numbers. */
    readonly bias?: Float32Array | undefined;
    readonly offsets: Int32Array;
    /** Numbers of rows; they are not checked. */
    readonly ids: Int32Array;
    readonly coefficients: Float32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { out, outStride, bias, rows, scales, stride, width, offsets, ids, coefficients } = sums;
  const elements = listsSpan('gatherRowsInt8', offsets, count);
  checkRoom('gatherRowsInt8', 'out', out, rowsSpan(count, outStride, sixteens(width)));
  checkRoom('gatherRowsInt8', 'ids', ids, elements);
  checkRoom('gatherRowsInt8', 'coefficients', coefficients, elements);
  if (bias) checkRoom('gatherRowsInt8', 'bias', bias, width);
  const target = [arena.address(out), outStride, addressOf(arena, bias)] as const;
  const held = [arena.address(rows), arena.address(scales), stride, width] as const;
  const lists = [arena.address(offsets), arena.address(ids), arena.address(coefficients)] as const;
  team.run('gatherRowsInt8', [...target, ...held, ...lists], count);
}

/**
 * out[s * outStride + r] = row r . sample s + bias[r] (none: 0), for `count` rows, which threads share out, and all of `batch`
 * samples.
 * @throws {RangeError} if an array has too few elements.
 */
export function multiplyInt8(
  team: Team,
  product: Int8Rows &
    Samples & {
      readonly out: Float32Array;
      readonly outStride: number;
      readonly bias?: Float32Array | undefined;
      readonly batch: number;
    },
  count: number,
): void {
  const { arena } = team;
  const { out, outStride, rows, scales, bias, stride, width, x, xStride, batch } = product;
  checkRoom('multiplyInt8', 'out', out, rowsSpan(batch, outStride, count));
  checkRoom('multiplyInt8', 'rows', rows, rowsSpan(count, stride, sixteens(width)));
  checkRoom('multiplyInt8', 'scales', scales, count);
  if (bias) checkRoom('multiplyInt8', 'bias', bias, count);
  checkRoom('multiplyInt8', 'x', x, rowsSpan(batch, xStride, sixteens(width)));
  const target = [arena.address(out), outStride] as const;
  const held = [arena.address(rows), arena.address(scales), addressOf(arena, bias), stride, width] as const;
  team.run('multiplyInt8', [...target, ...held, arena.address(x), xStride, batch], count, {
    scratch: arena.kernels.multiplyInt8ScratchBytes(width),
  });
}

/** `width` up to a multiple of 16: of bytes, kernels read whole vectors of 16. */
function sixteens(width: number): number {
  return Math.ceil(width / 16) * 16;
}
