/** Vectors and queries of scans, made and placed. */
import { bestBytes, readBest, ScanVectors, type Arena, type Int8Fields } from '../src/index.ts';
import { matrix, type Random } from './data.ts';

/** Rows and queries of `width` coordinates, zero up to the stride. */
export interface Scan {
  readonly rows: Float32Array;
  readonly ids: Uint32Array;
  readonly queries: Float32Array;
  readonly stride: number;
  readonly count: number;
  /** Of queries. */
  readonly asked: number;
}

export function makeScan(random: Random, count: number, width: number, asked: number): Scan {
  const stride = Math.ceil(width / 16) * 16;
  const ids = Uint32Array.from({ length: count }, (_, i) => (i * 7919) % 10_007);
  const rows = matrix(random, count, width, stride);
  return { rows, ids, queries: matrix(random, asked, width, stride), stride, count, asked };
}

/**
 * Rows of integers up to 127, which each row has, and queries of 0, 1 and -1 times 8191 / 8192: their int8 copies lose
 * nothing, so that the kernels must choose exactly what the references choose.
 */
export function exactScan(random: Random, count: number, width: number, asked: number): Scan {
  const scan = makeScan(random, count, width, asked);
  const { rows, queries, stride } = scan;
  rows.forEach((x, i) => (rows[i] = i % stride === 0 ? 127 : Math.round(100 * x)));
  queries.forEach((x, i) => (queries[i] = (i % stride === 0 ? 1 : Math.round(1.4 * x)) * (8191 / 8192)));
  return scan;
}

/** A query rounded to integers of 14 bits. */
export interface RoundedQuery {
  readonly integers: Int32Array;
  readonly scale: number;
  /** Of the query, or a little more. */
  readonly length: number;
  /** The length of what the rounding leaves out, times the greatest length of codes. */
  readonly missed: number;
}

export function roundQuery(query: Float32Array): RoundedQuery {
  const scale = Math.fround(query.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 8191);
  const integers = Int32Array.from(query, (x) => Math.round(x / (scale || 1)));
  const missed = query.reduce((sum, x, j) => sum + (x - integers[j] * scale) ** 2, 0);
  const squares = query.reduce((sum, x) => sum + x * x, 0);
  const length = Math.fround(Math.sqrt(squares) * 1.000001 + 1e-15);
  return { integers, scale, length, missed: Math.sqrt(missed * query.length) * 127.001 };
}

/** How the scan's arrays come into an arena: guarded ones in tests of results, plain ones in jobs. */
export interface ScanPlacer {
  readonly arena: Arena;
  float32(values: ArrayLike<number> | number): Float32Array;
  int32(values: ArrayLike<number> | number): Int32Array;
}

export interface PlacedScan {
  /** The address of the record. */
  readonly vectors: number;
  readonly queries: number;
  readonly planes: number;
  readonly terms: number;
  readonly int8: Int8Fields;
}

/** Places all, the int8 copies not yet made. Queries are padded to a multiple of 4 of them. */
export function placeScan(placer: ScanPlacer, scan: Scan): PlacedScan {
  const { arena } = placer;
  const { rows, ids, queries, stride, count, asked } = scan;
  const words = (length: number): Int32Array => placer.int32(length);
  const bytes = (length: number): Uint8Array => {
    const array = words(Math.ceil(length / 4));
    return new Uint8Array(array.buffer, array.byteOffset, length);
  };
  const idWords = words(count);
  idWords.set(ids);
  const int8 = {
    codes: bytes(count * stride),
    scales: placer.float32(count),
    errors: placer.float32(count),
    sums: words(count),
  };
  const placed = placer.float32(rows);
  const record = words(ScanVectors.WORDS);
  new ScanVectors(arena, record).lay({
    rows: placed,
    stride,
    count,
    ids: new Uint32Array(idWords.buffer, idWords.byteOffset, count),
    int8,
  });
  return { vectors: arena.address(record), ...placeQueries(placer, queries, stride, asked), int8 };
}

/** Places queries as scans take them: floats, padded to a multiple of 4 of them, planes of integers, and terms. */
export function placeQueries(
  placer: ScanPlacer,
  queries: Float32Array,
  stride: number,
  asked: number,
): { readonly queries: number; readonly planes: number; readonly terms: number } {
  const padded = placer.float32(Math.ceil(asked / 4) * 4 * stride);
  padded.set(queries);
  const planeWords = placer.int32((2 * asked * stride) / 4);
  const planes = new Uint8Array(planeWords.buffer, planeWords.byteOffset, 2 * asked * stride);
  const terms = placer.float32(3 * asked);
  for (let s = 0; s < asked; s++) {
    const { integers, scale, length, missed } = roundQuery(queries.subarray(s * stride, (s + 1) * stride));
    for (const [j, value] of integers.entries()) {
      planes[2 * s * stride + j] = (value + 8192) >> 7;
      planes[(2 * s + 1) * stride + j] = (value + 8192) & 127;
    }
    terms.set([scale, length, missed], 3 * s);
  }
  return { queries: padded.byteOffset, planes: planes.byteOffset, terms: terms.byteOffset };
}

/** The results of `parts` times `asked` records at byte `at` of the arena, best first. */
export function bestLists(
  arena: Arena,
  at: number,
  records: number,
  k: number,
): { ids: number[]; scores: number[] }[] {
  const bytes = new Uint8Array(arena.memory.buffer, at);
  return Array.from({ length: records }, (_, i) => {
    const best = readBest(bytes, i * bestBytes(k));
    const places = Array.from({ length: best.length }, (_unused, j) => j);
    return { ids: places.map((j) => best.id(j)), scores: places.map((j) => best.score(j)) };
  });
}
