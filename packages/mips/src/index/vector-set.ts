/** Vectors, their ids and a way of searching them: what is made anew where tuning tries another family. */
import { greatest, IdTable, lengthsOf, Scratch } from '@hashgrad/lsh/vectors';
import { QueryBlock, queriesAtATime } from './query-block.ts';
import type { IdFilter, ResultOptions, SearchEffort, SearcherOptions } from './search-options.ts';
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

/** What a search calls back with. */
type Found = (query: number, results: Results, scored: number) => void;

/** What the searcher is asked for: the `most` best of the `count` queries that are laid out. */
interface Step {
  readonly count: number;
  readonly most: number;
  readonly told: SearcherOptions;
}

/** Queries that are searched for between two events, where other threads do not search. */
const FEW_QUERIES = 8;

export class VectorSet implements Disposable {
  readonly places: IdTable = new IdTable();
  readonly searcher: Searcher;
  readonly #block: QueryBlock;
  #asking = false;

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

  /** Whether a filter is being asked, which may be anybody's code. */
  get asking(): boolean {
    return this.#asking;
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

  /** All vectors, one after the other unless they are not wanted, and their ids. */
  copy(wanted: boolean = true): { readonly vectors: Float32Array; readonly ids: Uint32Array } {
    const { searcher } = this;
    const { dimensions } = searcher.layout;
    const { size } = this.places;
    const vectors = new Float32Array(wanted ? size * dimensions : 0);
    const ids = new Uint32Array(size);
    let i = 0;
    searcher.forEach((place) => {
      if (wanted) vectors.set(searcher.vector(place), i * dimensions);
      ids[i++] = searcher.id(place);
    });
    return { vectors, ids };
  }

  /**
   * Calls back with the `k` best of each query of a flat array while the records hold them, with its number, and with how
   * many vectors it scored.
   */
  search(queries: Float32Array, lengths: Float64Array, k: number, options: SetOptions, found: Found): void {
    if (!options.filter) {
      this.#searchAll(queries, lengths, k, options, found);
      return;
    }
    const steps = this.#search(queries, lengths, k, options, found);
    try {
      for (let step = steps.next(); step.done !== true;) {
        const { count, most, told } = step.value;
        step = steps.next(this.searcher.search(this.#block, count, most, told));
      }
    } finally {
      // What it has of the arena goes back, also where a step fails.
      steps.return();
    }
  }

  /** As `search` without a filter: nothing but the searcher is asked. */
  #searchAll(
    queries: Float32Array,
    lengths: Float64Array,
    k: number,
    options: SetOptions,
    found: Found,
  ): void {
    const { searcher } = this;
    const { dimensions } = searcher.layout;
    const { threshold } = options;
    const told = threshold === undefined ? options : { ...options, threshold: floatFrom(threshold) };
    const most = Math.min(k, this.places.size);
    const parts = this.#parts;
    const rows = queriesAtATime(most, parts);
    for (let first = 0; first < lengths.length; first += rows) {
      const last = Math.min(first + rows, lengths.length);
      const block = queries.subarray(first * dimensions, last * dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, parts);
      const count = last - first;
      const scored = most > 0 ? searcher.search(this.#block, count, most, told) : undefined;
      for (let s = 0; s < count; s++) {
        found(first + s, new Results(this.#block, s, count, most, parts), scored?.[s] ?? 0);
      }
    }
  }

  /** As `search`, by the other threads, or bit by bit while this one has other work. */
  async searchAsync(
    queries: Float32Array,
    lengths: Float64Array,
    k: number,
    options: SetOptions,
    found: Found,
  ): Promise<void> {
    const { searcher } = this;
    const steps = this.#search(
      queries,
      lengths,
      k,
      options,
      found,
      searcher.searchAsync ? undefined : FEW_QUERIES,
    );
    try {
      for (let step = steps.next(); step.done !== true;) {
        const { count, most, told } = step.value;
        if (!searcher.searchAsync) await new Promise((resolve) => setTimeout(resolve, 0));
        const scored = searcher.searchAsync
          ? await searcher.searchAsync(this.#block, count, most, told)
          : searcher.search(this.#block, count, most, told);
        step = steps.next(scored);
      }
    } finally {
      // What it has of the arena goes back, also where a step fails.
      steps.return();
    }
  }

  /** Searches block by block of queries: each step is to be done by the searcher. */
  *#search(
    queries: Float32Array,
    lengths: Float64Array,
    k: number,
    { filter, threshold, ...effort }: SetOptions,
    found: Found,
    rowsAtMost: number = Infinity,
  ): Generator<Step, void, Int32Array> {
    const { dimensions, team } = this.searcher.layout;
    using scratch = new Scratch(team.arena);
    const allowed = filter && this.#ask(filter, scratch);
    const most = Math.min(k, allowed?.count ?? this.places.size);
    const least = threshold === undefined ? undefined : floatFrom(threshold);
    const told = { ...effort, allowed: allowed?.bits, threshold: least };
    const lay = (first: number, last: number, parts: number): void => {
      const block = queries.subarray(first * dimensions, last * dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, parts);
    };
    const list = allowed?.few ? allowed.list() : undefined;
    /** Looks at all that are allowed, which finds all that are wanted. */
    const scan = (first: number, last: number, places: Int32Array): void => {
      lay(first, last, 1);
      if (most > 0) this.searcher.scan(this.#block, last - first, most, places, least);
      for (let s = first; s < last; s++) {
        found(s, new Results(this.#block, s - first, last - first, most, 1), places.length);
      }
    };
    const parts = this.#parts;
    const rows = Math.min(rowsAtMost, queriesAtATime(most, parts));
    for (let first = 0; first < lengths.length; first += rows) {
      const last = Math.min(first + rows, lengths.length);
      const count = last - first;
      if (list) {
        scan(first, last, list);
        continue;
      }
      lay(first, last, parts);
      const scored = most > 0 ? yield { count, most, told } : undefined;
      const missed: number[] = [];
      for (let s = 0; s < count; s++) {
        const results = new Results(this.#block, s, count, most, parts);
        if (allowed && least === undefined && results.length < most) missed.push(first + s);
        else found(first + s, results, scored?.[s] ?? 0);
      }
      const all = missed.length > 0 ? (allowed as AllowedPlaces).list() : undefined;
      for (const s of missed) scan(s, s + 1, all as Int32Array);
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

  #ask(filter: IdFilter, scratch: Scratch): AllowedPlaces {
    this.#asking = true;
    try {
      return new AllowedPlaces(filter, this.places, this.searcher, scratch);
    } finally {
      this.#asking = false;
    }
  }

  get #parts(): number {
    return this.searcher.parts ?? 1;
  }
}
