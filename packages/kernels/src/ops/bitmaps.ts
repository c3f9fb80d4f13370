/** Hash tables whose buckets are bitmaps: built, and asked. */
import type { Arena } from '../memory/arena.ts';
import type { Team } from '../threads/team.ts';
import { checkRoom, rowsSpan } from './room.ts';
import type { Coded } from './tables.ts';

/** Words of the bitmap of a bucket over so many items. */
export function bitmapWords(arena: Arena, items: number): number {
  return arena.kernels.bitmapBytes(items) / 4;
}

/**
 * Makes the bitmaps of `tables` tables over items 0 to items - 1, a bit for each: bucket b of table t has bitmapWords(items)
 * words from (t * buckets + b) * bitmapWords(items) on.
 * @throws {RangeError} if an array has too few elements.
 */
export function buildBitmaps(
  team: Team,
  build: Coded & {
    readonly bitmaps: Int32Array;
    readonly items: number;
    /** Codes are below. */
    readonly buckets: number;
  },
  tables: number,
): void {
  const { arena } = team;
  const { bitmaps, codes, codeStride, items, buckets } = build;
  checkRoom('buildBitmaps', 'bitmaps', bitmaps, tables * buckets * bitmapWords(arena, items));
  checkRoom('buildBitmaps', 'codes', codes, rowsSpan(tables, codeStride, items));
  const from = [arena.address(codes), codeStride, items, buckets] as const;
  team.run('buildBitmaps', [arena.address(bitmaps), ...from], tables, { grain: 1 });
}

/**
 * As `lookup` ranks them, from bitmaps: the items in most buckets of each query's codes, among equals those met first, at most
 * `limit` a query. Its ids ascend.
 * @throws {RangeError} if an array has too few elements.
 */
export function countBitmaps(
  team: Team,
  asked: {
    /** Query s has its items from s * limit on. */
    readonly ids: Int32Array;
    readonly lengths: Int32Array;
    /** How many items each query met so often or more. */
    readonly candidates: Int32Array;
    /** As for `lookup`. */
    readonly codes: Uint32Array;
    readonly codeStride: number;
    readonly probes: number;
    /** As buildBitmaps makes them. */
    readonly bitmaps: Int32Array;
    readonly buckets: number;
    readonly tables: number;
    /** Ids are below. */
    readonly items: number;
    readonly limit: number;
    /** Collisions of an item that is found, 1 to `tables`. */
    readonly minCollisions: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, candidates, codes, codeStride, probes, bitmaps, buckets, tables, items } = asked;
  const { limit, minCollisions } = asked;
  checkRoom('countBitmaps', 'ids', ids, count * limit);
  checkRoom('countBitmaps', 'lengths', lengths, count);
  checkRoom('countBitmaps', 'candidates', candidates, count);
  checkRoom('countBitmaps', 'codes', codes, rowsSpan(tables * probes, codeStride, count));
  checkRoom('countBitmaps', 'bitmaps', bitmaps, tables * buckets * bitmapWords(arena, items));
  const found = [arena.address(ids), arena.address(lengths), arena.address(candidates)] as const;
  const by = [arena.address(codes), codeStride, probes] as const;
  const held = [arena.address(bitmaps), buckets, tables, items] as const;
  // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
  const scratch = arena.kernels.countBitmapsScratchBytes(items, tables, probes) >>> 0;
  team.run('countBitmaps', [...found, ...by, ...held, limit, minCollisions], count, { scratch });
}
