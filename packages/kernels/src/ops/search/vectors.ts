/** Vectors and queries of exact scans. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { recordWords, Relaid } from '../record.ts';
import { checkRoom } from '../room.ts';

/** Of fewer rows it is not worth to wake threads. */
const FEW = 256;

/** Vectors to search, and int8 copies of them if there are any. */
export interface VectorsFields {
  /** `stride` floats a row, a multiple of 16; 0 from the vector's dimensions on. */
  readonly rows: Float32Array;
  readonly stride: number;
  readonly count: number;
  /** What searches give; one a row. None where rows are only quantized. */
  readonly ids?: Uint32Array | undefined;
  readonly int8?: Int8Fields | undefined;
}

/** Rows rounded to 8 bits, as quantizeRows fills them in. */
export interface Int8Fields {
  /** `stride` bytes a row. */
  readonly codes: Uint8Array;
  /** One a row: what the codes are to be multiplied with. */
  readonly scales: Float32Array;
  /** One a row: the length of what the rounding left out, or more. */
  readonly errors: Float32Array;
  /** One a row: the sum of the codes. */
  readonly sums: Int32Array;
}

/** The record of vectors: laid anew, in the same place, as there are more of them. */
export class ScanVectors extends Relaid<'Vectors', VectorsFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Vectors');

  /** @param record WORDS words of the arena, which its owner frees. */
  constructor(arena: Arena, record: Int32Array) {
    super(arena, 'Vectors', record, ({ rows, stride, count, ids, int8 }) => {
      const { codes, scales, errors, sums } = int8 ?? {};
      return { rows, stride, count, ids, codes, scales, errors, sums };
    });
  }
}

/** Queries as searches take them. */
export interface ScanQueries {
  /** Laid out as rows are, up to a multiple of 4 of them. */
  readonly queries: Float32Array;
  /** Two planes of `stride` bytes a query, as quantizeQueries fills them; empty where vectors have no int8 copies. */
  readonly planes: Uint8Array;
  /** Three numbers a query; the second is its length, or a little more, above 0. */
  readonly terms: Float32Array;
}

/**
 * Fills the int8 copies of `count` rows from row `first` on. Errors have room for what rounding may do to a score: `slack`
 * times the row's length.
 * @throws {RangeError} if an array has too few elements.
 */
export function quantizeRows(
  team: Team,
  {
    vectors,
    slack,
    first,
  }: { readonly vectors: ScanVectors; readonly slack: number; readonly first: number },
  count: number,
): void {
  const { rows, stride, int8 } = vectors.fields;
  const end = first + count;
  checkRoom('quantizeRows', 'rows', rows, end * stride);
  checkRoom('quantizeRows', 'codes', int8?.codes, end * stride);
  checkRoom('quantizeRows', 'scales', int8?.scales, end);
  checkRoom('quantizeRows', 'errors', int8?.errors, end);
  checkRoom('quantizeRows', 'sums', int8?.sums, end);
  const { arena } = team;
  const at = arena.address(vectors.record);
  if (count < FEW) arena.kernels.quantizeRows(at, slack, first, 0, count);
  else team.run('quantizeRows', [at, slack, first], count);
}

/**
 * Fills the planes of `count` queries, and of their terms all but the lengths.
 * @throws {RangeError} if an array has too few elements.
 */
export function quantizeQueries(
  team: Team,
  { queries, planes, terms, stride }: ScanQueries & { readonly stride: number },
  count: number,
): void {
  const { arena } = team;
  checkRoom('quantizeQueries', 'queries', queries, count * stride);
  checkRoom('quantizeQueries', 'planes', planes, 2 * count * stride);
  checkRoom('quantizeQueries', 'terms', terms, 3 * count);
  const to = [arena.address(planes), arena.address(terms)] as const;
  arena.kernels.quantizeQueries(arena.address(queries), ...to, stride, 0, count);
}

/** Checks that `count` queries lie in their arrays; planes and terms where they are read. */
export function checkQueries(
  op: string,
  { queries, planes, terms }: ScanQueries,
  stride: number,
  count: number,
  quantized: boolean,
): void {
  checkRoom(op, 'queries', queries, count * stride);
  if (!quantized) return;
  checkRoom(op, 'planes', planes, 2 * count * stride);
  checkRoom(op, 'terms', terms, 3 * count);
}
