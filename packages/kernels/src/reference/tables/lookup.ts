/** Reference of asking hash tables. */
import type { Tables } from './tables.ts';

/** Which of the items that collide with a query are taken. */
export interface LookupOptions {
  /** At most so many items. */
  readonly limit: number;
  /** Those with the most collisions; otherwise the union, tables visited in order until `limit` items are found. */
  readonly ranked: boolean;
  /** Only items with so many collisions or more, from 1 to the number of tables. Default 1. */
  readonly minCollisions?: number;
  /** Codes that the query has in each table, no two the same. Default 1. */
  readonly probes?: number;
  /** Items that come first, whether they are met or not (labels in training). */
  readonly forced?: ArrayLike<number>;
}

/** The items that a query found, and what it took to find them. */
export interface LookupResult {
  /** The items found, in the order in which they were met. */
  readonly ids: Int32Array;
  /** In how many of the tables visited each collides with the query; 0 for forced ones. */
  readonly collisions: Int32Array;
  /** How many distinct items were found, the forced ones included. */
  readonly candidates: number;
  /** How many tables were visited. */
  readonly visited: number;
}

/**
 * The items in the buckets of one query's codes, `codes[t * probes + p]` of table t. The ways to cut the list are those of
 * SLIDE (Chen et al. 2020, section 3.1.2): a threshold on the collisions; ranked, the items with the most collisions, and
 * among equals those met first; otherwise no further table is visited once `limit` items are found, and the first `limit`
 * are taken.
 */
export function lookup(tables: Tables, codes: ArrayLike<number>, options: LookupOptions): LookupResult {
  const { limit, ranked, minCollisions = 1, probes = 1 } = options;
  const forced = new Set<number>();
  for (const id of Array.from(options.forced ?? [])) if (forced.size < limit) forced.add(id);
  // A map keeps the order in which its keys came.
  const met = new Map<number, number>([...forced].map((id) => [id, 0]));
  const found = (): number[] =>
    [...met].filter(([id, collisions]) => forced.has(id) || collisions >= minCollisions).map(([id]) => id);
  let visited = 0;
  for (; visited < tables.tables; visited++) {
    if (!ranked && found().length >= limit) break;
    for (let p = 0; p < probes; p++) {
      const bucket = visited * (tables.buckets + 1) + codes[visited * probes + p];
      for (let i = tables.starts[bucket]; i < tables.starts[bucket + 1]; i++) {
        const id = tables.items[visited * tables.count + i];
        met.set(id, forced.has(id) ? 0 : (met.get(id) ?? 0) + 1);
      }
    }
  }
  const candidates = found();
  let taken = candidates;
  if (ranked) {
    const rank = (id: number): number => (forced.has(id) ? Infinity : (met.get(id) ?? 0));
    // The sort is stable, so equals stay in the order in which they were met.
    const best = new Set(
      taken.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a))).slice(0, limit),
    );
    taken = taken.filter((id) => best.has(id));
  } else taken = taken.slice(0, limit);
  return {
    ids: Int32Array.from(taken),
    collisions: Int32Array.from(taken, (id) => met.get(id) ?? 0),
    candidates: candidates.length,
    visited,
  };
}

/** The ids (each once) in ascending order. */
export function sortIds(ids: Int32Array): Int32Array {
  return ids.toSorted();
}
