/** What scans read and write, as records in the arena; of the best, assembly/search/best.ts says what lies where. */
import type { Arena } from '../memory/arena.ts';
import { layRecord, recordWords } from './record.ts';

/** Words of the record that `layVectors` writes. */
export const VECTORS_WORDS: number = recordWords('Vectors');

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
  const { codes, scales, errors, sums } = int8 ?? {};
  layRecord(arena, 'Vectors', { rows, stride, count, ids, codes, scales, errors, sums }, record);
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
