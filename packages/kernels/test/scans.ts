/** Vectors and queries of scans, made and placed. */
import {
  bestBytes,
  BLOCKS_WORDS,
  layBlocks,
  layVectors,
  readBest,
  VECTORS_WORDS,
  type Arena,
  type Int8Fields,
} from '../src/index.ts';
import type { SignedBlocks } from '../src/reference/index.ts';
import { codes, matrix, type Random } from './data.ts';

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
  const record = words(VECTORS_WORDS);
  layVectors(record, arena, {
    rows: placed,
    stride,
    count,
    ids: new Uint32Array(idWords.buffer, idWords.byteOffset, count),
    int8,
  });
  const padded = placer.float32(Math.ceil(asked / 4) * 4 * stride);
  padded.set(queries);
  const planes = bytes(2 * asked * stride);
  const terms = placer.float32(3 * asked);
  for (let s = 0; s < asked; s++) {
    const query = queries.subarray(s * stride, (s + 1) * stride);
    const scale = Math.fround(query.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 8191);
    let [missed, squares] = [0, 0];
    for (const [j, x] of query.entries()) {
      const value = Math.round(x / (scale || 1));
      planes[2 * s * stride + j] = (value + 8192) >> 7;
      planes[(2 * s + 1) * stride + j] = (value + 8192) & 127;
      missed += (x - value * scale) ** 2;
      squares += x * x;
    }
    terms.set([scale, Math.sqrt(squares) * 1.000001 + 1e-15, Math.sqrt(missed * stride) * 127.001], 3 * s);
  }
  const [vectors, queriesAt, planesAt, termsAt] = [record, padded, planes, terms].map(
    ({ byteOffset }) => byteOffset,
  );
  return { vectors, queries: queriesAt, planes: planesAt, terms: termsAt, int8 };
}

/** Blocks that hold 1 vector or more each, in a random order, of random lengths and signatures. */
export function placeBlocks(
  { arena }: { readonly arena: Arena },
  random: Random,
  { count, size, words }: { readonly count: number; readonly size: number; readonly words: number },
): { readonly at: number; readonly blocks: SignedBlocks } {
  const order = arena.int32(count);
  order.set(Array.from({ length: count }, (_, b) => (b * 5 + 3) % count));
  const counts = arena.int32(count);
  const longest = arena.float32(count);
  for (let b = 0; b < count; b++) {
    counts[b] = 1 + random.integer(size);
    longest[order[b]] = 3 * (1 - b / count);
  }
  const signatures = arena.uint32(count * size * words * 2);
  signatures.set(codes(random, signatures.length, 2 ** 32));
  const record = arena.int32(BLOCKS_WORDS);
  const blocks = { order, count, size, counts, longest, signatures, words };
  layBlocks(record, arena, blocks);
  return { at: arena.address(record), blocks };
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
