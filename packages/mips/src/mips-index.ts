/** Maximum inner product search by hashing: vectors come and go, and most of them are never looked at. */
import { Arena, Team } from '@hashgrad/kernels';
import { type FamilySpec, familyOf } from '@hashgrad/lsh';
import {
  checkDimensions,
  checkIds,
  checkK,
  checkProducts,
  checkQuery,
  countOf,
  greatest,
  lengthsOf,
} from './check.ts';
import { IdTable, knownPlaces, newIds } from './id-table.ts';
import { encodeIndex, readIndex, writeIndex, type IndexFile } from './index-file.ts';
import { type MipsIndexOptions, resolveOptions } from './mips-options.ts';
import { QueryBlock } from './query-block.ts';
import { checkSearchOptions, type SearchOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import type { Searcher } from './searcher.ts';
import { SignatureSearcher } from './signature-searcher.ts';
import { TableSearcher } from './table-searcher.ts';
import { indexTransformOf } from './transforms/registry.ts';
import type { TransformSpec } from './transforms/transform.ts';
import { isBetter, type TuneGoal, type TuneResult, tuneIndex } from './tune.ts';
import { VectorStore } from './vector-store.ts';

/** Queries that are searched for at a time. */
const QUERIES = 64;
/** Bytes of what searches keep for all queries of a block, as far as one query alone does not take more. */
const BEST_BYTES = 2 ** 26;

/**
 * Scores are the true inner products, larger is better, and have the same bits as those of ExactIndex; what is approximate
 * is that a vector may be missed. The same seed gives the same results on any number of threads.
 */
export class MipsIndex implements Disposable {
  readonly dimensions: number;
  readonly method: 'signatures' | 'tables';
  readonly transform: TransformSpec;
  readonly seed: number;
  /** What searches use where a call says nothing else. `tune` sets it. */
  defaults: SearchOptions = {};
  readonly #team: Team;
  readonly #ownsTeam: boolean;
  #family: FamilySpec;
  #store: VectorStore;
  #places = new IdTable();
  #block: QueryBlock;
  #searcher: Searcher;
  /** The greatest length of a vector that was ever here. */
  #longest = 0;
  #disposed = false;

  /** @throws {RangeError} if an option is out of range, or the transform and the family do not suit each other, saying why. */
  constructor(options: MipsIndexOptions) {
    const { dimensions, team, seed = 1 } = options;
    checkDimensions(dimensions);
    const { method, transform, family } = resolveOptions(options);
    this.dimensions = dimensions;
    this.method = method;
    this.transform = transform;
    this.#family = family;
    this.seed = seed;
    this.#team = team ?? Team.single(new Arena());
    this.#ownsTeam = team === undefined;
    const made = this.#make(family);
    this.#store = made.store;
    this.#block = made.block;
    this.#places = made.places;
    this.#searcher = made.searcher;
  }

  /** The family that vectors are hashed by; `tune` may set another. */
  get family(): FamilySpec {
    return this.#family;
  }

  /** How many buckets of each table a search can look up; 1 where the family names no next ones, and for signatures. */
  get mostProbes(): number {
    return this.#searcher.mostProbes;
  }

  /**
   * Multiply-adds, or what costs as much, that a query takes before any vector is scored: hashing it, and comparing it with
   * all signatures.
   */
  get queryMultiplyAdds(): number {
    return this.#searcher.multiplyAdds;
  }

  /** Vectors that are here. */
  get size(): number {
    return this.#places.size;
  }

  /** Bytes of the vectors, their copies, signatures or tables, ids, and of what searches have needed so far. */
  memoryUsage(): number {
    return this.#store.bytes + this.#places.bytes + this.#block.bytes + this.#searcher.bytes;
  }

  /**
   * Adds vectors (flat, n x dimensions) and gives their ids.
   * @param ids n different integers from 0 to 2^32 - 1 that are no vector's yet; default: the next ones, from 0 on.
   * @throws {RangeError} if a length does not fit, an id is out of range or taken, or a coordinate is NaN or infinite;
   * nothing is added then.
   */
  add(vectors: Float32Array, ids?: ArrayLike<number>): Uint32Array {
    this.#checkAlive();
    const count = countOf(vectors, this.dimensions, 'Vectors');
    if (ids) checkIds(ids, count);
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    const given = newIds(this.#places, count, ids);
    if (count === 0) return given;
    this.#searcher.add(vectors, lengths, given);
    this.#longest = Math.max(this.#longest, greatest(lengths));
    return given;
  }

  /**
   * Replaces the vectors of `ids` by those of a flat array, in that order.
   * @throws {RangeError} if there is no vector of an id, an id comes twice, or as `add` does; nothing is changed then.
   */
  update(ids: ArrayLike<number>, vectors: Float32Array): void {
    this.#checkAlive();
    const count = countOf(vectors, this.dimensions, 'Vectors');
    checkIds(ids, count);
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    knownPlaces(this.#places, ids);
    for (let i = 0; i < count; i++) {
      this.#searcher.update(vectors, i, lengths[i] as number, ids[i] as number);
    }
    this.#longest = Math.max(this.#longest, greatest(lengths));
  }

  /** Removes vectors by their ids. @throws {RangeError} if there is none of an id, or it comes twice; none is removed then. */
  remove(ids: ArrayLike<number>): void {
    this.#checkAlive();
    knownPlaces(this.#places, ids);
    for (let i = 0; i < ids.length; i++) this.#searcher.remove(ids[i] as number);
  }

  /** Whether there is a vector of this id. */
  has(id: number): boolean {
    return this.#places.get(id) !== undefined;
  }

  /**
   * The best `k` vectors found for `query`, best first, among equals those with lower ids first. There may be fewer than
   * there could be: what is not promising is not scored.
   * @throws {RangeError} if the query has not `dimensions` coordinates, one of them is NaN or infinite, `k` is not an
   * integer of 1 or more, or an option is out of range.
   */
  search(query: Float32Array, k: number, options?: SearchOptions): SearchResult {
    const most = this.#searchOne(query, k, options);
    return this.#block.result(0, 1, most, 1);
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
    options?: SearchOptions,
  ): number {
    if (Math.min(ids.length, scores.length) < Math.min(k, this.size)) {
      throw new RangeError(
        `${Math.min(k, this.size)} results do not fit into arrays of ${ids.length} ids and ${scores.length} scores.`,
      );
    }
    const most = this.#searchOne(query, k, options);
    return this.#block.resultInto(0, 1, most, 1, ids, scores);
  }

  /** As `search`, for many queries (flat, n x dimensions), which threads share: one result for each, in their order. */
  searchBatch(queries: Float32Array, k: number, options?: SearchOptions): SearchResult[] {
    const results: SearchResult[] = [];
    this.#searchAll(queries, k, options, (count, most) => {
      for (let s = 0; s < count; s++) results.push(this.#block.result(s, count, most, 1));
    });
    return results;
  }

  /**
   * The ids that a search for the `k` best would score, in no particular order: the active set itself.
   * @throws {RangeError} as `search`.
   */
  candidates(query: Float32Array, k: number = 1, options?: SearchOptions): Uint32Array {
    const given = this.#check(query, k, options);
    if (this.size === 0) return new Uint32Array(0);
    const most = Math.min(k, this.size);
    this.#block.lay(query, given.lengths, most, 1);
    return this.#searcher.candidates(this.#block, most, given.options);
  }

  /**
   * Finds search options that reach `recall` at `k` on a sample of queries in the least time, sets them as `defaults`, and
   * says what to expect. With several `families`, numbers of bits and tables for instance, it hashes all vectors by each,
   * and keeps the best.
   * @throws {RangeError} if the index is empty, or a goal is out of range.
   */
  tune(goal: TuneGoal): TuneResult {
    this.#checkAlive();
    const { families = [this.#family] } = goal;
    let best: TuneResult | undefined;
    for (const family of families) {
      if (family !== this.#family) this.#rehash(family);
      const result = this.#tuneFamily(goal);
      if (!best || isBetter(result, best)) best = result;
    }
    if (!best) throw new RangeError('Tuning needs a family or more to choose from; got none.');
    if (best.family !== this.#family) this.#rehash(best.family);
    this.defaults = best.options;
    return best;
  }

  /**
   * Writes the index to a file (safetensors: 'vectors' and 'ids', its options as metadata), as a whole or not at all.
   * @throws what the file system says.
   */
  save(path: string): void {
    writeIndex(path, this.#file());
  }

  /** What `save` writes. */
  toBytes(): Uint8Array[] {
    return encodeIndex(this.#file());
  }

  /**
   * The index of a file that `save` wrote, or of its bytes. It is hashed anew, which takes no longer than reading it.
   * @throws {Error} naming the file, what was expected and where, if it is damaged or something else.
   */
  static load(file: string | Uint8Array, options: Pick<MipsIndexOptions, 'team'> = {}): MipsIndex {
    const { options: saved, vectors, ids } = readIndex(file, 'MipsIndex');
    const { defaults, ...made } = saved as unknown as MipsIndexOptions & { defaults: SearchOptions };
    const index = new MipsIndex({ ...made, ...options });
    index.defaults = defaults;
    index.add(vectors, ids);
    return index;
  }

  /** Gives the memory back. The index cannot be used any more. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#free();
    if (this.#ownsTeam) {
      const { arena } = this.#team;
      this.#team[Symbol.dispose]();
      arena[Symbol.dispose]();
    }
  }

  #make(family: FamilySpec): {
    store: VectorStore;
    block: QueryBlock;
    places: IdTable;
    searcher: Searcher;
  } {
    const { method, transform, seed } = this;
    const store = new VectorStore(this.#team, this.dimensions, true);
    const places = new IdTable();
    const searcher =
      method === 'signatures'
        ? new SignatureSearcher(store, places, family, seed)
        : new TableSearcher(store, places, { transform, family, seed });
    return { store, block: new QueryBlock(store), places, searcher };
  }

  /** Hashes all vectors by another family. */
  #rehash(family: FamilySpec): void {
    indexTransformOf(this.transform, familyOf(family));
    const { vectors, ids } = this.#file();
    const made = this.#make(family);
    if (ids.length > 0) made.searcher.add(vectors, lengthsOf(vectors, this.dimensions, 'Vector'), ids);
    this.#free();
    this.#family = family;
    this.#store = made.store;
    this.#block = made.block;
    this.#places = made.places;
    this.#searcher = made.searcher;
  }

  #free(): void {
    this.#searcher[Symbol.dispose]();
    this.#block[Symbol.dispose]();
    this.#store[Symbol.dispose]();
  }

  #tuneFamily(goal: TuneGoal): TuneResult {
    const places: number[] = [];
    this.#searcher.forEach((place) => places.push(place));
    return tuneIndex(this, goal, {
      vectors: places.map((place) => this.#store.vector(place)),
      ids: places.map((place) => this.#store.ids[place] as number),
      search: (queries, k, options) => {
        const ids: Uint32Array[] = [];
        let scored = 0;
        this.#searchAll(queries, k, options, (count, most, numbers) => {
          for (let s = 0; s < count; s++) ids.push(this.#block.result(s, count, most, 1).ids);
          for (const number of numbers) scored += number;
        });
        return { ids, scored };
      },
    });
  }

  #file(): IndexFile {
    this.#checkAlive();
    const { size, dimensions, method, transform, family, seed, defaults } = this;
    const vectors = new Float32Array(size * dimensions);
    const ids = new Uint32Array(size);
    let i = 0;
    this.#searcher.forEach((place) => {
      vectors.set(this.#store.vector(place), i * dimensions);
      ids[i++] = this.#store.ids[place] as number;
    });
    const options = { method, transform, family, seed, defaults };
    return { kind: 'MipsIndex', options, dimensions, vectors, ids };
  }

  #searchOne(query: Float32Array, k: number, options: SearchOptions | undefined): number {
    const given = this.#check(query, k, options);
    const most = Math.min(k, this.size);
    if (most === 0) return 0;
    this.#block.lay(query, given.lengths, most, 1);
    this.#searcher.search(this.#block, 1, most, given.options);
    return most;
  }

  /** Searches block by block of queries, and calls back when the results of one lie in the block's records. */
  #searchAll(
    queries: Float32Array,
    k: number,
    options: SearchOptions | undefined,
    done: (count: number, most: number, scored: Int32Array) => void,
  ): void {
    this.#checkAlive();
    checkK(k);
    const all = { ...this.defaults, ...options };
    checkSearchOptions(all);
    const count = countOf(queries, this.dimensions, 'Queries');
    const lengths = this.#lengths(queries);
    const most = Math.min(k, this.size);
    const rows = Math.max(1, Math.min(QUERIES, Math.floor(BEST_BYTES / (16 + 8 * most))));
    for (let first = 0; first < count; first += rows) {
      const last = Math.min(first + rows, count);
      const block = queries.subarray(first * this.dimensions, last * this.dimensions);
      this.#block.lay(block, lengths.subarray(first, last), most, 1);
      if (most === 0) {
        done(last - first, 0, new Int32Array(last - first));
        continue;
      }
      const scored = this.#searcher.search(this.#block, last - first, most, all);
      done(last - first, most, scored.subarray(0, last - first));
    }
  }

  #check(
    query: Float32Array,
    k: number,
    options: SearchOptions | undefined,
  ): { lengths: Float64Array; options: SearchOptions } {
    this.#checkAlive();
    checkQuery(query, this.dimensions);
    checkK(k);
    const all = options ? { ...this.defaults, ...options } : this.defaults;
    if (options) checkSearchOptions(options);
    return { lengths: this.#lengths(query), options: all };
  }

  /** The lengths of queries, after all that can be wrong with them. */
  #lengths(queries: Float32Array): Float64Array {
    const lengths = lengthsOf(queries, this.dimensions, 'Query');
    checkProducts(greatest(lengths), this.#longest);
    return lengths;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new Error('This index was disposed.');
  }
}
