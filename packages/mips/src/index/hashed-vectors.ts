/** The vectors of an index as one family hashes them: what is made anew where tuning tries another one. */
import type { Team } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { IdTable } from '@hashgrad/lsh/vectors';
import { QueryBlock, queriesAtATime } from './query-block.ts';
import type { SearchOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import type { Searcher } from './searcher.ts';
import { SignatureSearcher } from '../signatures/signature-searcher.ts';
import { TableSearcher } from '../tables/table-searcher.ts';
import type { TransformSpec } from '../transforms/transform.ts';
import { VectorStore } from './vector-store.ts';

/** What an index says of how its vectors are hashed. */
export interface HashingSpecs {
  readonly dimensions: number;
  readonly method: 'signatures' | 'tables';
  readonly transform: TransformSpec;
  readonly family: FamilySpec;
  readonly seed: number;
}

export class HashedVectors implements Disposable {
  readonly places: IdTable = new IdTable();
  readonly searcher: Searcher;
  readonly #store: VectorStore;
  readonly #block: QueryBlock;

  constructor(team: Team, { dimensions, method, transform, family, seed }: HashingSpecs) {
    this.#store = new VectorStore(team, dimensions, true);
    this.searcher =
      method === 'signatures'
        ? new SignatureSearcher(this.#store, this.places, family, seed)
        : new TableSearcher(this.#store, this.places, { transform, family, seed });
    this.#block = new QueryBlock(this.#store);
  }

  get bytes(): number {
    return this.#store.bytes + this.places.bytes + this.#block.bytes + this.searcher.bytes;
  }

  /** Views of all vectors, in the order in which a file has them, and their ids. */
  all(): { readonly vectors: Float32Array[]; readonly ids: Uint32Array } {
    const places: number[] = [];
    this.searcher.forEach((place) => places.push(place));
    return {
      vectors: places.map((place) => this.#store.vector(place)),
      ids: Uint32Array.from(places, (place) => this.#store.ids[place] as number),
    };
  }

  /** Searches for the `most` best (1 or more) of one query, which `result` and `resultInto` then give. */
  search(query: Float32Array, lengths: Float64Array, most: number, options: SearchOptions): void {
    this.#block.lay(query, lengths, most, 1);
    this.searcher.search(this.#block, 1, most, options);
  }

  result(most: number): SearchResult {
    return this.#block.result(0, 1, most, 1);
  }

  resultInto(most: number, ids: Uint32Array, scores: Float32Array): number {
    return this.#block.resultInto(0, 1, most, 1, ids, scores);
  }

  /** Calls back with the `most` best of each query of a flat array, in their order, and how many vectors it scored. */
  searchBatch(
    queries: Float32Array,
    lengths: Float64Array,
    most: number,
    options: SearchOptions,
    found: (result: SearchResult, scored: number) => void,
  ): void {
    const { dimensions } = this.#store;
    const rows = queriesAtATime(most, 1);
    for (let first = 0; first < lengths.length; first += rows) {
      const last = Math.min(first + rows, lengths.length);
      const count = last - first;
      const block = queries.subarray(first * dimensions, last * dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, 1);
      const scored = most === 0 ? undefined : this.searcher.search(this.#block, count, most, options);
      for (let s = 0; s < count; s++) found(this.#block.result(s, count, most, 1), scored?.[s] ?? 0);
    }
  }

  /** The ids that a search for the `most` best (1 or more) of one query would score. */
  candidates(query: Float32Array, lengths: Float64Array, most: number, options: SearchOptions): Uint32Array {
    this.#block.lay(query, lengths, most, 1);
    return this.searcher.candidates(this.#block, most, options);
  }

  [Symbol.dispose](): void {
    this.searcher[Symbol.dispose]();
    this.#block[Symbol.dispose]();
    this.#store[Symbol.dispose]();
  }
}
