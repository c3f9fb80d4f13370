/** Reference of hash tables as compressed sparse rows. */

/** L tables over the same items. */
export interface Tables {
  readonly tables: number;
  readonly buckets: number;
  /** `tables` x (`buckets` + 1): bucket b of table t is starts[t * (buckets + 1) + b] up to the start after it. */
  readonly starts: Int32Array;
  /** `tables` x `count`, where the starts point to: the items of each bucket, ascending. */
  readonly items: Int32Array;
  /** How many items there are. */
  readonly count: number;
}

/** The tables in which item i has code `codes[t * count + i]` < `buckets` in table t. */
export function buildTables(codes: Uint32Array, tables: number, count: number, buckets: number): Tables {
  const starts = new Int32Array(tables * (buckets + 1));
  const items = new Int32Array(tables * count);
  for (let t = 0; t < tables; t++) {
    const lists: number[][] = Array.from({ length: buckets }, () => []);
    for (let i = 0; i < count; i++) lists[codes[t * count + i]].push(i);
    lists.forEach((list, bucket) => {
      const at = t * (buckets + 1) + bucket;
      starts[at + 1] = starts[at] + list.length;
    });
    items.set(lists.flat(), t * count);
  }
  return { tables, buckets, starts, items, count };
}

/** How many items are in the buckets that `count` queries ask; query s has codes[(t * probes + p) * count + s] in table t. */
export function countEntries(
  { starts, tables, buckets }: Tables,
  codes: Uint32Array,
  probes: number,
  count: number,
  visited: Int32Array = new Int32Array(count).fill(tables),
): number {
  let total = 0;
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < visited[s] * probes; i++) {
      const at = Math.floor(i / probes) * (buckets + 1) + codes[i * count + s];
      total += starts[at + 1] - starts[at];
    }
  }
  return total;
}

/** The largest of the first `count` codes; 0 if there are none. */
export function largestCode(codes: Uint32Array, count: number): number {
  return codes.subarray(0, count).reduce((most, code) => Math.max(most, code), 0);
}
