/** Vectors, their ids and a way of searching them: what is made anew where tuning tries another family. */
import { IdTable } from '@hashgrad/lsh/vectors';
import { QueryBlock, queriesAtATime } from './query-block.ts';
import type { SearcherOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import type { Searcher } from './searcher.ts';

export class VectorSet<S extends Searcher = Searcher> implements Disposable {
  readonly places: IdTable = new IdTable();
  readonly searcher: S;
  readonly #block: QueryBlock;

  /** @throws {RangeError} if the arena has no room, or what `make` throws; nothing is kept then. */
  constructor(make: (places: IdTable) => S) {
    this.searcher = make(this.places);
    try {
      this.#block = new QueryBlock(this.searcher.layout);
    } catch (error) {
      this.searcher[Symbol.dispose]();
      throw error;
    }
  }

  get bytes(): number {
    return this.places.bytes + this.#block.bytes + this.searcher.bytes;
  }

  /** The vector of an id, as a view that the next change may make another's; undefined if there is none. */
  vector(id: number): Float32Array | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.searcher.vector(place);
  }

  /** Views of all vectors, in the order in which a file has them, and their ids. */
  all(): { readonly vectors: Float32Array[]; readonly ids: Uint32Array } {
    const places: number[] = [];
    this.searcher.forEach((place) => places.push(place));
    return {
      vectors: places.map((place) => this.searcher.vector(place)),
      ids: Uint32Array.from(places, (place) => this.searcher.id(place)),
    };
  }

  /** All vectors, one after the other, and their ids. */
  copy(): { readonly vectors: Float32Array; readonly ids: Uint32Array } {
    const { searcher } = this;
    const { dimensions } = searcher.layout;
    const { size } = this.places;
    const vectors = new Float32Array(size * dimensions);
    const ids = new Uint32Array(size);
    let i = 0;
    searcher.forEach((place) => {
      vectors.set(searcher.vector(place), i * dimensions);
      ids[i++] = searcher.id(place);
    });
    return { vectors, ids };
  }

  /** Searches for the `most` best (1 or more) of one query, which `result` and `resultInto` then give. */
  search(query: Float32Array, lengths: Float64Array, most: number, options: SearcherOptions): void {
    this.#block.lay(query, lengths, most, this.#parts);
    this.searcher.search(this.#block, 1, most, options);
  }

  result(most: number): SearchResult {
    return this.#block.result(0, 1, most, this.#parts);
  }

  resultInto(most: number, ids: Uint32Array, scores: Float32Array): number {
    return this.#block.resultInto(0, 1, most, this.#parts, ids, scores);
  }

  /** Calls back with the `most` best of each query of a flat array, in their order, and how many vectors it scored. */
  searchBatch(
    queries: Float32Array,
    lengths: Float64Array,
    most: number,
    options: SearcherOptions,
    found: (result: SearchResult, scored: number) => void,
  ): void {
    const { dimensions } = this.searcher.layout;
    const parts = this.#parts;
    const rows = queriesAtATime(most, parts);
    for (let first = 0; first < lengths.length; first += rows) {
      const last = Math.min(first + rows, lengths.length);
      const count = last - first;
      const block = queries.subarray(first * dimensions, last * dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, parts);
      const scored = most === 0 ? undefined : this.searcher.search(this.#block, count, most, options);
      for (let s = 0; s < count; s++) found(this.#block.result(s, count, most, parts), scored?.[s] ?? 0);
    }
  }

  /** The ids that a search for the `most` best (1 or more) of one query would score. */
  candidates(
    query: Float32Array,
    lengths: Float64Array,
    most: number,
    options: SearcherOptions,
  ): Uint32Array {
    this.#block.lay(query, lengths, most, this.#parts);
    return this.searcher.candidates(this.#block, most, options);
  }

  [Symbol.dispose](): void {
    this.searcher[Symbol.dispose]();
    this.#block[Symbol.dispose]();
  }

  get #parts(): number {
    return this.searcher.parts ?? 1;
  }
}
