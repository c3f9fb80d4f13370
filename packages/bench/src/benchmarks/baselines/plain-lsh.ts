/** Hashing, tables and look-ups as one writes them in plain TypeScript: what the kernels are compared with. */

/** Tables in compressed rows, by a counting sort of the codes of each table: codes[t * items + i] of item i. */
export function plainBuild(
  codes: Uint32Array,
  { items, tables, buckets }: { readonly items: number; readonly tables: number; readonly buckets: number },
  starts: Int32Array,
  ids: Int32Array,
): void {
  for (let t = 0; t < tables; t++) {
    const code = codes.subarray(t * items, (t + 1) * items);
    const own = ids.subarray(t * items, (t + 1) * items);
    const bounds = starts.subarray(t * (buckets + 1), (t + 1) * (buckets + 1));
    bounds.fill(0);
    for (let i = 0; i < items; i++) bounds[(code[i] as number) + 1]! += 1;
    let before = 0;
    for (let b = 1; b <= buckets; b++) {
      const size = bounds[b] as number;
      bounds[b] = before;
      before += size;
    }
    // A cursor, and at last where the next bucket starts.
    for (let i = 0; i < items; i++) own[bounds[(code[i] as number) + 1]!++] = i;
  }
}

/** Hash tables of maps: code to ids. */
export class MapTables {
  readonly #tables: Map<number, number[]>[] = [];

  constructor(codes: Uint32Array, items: number) {
    for (let t = 0; t < codes.length / items; t++) {
      const table = new Map<number, number[]>();
      for (let i = 0; i < items; i++) {
        const code = codes[t * items + i] as number;
        const bucket = table.get(code);
        if (bucket) bucket.push(i);
        else table.set(code, [i]);
      }
      this.#tables.push(table);
    }
  }

  /** The `limit` ids that collide with codes[t] in the most tables; of equals, those met first. */
  query(codes: ArrayLike<number>, limit: number): number[] {
    const counts = new Map<number, number>();
    this.#tables.forEach((table, t) => {
      for (const id of table.get(codes[t] as number) ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
    });
    return [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, limit)
      .map(([id]) => id);
  }
}
