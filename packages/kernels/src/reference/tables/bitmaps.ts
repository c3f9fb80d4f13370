/** Reference of hash tables whose buckets are bitmaps. */
import { lookup, type LookupOptions } from './lookup.ts';
import type { Tables } from './tables.ts';

/**
 * A bit for each item of each bucket, from items' codes laid out as for `buildTables`: bit i mod 32 of word i / 32 of the
 * bucket's own words, which are 4 for each 128 items.
 */
export function buildBitmaps(codes: Uint32Array, tables: number, count: number, buckets: number): Int32Array {
  const words = 4 * Math.ceil(count / 128);
  const bitmaps = new Int32Array(tables * buckets * words);
  for (let t = 0; t < tables; t++) {
    for (let i = 0; i < count; i++) {
      bitmaps[(t * buckets + codes[t * count + i]) * words + Math.floor(i / 32)] |= 1 << (i % 32);
    }
  }
  return bitmaps;
}

/** What `lookup` ranks first in the same tables, ascending; and how many items it found before it cut the list. */
export function countBitmaps(
  tables: Tables,
  codes: ArrayLike<number>,
  options: Omit<LookupOptions, 'ranked' | 'forced'>,
): { readonly ids: Int32Array; readonly candidates: number } {
  const { ids, candidates } = lookup(tables, codes, { ...options, ranked: true });
  return { ids: ids.toSorted(), candidates };
}
