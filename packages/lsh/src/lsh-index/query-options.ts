/** What a query of an index can ask for. */
import { checkInteger } from '../family.ts';
import { checkNames, described } from '../vectors/check-flat.ts';
import type { VectorHasher } from './vector-hasher.ts';

/** How many neighbours a query wants, and how hard it looks for them. */
export interface LshQueryOptions {
  /** At most so many hits, or Infinity. Default 10. A smaller limit gives the first hits of a larger one. */
  readonly limit?: number | undefined;
  /** Only vectors in whose bucket the query falls in so many tables or more. Default 1. */
  readonly minCollisions?: number | undefined;
  /**
   * Buckets of each table that are looked up, the query's own and the likeliest others: more of them find more. Default 1,
   * which is all for families that name no others.
   */
  readonly probes?: number | undefined;
  /**
   * Only vectors with these ids, or with ids for which the predicate is true. It is asked once for each vector that
   * collides, and may read the index but not change or query it. Default: all.
   */
  readonly filter?: ReadonlySet<number> | ((id: number) => boolean) | undefined;
  /**
   * At most so many vectors are scored, after the filter: those that collide in the most tables, among equals lower ids.
   * Default: all that collide. It does not depend on the limit.
   */
  readonly candidates?: number | undefined;
}

/** The options of a query, all of them known. */
export interface ResolvedQuery {
  readonly limit: number;
  readonly minCollisions: number;
  readonly probes: number;
  readonly filter: ((id: number) => boolean) | undefined;
  readonly candidates: number;
}

const KNOWN = ['limit', 'minCollisions', 'probes', 'filter', 'candidates'];
const MOST = 2 ** 32;

/** @throws {RangeError | TypeError} if an option is unknown, of another type or out of range. */
export function resolveQuery(options: LshQueryOptions, { hasher }: VectorHasher): ResolvedQuery {
  checkNames('query', options, KNOWN);
  const { limit = 10, minCollisions = 1, probes = 1, filter, candidates = MOST } = options;
  if (limit !== Infinity) checkInteger('query', 'limit', limit, 1, MOST);
  checkInteger('query', 'minCollisions', minCollisions, 1, hasher.tables);
  checkInteger('query', 'candidates', candidates, 1, MOST);
  const most = hasher.probe ? (hasher.mostProbes ?? hasher.buckets) : 1;
  if (most === 1 && probes > 1) {
    throw new RangeError(
      `query: this family names no buckets but a query's own: probes is 1; got ${probes}.`,
    );
  }
  checkInteger('query', 'probes', probes, 1, most);
  return { limit: Math.min(limit, MOST), minCollisions, probes, filter: predicateOf(filter), candidates };
}

function predicateOf(filter: LshQueryOptions['filter']): ResolvedQuery['filter'] {
  if (filter === undefined || typeof filter === 'function') return filter;
  if (filter instanceof Set) return (id) => filter.has(id);
  throw new TypeError(`query: filter is a Set of ids or a function; got ${described(filter)}.`);
}
