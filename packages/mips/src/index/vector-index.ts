/** What indexes have in common: vectors that come and go under ids, and searches for the greatest inner products. */
import { Resource, type Team, writeFileAtomic } from '@hashgrad/kernels';
import {
  checkDimensions,
  checkIdList,
  checkIds,
  checkK,
  checkProducts,
  checkQuery,
  checkRoom,
  closeOwn,
  countOf,
  greatest,
  knownPlaces,
  lengthsOf,
  newIds,
  productsFit,
  teamFor,
} from '@hashgrad/lsh/vectors';
import { encodeIndex, type IndexFile } from './index-file.ts';
import type { ResultOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import type { Results, SetOptions, VectorSet } from './vector-set.ts';

/** What every index is made with. */
export interface VectorIndexOptions {
  /** Coordinates of a vector; 1 or more. */
  readonly dimensions: number;
  /**
   * The threads and the memory to use. Default: this thread alone, and a memory of its own, which grows up to 4 GiB (but
   * is 256 MiB where memory cannot be shared among threads: give `Team.single(new Arena({ capacity }))` for more). Many small indexes share a team better than they have one each.
   */
  readonly team?: Team | undefined;
}

/**
 * The calls of `MipsIndex` and `ExactIndex`. Whatever changes an index happens wholly or not at all: what throws has changed
 * nothing. `remove` needs no memory, so that it works in one that is full.
 */
export abstract class VectorIndex<Options extends ResultOptions> extends Resource {
  readonly dimensions: number;
  protected readonly team: Team;
  readonly #ownsTeam: boolean;
  #set: VectorSet;
  /** The greatest length of a vector that is here, or more: one that is gone may have had it. */
  #longest = 0;
  /** Settles when all has ended that was called with Async. */
  #turn: Promise<void> = Promise.resolve();
  /** How many of those calls have not ended. */
  #waiting = 0;
  /** Whether it is one of those calls that uses the index just now. */
  #mine = false;
  /** Whether a vector has gone since `#longest` was right. */
  #loose = false;

  /** `make` makes the set of vectors, once the options are checked. */
  protected constructor({ dimensions, team }: VectorIndexOptions, make: (team: Team) => VectorSet) {
    super('This index');
    checkDimensions(dimensions);
    this.dimensions = dimensions;
    this.#ownsTeam = team === undefined;
    this.team = teamFor(team);
    try {
      this.#set = make(this.team);
    } catch (error) {
      this.#closeTeam();
      throw error;
    }
  }

  /** Vectors that are here. */
  get size(): number {
    this.checkOpen();
    return this.#set.places.size;
  }

  /** Bytes of the vectors, their copies, what they are searched by, their ids, and of what searches have needed so far. */
  memoryUsage(): number {
    this.checkOpen();
    return this.#set.bytes;
  }

  /**
   * Adds vectors (flat, n x dimensions) and gives their ids, one for each.
   * @param ids n different integers from 0 to 2^32 - 1 that are no vector's yet; default: the next ones, from 0 on. An id that
   * was given by default is never given again, nor are those below it.
   * @throws {RangeError} if a length does not fit, an id is out of range or taken, a coordinate is NaN or infinite, a vector is
   * longer than 3.4e38, or there is no room; nothing is added then.
   */
  add(vectors: Float32Array, ids?: ArrayLike<number>): Uint32Array {
    const list = ids === undefined ? undefined : listOf(ids);
    this.checkIdle();
    const count = countOf(vectors, this.dimensions, 'Vectors');
    if (list) checkIds(list, count);
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    const { places, searcher } = this.#set;
    const given = newIds(places, count, list);
    if (count === 0) return given;
    places.reserve(given);
    const { next } = places;
    try {
      searcher.add(vectors, lengths, given);
    } catch (error) {
      places.backTo(next);
      throw error;
    }
    this.#longest = Math.max(this.#longest, greatest(lengths));
    return given;
  }

  /**
   * Replaces the vectors of `ids` by those of a flat array, in that order.
   * @throws {RangeError} if there is no vector of an id, an id comes twice, or as `add` does; nothing is changed then.
   */
  update(ids: ArrayLike<number>, vectors: Float32Array): void {
    const list = listOf(ids);
    this.checkIdle();
    const count = countOf(vectors, this.dimensions, 'Vectors');
    checkIds(list, count);
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    const { places, searcher } = this.#set;
    knownPlaces(places, list);
    if (count === 0) return;
    searcher.update(vectors, lengths, Uint32Array.from(list));
    this.#longest = Math.max(this.#longest, greatest(lengths));
    this.#loose = true;
  }

  /** Removes vectors by their ids. @throws {RangeError} if there is none of an id, or it comes twice; none is removed then. */
  remove(ids: ArrayLike<number>): void {
    const list = listOf(ids);
    this.checkIdle();
    checkIdList(list);
    const { places, searcher } = this.#set;
    knownPlaces(places, list);
    searcher.remove(Uint32Array.from(list));
    this.#loose = true;
  }

  /** Whether there is a vector of this id. @throws {TypeError | RangeError} if it is no integer from 0 to 2^32 - 1. */
  has(id: number): boolean {
    this.checkOpen();
    checkIdList([id]);
    return this.#set.places.get(id) !== undefined;
  }

  /** A copy of the vector of this id; undefined if there is none. @throws {TypeError | RangeError} as `has`. */
  get(id: number): Float32Array | undefined {
    this.checkOpen();
    checkIdList([id]);
    return this.#set.vector(id)?.slice();
  }

  /** The ids of all vectors, ascending. */
  ids(): Uint32Array {
    this.checkOpen();
    return this.#set.places.ids();
  }

  /**
   * The `k` vectors found with the greatest inner products with `query`, best first, among equals those with lower ids first.
   * Results for k are the first of those for a larger k; with `k` Infinity there are all.
   * @throws {RangeError} if the query has not `dimensions` coordinates, one of them is NaN or infinite, `k` is not an integer
   * of 1 or more or Infinity, or an option is out of range.
   */
  search(query: Float32Array, k: number, options?: Options): SearchResult {
    this.checkIdle();
    checkQuery(query, this.dimensions);
    let found: SearchResult | undefined;
    this.searchSet(this.#set, query, k, this.resolve(options), (_, results) => {
      found = results.copy();
    });
    return found as SearchResult;
  }

  /**
   * As `search`, into arrays of the caller's; how many there are.
   * @throws {RangeError} also if an array has fewer than min(k, size) elements.
   */
  searchInto(
    query: Float32Array,
    k: number,
    ids: Uint32Array,
    scores: Float32Array,
    options?: Options,
  ): number {
    this.checkIdle();
    checkRoom(ids, scores, k, this.size);
    checkQuery(query, this.dimensions);
    let length = 0;
    this.searchSet(this.#set, query, k, this.resolve(options), (_, results) => {
      length = results.copyInto(ids, scores);
    });
    return length;
  }

  /** As `search`, for many queries (flat, n x dimensions), which is faster: one result for each, in their order. */
  searchBatch(queries: Float32Array, k: number, options?: Options): SearchResult[] {
    this.checkIdle();
    const found: SearchResult[] = [];
    this.searchSet(this.#set, queries, k, this.resolve(options), (s, results) => {
      found[s] = results.copy();
    });
    return found;
  }

  /**
   * As `searchBatch`, without blocking this thread: ExactIndex has the other threads of its team search; MipsIndex, and a
   * team of one thread, search on this one, a few queries at a time, and let events have their turn in between. Calls that
   * end in Async are done one after the other, in the order in which they were made; until the last has ended, the others
   * that search or change the index are refused. Arrays that they were given must stay as they are until then.
   * @throws as `searchBatch`, by the promise.
   */
  searchBatchAsync(queries: Float32Array, k: number, options?: Options): Promise<SearchResult[]> {
    return this.#later(async () => {
      checkK(k);
      countOf(queries, this.dimensions, 'Queries');
      const found: SearchResult[] = [];
      await this.#set.searchAsync(queries, this.#lengths(queries), k, this.resolve(options), (s, results) => {
        found[s] = results.copy();
      });
      return found;
    });
  }

  /** As `search`; see `searchBatchAsync`. */
  async searchAsync(query: Float32Array, k: number, options?: Options): Promise<SearchResult> {
    this.checkOpen();
    checkQuery(query, this.dimensions);
    const [found] = await this.searchBatchAsync(query, k, options);
    return found as SearchResult;
  }

  /** As `add`, once the searches before it have ended; see `searchBatchAsync`. */
  addAsync(vectors: Float32Array, ids?: ArrayLike<number>): Promise<Uint32Array> {
    return this.#later(() => this.add(vectors, ids));
  }

  /** As `update`, once the searches before it have ended; see `searchBatchAsync`. */
  updateAsync(ids: ArrayLike<number>, vectors: Float32Array): Promise<void> {
    return this.#later(() => this.update(ids, vectors));
  }

  /** As `remove`, once the searches before it have ended; see `searchBatchAsync`. */
  removeAsync(ids: ArrayLike<number>): Promise<void> {
    return this.#later(() => this.remove(ids));
  }

  /**
   * Writes the index to a file (safetensors: 'vectors', 'ids' and what its answers depend on, its options as metadata), as a
   * whole or not at all. The index that `load` makes of it answers the same, to the bit.
   * @throws what the file system says.
   */
  save(path: string): void {
    writeFileAtomic(path, this.toBytes());
  }

  /** What `save` writes, in pieces, which `load` takes. */
  toBytes(): Uint8Array[] {
    this.checkOpen();
    const { dimensions } = this;
    const { places, searcher } = this.#set;
    const int8 = searcher.quantized?.();
    const { vectors, ids } = this.#set.copy(int8 === undefined);
    const { kind, options } = this.described();
    return encodeIndex({
      kind,
      options,
      dimensions,
      nextId: places.next,
      vectors,
      int8,
      ids,
      state: searcher.state(),
    });
  }

  /** Its kind and its options, for the file. */
  protected abstract described(): Pick<IndexFile, 'kind' | 'options'>;

  /** What a search uses, after all that can be wrong with its options. */
  protected abstract resolve(options: Options | undefined): SetOptions;

  protected get set(): VectorSet {
    return this.#set;
  }

  /** Puts another set of the same vectors in the place of this one. */
  protected replaceSet(set: VectorSet): void {
    const old = this.#set;
    this.#set = set;
    old[Symbol.dispose]();
  }

  /** Fills an index that is empty with what a file has. @throws {Error} if that makes no sense. */
  protected restore({ vectors, ids, state, nextId, int8 }: IndexFile): void {
    const { places, searcher } = this.#set;
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    places.reserve(newIds(places, ids.length, ids));
    searcher.restore({ vectors, lengths, ids, int8 }, state);
    places.skipTo(nextId);
    this.#longest = greatest(lengths);
  }

  /** Calls back with each query's number and results among the vectors of a set, and how many it scored. */
  protected searchSet(
    set: VectorSet,
    queries: Float32Array,
    k: number,
    options: SetOptions,
    found: (query: number, results: Results, scored: number) => void,
  ): void {
    checkK(k);
    countOf(queries, this.dimensions, 'Queries');
    set.search(queries, this.#lengths(queries), k, options, found);
  }

  /** The lengths of a query, after all that can be wrong with it. */
  protected lengthsOfQuery(query: Float32Array, k: number): Float64Array {
    checkQuery(query, this.dimensions);
    checkK(k);
    return this.#lengths(query);
  }

  /** Gives the memory back. Every later use throws an error; a second call does nothing. @throws {Error} inside of a filter. */
  override close(): void {
    this.#checkAsking();
    super.close();
  }

  /** Memory that a search in the background works on goes when it has ended. */
  protected override release(): void {
    const free = (): void => {
      this.#set[Symbol.dispose]();
      this.#closeTeam();
    };
    if (this.#waiting > 0) void this.#turn.then(free);
    else free();
  }

  /** @throws {Error} if it is closed, or works in the background on what a call would change. */
  protected checkIdle(): void {
    this.checkOpen();
    this.#checkAsking();
    if (this.#waiting > 0 && !this.#mine) {
      throw new Error(
        `This index has ${this.#waiting} calls under way that end in Async: await them first, or use those for this one too.`,
      );
    }
  }

  #checkAsking(): void {
    if (this.#set.asking) throw new Error('A filter cannot change, search or close the index that asks it.');
  }

  /** Does `work` when all that was called before has ended. */
  async #later<T>(work: () => T | Promise<T>): Promise<T> {
    this.checkOpen();
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    this.#waiting++;
    try {
      await before;
      this.checkOpen();
      this.#mine = true;
      const done = work();
      this.#mine = false;
      return await done;
    } finally {
      this.#mine = false;
      this.#waiting--;
      resolve();
    }
  }

  #lengths(queries: Float32Array): Float64Array {
    const lengths = lengthsOf(queries, this.dimensions, 'Query');
    const longest = greatest(lengths);
    if (this.#loose && !productsFit(longest, this.#longest)) {
      this.#longest = this.#set.longest();
      this.#loose = false;
    }
    checkProducts(longest, this.#longest);
    return lengths;
  }

  #closeTeam(): void {
    if (this.#ownsTeam) closeOwn(this.team);
  }
}

/** Ids that do not change any more: elements of a list may be anybody's code. */
function listOf(ids: ArrayLike<number>): ArrayLike<number> {
  return Array.isArray(ids) ? Array.from(ids as number[]) : ids;
}
