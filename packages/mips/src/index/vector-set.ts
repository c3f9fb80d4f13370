/** Vectors, their ids and a way of searching them: what is made anew where tuning tries another family. */
import { greatest, IdTable, lengthsOf, Scratch } from '@hashgrad/lsh/vectors';
import { QueryBlock, queriesAtATime } from './query-block.ts';
import type { ResultOptions, SearchEffort, SearcherOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import type { Searcher } from './searcher.ts';
import { AllowedPlaces, floatFrom } from './filter.ts';

/** What a search is told, all of it checked. */
export interface SetOptions extends SearchEffort, ResultOptions {}

/** The results of one query, as long as the records hold them. */
export class Results {
  readonly #block: QueryBlock;
  readonly #record: readonly [s: number, count: number, most: number, parts: number];

  constructor(block: QueryBlock, ...record: [s: number, count: number, most: number, parts: number]) {
    this.#block = block;
    this.#record = record;
  }

  get length(): number {
    return this.#block.found(...this.#record);
  }

  copy(): SearchResult {
    return this.#block.result(...this.#record);
  }

  /** Into arrays that have room; how many there are. */
  copyInto(ids: Uint32Array, scores: Float32Array): number {
    return this.#block.resultInto(...this.#record, ids, scores);
  }
}

export class VectorSet implements Disposable {
  readonly places: IdTable = new IdTable();
  readonly searcher: Searcher;
  readonly #block: QueryBlock;

  /** @throws {RangeError} if the arena has no room, or what `make` throws; nothing is kept then. */
  constructor(make: (places: IdTable) => Searcher) {
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

  /** The greatest length of a vector that is here. */
  longest(): number {
    let longest = 0;
    this.searcher.forEach((place) => {
      const vector = this.searcher.vector(place);
      longest = Math.max(longest, greatest(lengthsOf(vector, vector.length, 'Vector')));
    });
    return longest;
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

  /**
   * Calls back with the `k` best of each query of a flat array while the records hold them, with its number, and with how
   * many vectors it scored.
   */
  search(
    queries: Float32Array,
    lengths: Float64Array,
    k: number,
    { filter, threshold, ...effort }: SetOptions,
    found: (query: number, results: Results, scored: number) => void,
  ): void {
    const { dimensions, team } = this.searcher.layout;
    using scratch = new Scratch(team.arena);
    const allowed = filter && new AllowedPlaces(filter, this.places, this.searcher, scratch);
    const most = Math.min(k, allowed?.count ?? this.places.size);
    const least = threshold === undefined ? undefined : floatFrom(threshold);
    const options = { ...effort, allowed: allowed?.bits, threshold: least };
    let list = allowed?.few ? allowed.list() : undefined;
    /** Of queries first to last, `scan` by looking at all that are allowed, which finds all that are wanted. */
    const ask = (first: number, last: number, scan: boolean): number[] => {
      const count = last - first;
      const parts = scan ? 1 : this.#parts;
      const block = queries.subarray(first * dimensions, last * dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, parts);
      let scored: Int32Array | undefined;
      if (most > 0 && scan) {
        list ??= (allowed as AllowedPlaces).list();
        this.searcher.scan(this.#block, count, most, list, least);
      } else if (most > 0) scored = this.searcher.search(this.#block, count, most, options);
      const short: number[] = [];
      for (let s = 0; s < count; s++) {
        const results = new Results(this.#block, s, count, most, parts);
        if (allowed && !scan && least === undefined && results.length < most) short.push(first + s);
        else found(first + s, results, scan ? (list?.length ?? 0) : (scored?.[s] ?? 0));
      }
      return short;
    };
    const rows = queriesAtATime(most, this.#parts);
    for (let first = 0; first < lengths.length; first += rows) {
      const last = Math.min(first + rows, lengths.length);
      for (const missed of ask(first, last, list !== undefined)) ask(missed, missed + 1, true);
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
