/** What HashTables does, as one would write it with maps: the reference for the kernels. */

export interface Lookup {
  readonly limit: number;
  readonly rank: 'count' | 'union';
  readonly minCollisions?: number;
  readonly ascending: boolean;
  /** Ids that this query gets first. */
  readonly forced: readonly number[];
}

export interface Found {
  readonly ids: number[];
  /** By id. */
  readonly collisions: Map<number, number>;
  readonly candidates: number;
  readonly visited: number;
}

/** Looks up one query with codes queryCodes[t] in table t, where item i has itemCodes[i][t], or is absent. */
export function lookUp(
  itemCodes: readonly (readonly number[] | undefined)[],
  queryCodes: readonly (readonly number[])[],
  { limit, rank, minCollisions = 1, ascending, forced }: Lookup,
): Found {
  // A Map keeps the order in which items are met.
  const counts = new Map<number, number>();
  for (const id of forced) if (counts.size < limit) counts.set(id, Infinity);
  const found = (): number[] => [...counts.keys()].filter((id) => (counts.get(id) ?? 0) >= minCollisions);
  let visited = 0;
  for (const [t, probes] of queryCodes.entries()) {
    if (rank === 'union' && found().length >= limit) break;
    visited++;
    for (const code of probes) {
      for (const [id, codes] of itemCodes.entries()) {
        if (codes?.[t] === code) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
  }
  const met = found();
  const wanted =
    rank === 'union'
      ? met.slice(0, limit)
      : met.toSorted((a, b) => order(counts, a, b) || met.indexOf(a) - met.indexOf(b)).slice(0, limit);
  const ids = met.filter((id) => wanted.includes(id));
  const collisions = new Map(
    ids.map((id) => [id, counts.get(id) === Infinity ? 0 : (counts.get(id) ?? 0)] as const),
  );
  const sorted = ascending ? ids.toSorted((a, b) => a - b) : ids;
  return { ids: sorted, collisions, candidates: met.length, visited };
}

function order(counts: ReadonlyMap<number, number>, a: number, b: number): number {
  const [x, y] = [counts.get(a) ?? 0, counts.get(b) ?? 0];
  return x === y ? 0 : y - x;
}
