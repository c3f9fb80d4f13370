/** Queries laid out for scans, and the records that scans keep the best in: an index keeps one and uses it again. */
import {
  bestBytes,
  leastOfBest,
  quantizeQueries,
  readBest,
  type ScanQueries,
  type Team,
} from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { SearchResult } from './search-result.ts';

/** Rows of queries that scans read at once. */
const TILE = 4;
/** Queries searched for at a time: with 128 dimensions they take half of a first-level cache. */
const QUERIES = 64;
/** Bytes of what searches keep for all queries of a block, as far as one query alone does not take more. */
const BEST_BYTES = 2 ** 26;

/** How many queries a block takes for a search in so many parts that keeps the `most` best of each. */
export function queriesAtATime(most: number, parts: number): number {
  return Math.max(1, Math.min(QUERIES, Math.floor(BEST_BYTES / (parts * bestBytes(most)))));
}

/** How an index lays out its vectors, and so its queries. */
export interface RowLayout {
  readonly team: Team;
  readonly dimensions: number;
  /** Floats from one row to the next: a multiple of 16. */
  readonly stride: number;
  /** Whether scans read int8 copies, and so take queries in integers. */
  readonly quantized: boolean;
}

export class QueryBlock implements Disposable {
  readonly #team: Team;
  readonly #layout: RowLayout;
  #queries: Float32Array;
  #planes: Uint8Array;
  #terms: Float32Array;
  #best: Uint8Array;
  #lengths: Float64Array = new Float64Array(0);

  constructor(layout: RowLayout) {
    this.#team = layout.team;
    this.#layout = layout;
    using made = new Scratch(layout.team.arena);
    this.#queries = made.float32(0);
    this.#planes = made.uint8(0);
    this.#terms = made.float32(0);
    this.#best = made.uint8(0);
    made.keep();
  }

  /** The queries, laid out as rows are. */
  get queries(): Float32Array {
    return this.#queries;
  }

  /** What searches read and write. */
  get views(): ScanQueries & { readonly best: Uint8Array } {
    return { queries: this.#queries, planes: this.#planes, terms: this.#terms, best: this.#best };
  }

  /** Lays out `count` queries of a flat array and makes room for `parts` records of the `k` best of each. */
  lay(queries: Float32Array, lengths: Float64Array, k: number, parts: number): void {
    const { dimensions, stride, quantized } = this.#layout;
    const count = lengths.length;
    this.#lengths = lengths;
    const padded = Math.ceil(count / TILE) * TILE;
    this.#reserve(padded, parts * count * bestBytes(k));
    for (let s = 0; s < count; s++) {
      this.#queries.set(queries.subarray(s * dimensions, (s + 1) * dimensions), s * stride);
    }
    if (!quantized) return;
    for (let s = 0; s < count; s++) {
      this.#terms[3 * s + 1] = Math.max((lengths[s] as number) * (1 + 1e-6), 1e-15);
    }
    quantizeQueries(this.#team, { ...this.views, stride }, count);
  }

  /** The length of query `s`. */
  length(s: number): number {
    return this.#lengths[s] as number;
  }

  /** The k-th best score of query `s` so far, between the parts of a search; -Infinity while there are fewer. */
  least(s: number, k: number): number {
    return leastOfBest(this.#best, s * bestBytes(k));
  }

  /** How many results query `s` of `count` has after a scan in so many parts, `k` at most. */
  found(s: number, count: number, k: number, parts: number): number {
    if (k === 0) return 0;
    const size = bestBytes(k);
    let found = 0;
    for (let part = 0; part < parts; part++) found += readBest(this.#best, (part * count + s) * size).length;
    return Math.min(found, k);
  }

  /** The results of query `s` of `count` after a scan in so many parts. */
  result(s: number, count: number, k: number, parts: number): SearchResult {
    const ids = new Uint32Array(k);
    const scores = new Float32Array(k);
    const length = this.resultInto(s, count, k, parts, ids, scores);
    return length === k ? { ids, scores } : { ids: ids.slice(0, length), scores: scores.slice(0, length) };
  }

  /** As `result`, into arrays of `k` elements or more; how many there are. */
  resultInto(
    s: number,
    count: number,
    k: number,
    parts: number,
    ids: Uint32Array,
    scores: Float32Array,
  ): number {
    // Where nothing is asked for there may be no record.
    if (k === 0) return 0;
    const size = bestBytes(k);
    const lists = Array.from({ length: parts }, (_, part) => readBest(this.#best, (part * count + s) * size));
    if (parts === 1) {
      const [list] = lists as [(typeof lists)[0]];
      for (let i = 0; i < list.length; i++) {
        ids[i] = list.id(i);
        scores[i] = list.score(i);
      }
      return list.length;
    }
    const next = lists.map(() => 0);
    let length = 0;
    for (; length < k; length++) {
      let from = -1;
      for (const [part, list] of lists.entries()) {
        const i = next[part] as number;
        if (i >= list.length) continue;
        const score = list.score(i);
        const best = scores[length] as number;
        if (from < 0 || score > best || (score === best && list.id(i) < (ids[length] as number))) {
          from = part;
          scores[length] = score;
          ids[length] = list.id(i);
        }
      }
      if (from < 0) break;
      next[from] = (next[from] as number) + 1;
    }
    return length;
  }

  get bytes(): number {
    return (
      this.#queries.byteLength + this.#planes.byteLength + this.#terms.byteLength + this.#best.byteLength
    );
  }

  [Symbol.dispose](): void {
    for (const array of [this.#queries, this.#planes, this.#terms, this.#best]) this.#team.arena.free(array);
  }

  #reserve(queries: number, bestSize: number): void {
    const { arena } = this.#team;
    const { stride, quantized } = this.#layout;
    if (this.#queries.length < queries * stride) {
      this.#queries = swap(this.#queries, arena.float32(queries * stride), arena);
    }
    if (quantized && this.#planes.length < queries * stride * 2) {
      this.#planes = swap(this.#planes, arena.uint8(queries * stride * 2), arena);
    }
    if (quantized && this.#terms.length < queries * 3) {
      this.#terms = swap(this.#terms, arena.float32(queries * 3), arena);
    }
    if (this.#best.length < bestSize) this.#best = swap(this.#best, arena.uint8(bestSize), arena);
  }
}

/** The new array; the old one is given back. */
function swap<V extends Float32Array | Uint8Array>(old: V, made: V, arena: Team['arena']): V {
  arena.free(old);
  return made;
}
