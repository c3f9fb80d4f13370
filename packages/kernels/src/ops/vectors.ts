/** What scans read and write, as records in the arena: assembly/layout.ts and assembly/search/best.ts have the same fields. */
import type { Arena } from '../memory/arena.ts';

/** Words of the record that `layVectors` writes. */
export const VECTORS_WORDS = 8;

/** Vectors to search, and int8 copies of them if there are any. */
export interface VectorsFields {
  /** `stride` floats a row, a multiple of 16; 0 from the vector's dimensions on. */
  readonly rows: Float32Array;
  readonly stride: number;
  readonly count: number;
  /** What searches give; one a row. */
  readonly ids: Uint32Array;
  readonly int8?: Int8Fields | undefined;
}

/** Rows rounded to 8 bits, as the kernel quantizeRows fills them in. */
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

/** Writes the fields to `record`, VECTORS_WORDS words in the arena, whose address kernels take. */
export function layVectors(record: Int32Array, arena: Arena, fields: VectorsFields): void {
  const { rows, stride, count, ids, int8 } = fields;
  const copies = int8 ? [int8.codes, int8.scales, int8.errors, int8.sums] : [];
  record.set([arena.address(rows), stride, count, arena.address(ids)]);
  for (let i = 0; i < 4; i++) record[4 + i] = copies[i] ? arena.address(copies[i] as Uint8Array) : 0;
}

/** Bytes of the record that a scan keeps the `k` best of a query in. */
export function bestBytes(k: number): number {
  return BEST_HEADER + 8 * k;
}

const BEST_HEADER = 16;

/** What a scan left in its record, best first. */
export interface Best {
  readonly length: number;
  score(i: number): number;
  id(i: number): number;
}

/** Reads the record of bestBytes(k) bytes that starts at byte `at` of `bytes`, at a multiple of 4 of the memory. */
export function readBest(bytes: Uint8Array, at: number): Best {
  const start = bytes.byteOffset + at;
  const [length = 0] = new Int32Array(bytes.buffer, start, 1);
  const scores = new Float32Array(bytes.buffer, start + BEST_HEADER, 2 * length);
  const ids = new Uint32Array(bytes.buffer, start + BEST_HEADER, 2 * length);
  return {
    length,
    score: (i) => scores[2 * i] as number,
    id: (i) => ids[2 * i + 1] as number,
  };
}
