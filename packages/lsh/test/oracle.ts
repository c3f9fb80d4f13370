/** What HashTables does, as one would write it with maps: the reference for the kernels. */

export interface Lookup {
  readonly limit: number;
  readonly rank: 'count' | 'union';
  readonly ascending: boolean;
  /** Ids that this query gets first. */
  readonly forced: readonly number[];
}

export interface Found {
  readonly ids: number[];
  /** By id. */
  readonly collisions: Map<number, number>;
  readonly candidates: number;
}

/** Looks up one query with a code a table, where item i has itemCodes[i][t]. */
export function lookUp(
  itemCodes: readonly number[][],
  queryCodes: readonly number[],
  { limit, rank, ascending, forced }: Lookup,
): Found {
  // A Map keeps the order in which items are met.
  const counts = new Map<number, number>();
  for (const id of forced) if (counts.size < limit) counts.set(id, Infinity);
  for (const [t, code] of queryCodes.entries()) {
    if (rank === 'union' && counts.size >= limit) break;
    for (const [id, codes] of itemCodes.entries()) {
      if (codes[t] === code) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  const met = [...counts.keys()];
  const wanted =
    rank === 'union'
      ? met.slice(0, limit)
      : met.toSorted((a, b) => order(counts, a, b) || met.indexOf(a) - met.indexOf(b)).slice(0, limit);
  const ids = met.filter((id) => wanted.includes(id));
  const collisions = new Map(
    ids.map((id) => [id, counts.get(id) === Infinity ? 0 : (counts.get(id) ?? 0)] as const),
  );
  return { ids: ascending ? ids.toSorted((a, b) => a - b) : ids, collisions, candidates: met.length };
}

function order(counts: ReadonlyMap<number, number>, a: number, b: number): number {
  const [x, y] = [counts.get(a) ?? 0, counts.get(b) ?? 0];
  return x === y ? 0 : y - x;
}
