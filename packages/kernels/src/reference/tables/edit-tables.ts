/** Reference of hash tables that stand edits. */

/** The code of an item that is in no bucket. */
export const NONE = 0xffffffff;

/**
 * Gives item ids[i] code given[t * ids.length + i] in table t, one edit after the other, or NONE where nothing is given:
 * item i has codes[t * count + i]. A bucket holds the items whose code it is, ascending, whatever was before.
 */
export function editTables(
  codes: Uint32Array,
  tables: number,
  count: number,
  ids: Int32Array,
  given?: Uint32Array,
): void {
  for (let t = 0; t < tables; t++) {
    ids.forEach((id, i) => {
      codes[t * count + id] = given ? given[t * ids.length + i] : NONE;
    });
  }
}

/** The items of each bucket of a table with these codes. */
export function bucketsOf(codes: Uint32Array, buckets: number): number[][] {
  const lists: number[][] = Array.from({ length: buckets }, () => []);
  codes.forEach((code, id) => {
    if (code !== NONE) lists[code].push(id);
  });
  return lists;
}
