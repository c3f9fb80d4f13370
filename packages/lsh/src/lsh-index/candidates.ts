/** From queries to the best of what collides with them: look-up, filter, exact scores, ranking. */
import { distanceRows, dotRows, type Team } from '@hashgrad/kernels';
import { BestHits } from './best-hits.ts';
import type { HashedRows } from './hashed-rows.ts';
import type { ResolvedQuery } from './query-options.ts';
import { floatsOf, unsignedOf, WorkMemory } from './work-memory.ts';
import type { VectorRows } from './vector-rows.ts';

/** Queries of a block, and places in all their lists, at most, as far as one query does not take more. */
const MOST_QUERIES = 256;
const MOST_PLACES = 2 ** 22;

/** The lists of a block's queries: places[starts[s]] to places[starts[s + 1] - 1] of query s. */
interface Lists {
  readonly places: Int32Array;
  readonly starts: Int32Array;
}

export class CandidateSearch implements Disposable {
  readonly #team: Team;
  readonly #memory: WorkMemory;

  constructor(team: Team) {
    this.#team = team;
    this.#memory = new WorkMemory(team.arena);
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /**
   * The best of each query of a flat array.
   * @throws {RangeError} if there is no room for what the search needs. @throws what the filter throws.
   */
  search(
    searched: HashedRows,
    queries: Float32Array,
    lengths: Float64Array,
    options: ResolvedQuery,
  ): BestHits[] {
    const { size, rows } = searched;
    if (size === 0) return Array.from(lengths, () => new BestHits(0));
    const block = Math.max(1, Math.min(MOST_QUERIES, lengths.length, Math.floor(MOST_PLACES / size)));
    const found: BestHits[] = [];
    for (let first = 0; first < lengths.length; first += block) {
      const last = Math.min(first + block, lengths.length);
      const own = queries.subarray(first * rows.dimensions, last * rows.dimensions);
      found.push(...this.#searchBlock(searched, own, lengths.subarray(first, last), options));
    }
    return found;
  }

  #searchBlock(
    searched: HashedRows,
    queries: Float32Array,
    lengths: Float64Array,
    options: ResolvedQuery,
  ): BestHits[] {
    const { size, rows, hasher, rules } = searched;
    const { dimensions, stride } = rows;
    const { probes } = options;
    const count = lengths.length;
    const cut = options.candidates < size;
    const [x, codes, places, collisions, scores, numbers, met, starts] = this.#memory.take([
      count * stride,
      count * probes * hasher.hasher.tables,
      count * size,
      cut ? count * size : 0,
      count * size,
      count,
      count,
      count + 1,
    ]);
    // Before a filter is asked, which might write to them.
    layQueries(floatsOf(x), queries, rows);
    hasher.hash(
      {
        count,
        vector: (i) => queries.subarray(i * dimensions, (i + 1) * dimensions),
        tail: () => 0,
      },
      unsignedOf(codes),
      probes,
    );
    searched.tables.query(
      unsignedOf(codes),
      count,
      { limit: size, minCollisions: options.minCollisions, probes },
      { ids: places, lengths: numbers, candidates: met, ...(cut ? { collisions } : {}) },
    );
    const lists = { places, starts };
    keep(lists, { rows, size, lengths: numbers, collisions }, options);
    this.#score(searched, lists, floatsOf(x), floatsOf(scores), count);
    const values = floatsOf(scores);
    return Array.from(lengths, (length, s) => {
      const [from, to] = [starts[s] as number, starts[s + 1] as number];
      const best = new BestHits(Math.min(options.limit, to - from));
      for (let i = from; i < to; i++) {
        const place = places[i] as number;
        best.offer(rules.rank(values[i] as number, length, rows.lengthAt(place)), rows.idAt(place));
      }
      return best;
    });
  }

  #score(
    { rules, rows }: HashedRows,
    { places, starts }: Lists,
    x: Float32Array,
    scores: Float32Array,
    count: number,
  ): void {
    const { stride, dimensions: width } = rows;
    const score = rules.kernel === 'dotRows' ? dotRows : distanceRows;
    const lists = { out: scores, offsets: starts, ids: places };
    score(this.#team, { ...lists, rows: rows.rows, stride, width, x, xStride: stride }, count);
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

/** What tables gave: query s has lengths[s] places from s * size on, and as many numbers of collisions. */
interface Met {
  readonly rows: VectorRows;
  readonly size: number;
  readonly lengths: Int32Array;
  readonly collisions: Int32Array;
}

/** Brings the lists together, without what the filter or the number of candidates leaves out. */
function keep(
  { places, starts }: Lists,
  { rows, size, lengths, collisions }: Met,
  { filter, candidates }: ResolvedQuery,
): void {
  let to = 0;
  for (let s = 0; s < lengths.length; s++) {
    starts[s] = to;
    const from = s * size;
    const length = lengths[s] as number;
    // Positions in the query's own list, where not all of them are kept.
    let kept: number[] | undefined;
    if (filter) {
      kept = [];
      for (let i = from; i < from + length; i++) if (filter(rows.idAt(places[i] as number))) kept.push(i);
    }
    if ((kept?.length ?? length) > candidates) {
      kept ??= Array.from({ length }, (_, i) => from + i);
      kept = mostCollisions(kept, { places, rows, collisions }, candidates);
    }
    if (kept) {
      // Positions ascend, and what is written is never ahead of what is read.
      for (const i of kept) places[to++] = places[i] as number;
    } else {
      places.copyWithin(to, from, from + length);
      to += length;
    }
  }
  starts[lengths.length] = to;
}

/** The positions with the most collisions, among equals with the lowest ids; ascending. */
function mostCollisions(
  positions: readonly number[],
  { places, rows, collisions }: { places: Int32Array; rows: VectorRows; collisions: Int32Array },
  most: number,
): number[] {
  const idAt = (i: number): number => rows.idAt(places[i] as number);
  return positions
    .toSorted((a, b) => (collisions[b] as number) - (collisions[a] as number) || idAt(a) - idAt(b))
    .slice(0, most)
    .toSorted((a, b) => a - b);
}

function layQueries(x: Float32Array, queries: Float32Array, { dimensions, stride }: VectorRows): void {
  x.fill(0);
  for (let s = 0; s * dimensions < queries.length; s++) {
    x.set(queries.subarray(s * dimensions, (s + 1) * dimensions), s * stride);
  }
}
