/** Maximum inner product search by hashing: vectors come and go, and most of them are never looked at. */
import { Arena, Team } from '@hashgrad/kernels';
import { type FamilySpec, familyOf } from '@hashgrad/lsh';
import {
  checkDimensions,
  checkIds,
  checkK,
  checkProducts,
  checkQuery,
  checkRoom,
  countOf,
  greatest,
  lengthsOf,
} from '@hashgrad/lsh/vectors';
import { HashedVectors } from './hashed-vectors.ts';
import { knownPlaces, newIds } from '@hashgrad/lsh/vectors';
import { encodeIndex, readIndex, writeIndex, type IndexFile } from './index-file.ts';
import { type MipsIndexOptions, resolveOptions } from './mips-options.ts';
import { checkSearchOptions, type SearchOptions } from './search-options.ts';
import type { SearchResult } from './search-result.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { TransformSpec } from '../transforms/transform.ts';
import { isBetter, type TuneGoal, type TuneResult, type Tuned, tuneIndex } from './tune.ts';

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
  #hashed: HashedVectors;
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
    this.#hashed = new HashedVectors(this.#team, this);
  }

  /** The family that vectors are hashed by; `tune` may set another. */
  get family(): FamilySpec {
    return this.#family;
  }

  /** How many buckets of each table a search can look up; 1 where the family names no next ones, and for signatures. */
  get mostProbes(): number {
    return this.#hashed.searcher.mostProbes;
  }

  /**
   * Multiply-adds, or what costs as much, that a query takes before any vector is scored: hashing it, and comparing it with
   * all signatures.
   */
  get queryMultiplyAdds(): number {
    return this.#hashed.searcher.multiplyAdds;
  }

  /** Vectors that are here. */
  get size(): number {
    return this.#hashed.places.size;
  }

  /** Bytes of the vectors, their copies, signatures or tables, ids, and of what searches have needed so far. */
  memoryUsage(): number {
    return this.#hashed.bytes;
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
    const given = newIds(this.#hashed.places, count, ids);
    if (count === 0) return given;
    this.#hashed.searcher.add(vectors, lengths, given);
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
    knownPlaces(this.#hashed.places, ids);
    for (let i = 0; i < count; i++) {
      this.#hashed.searcher.update(vectors, i, lengths[i] as number, ids[i] as number);
    }
    this.#longest = Math.max(this.#longest, greatest(lengths));
  }

  /** Removes vectors by their ids. @throws {RangeError} if there is none of an id, or it comes twice; none is removed then. */
  remove(ids: ArrayLike<number>): void {
    this.#checkAlive();
    knownPlaces(this.#hashed.places, ids);
    for (let i = 0; i < ids.length; i++) this.#hashed.searcher.remove(ids[i] as number);
  }

  /** Whether there is a vector of this id. */
  has(id: number): boolean {
    return this.#hashed.places.get(id) !== undefined;
  }

  /**
   * The best `k` vectors found for `query`, best first, among equals those with lower ids first. There may be fewer than
   * there could be: what is not promising is not scored.
   * @throws {RangeError} if the query has not `dimensions` coordinates, one of them is NaN or infinite, `k` is not an
   * integer of 1 or more, or an option is out of range.
   */
  search(query: Float32Array, k: number, options?: SearchOptions): SearchResult {
    const most = this.#searchOne(query, k, options);
    return this.#hashed.result(most);
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
    checkRoom(ids, scores, k, this.size);
    const most = this.#searchOne(query, k, options);
    return this.#hashed.resultInto(most, ids, scores);
  }

  /** As `search`, for many queries (flat, n x dimensions), which threads share: one result for each, in their order. */
  searchBatch(queries: Float32Array, k: number, options?: SearchOptions): SearchResult[] {
    const results: SearchResult[] = [];
    this.#searchAll(queries, k, options, (result) => results.push(result));
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
    return this.#hashed.candidates(query, given.lengths, most, given.options);
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
    this.#hashed[Symbol.dispose]();
    if (this.#ownsTeam) {
      const { arena } = this.#team;
      this.#team[Symbol.dispose]();
      arena[Symbol.dispose]();
    }
  }

  /** Hashes all vectors by another family. */
  #rehash(family: FamilySpec): void {
    indexTransformOf(this.transform, familyOf(family));
    const { vectors, ids } = this.#file();
    const { dimensions, method, transform, seed } = this;
    const made = new HashedVectors(this.#team, { dimensions, method, transform, family, seed });
    if (ids.length > 0) made.searcher.add(vectors, lengthsOf(vectors, this.dimensions, 'Vector'), ids);
    this.#hashed[Symbol.dispose]();
    this.#family = family;
    this.#hashed = made;
  }

  #tuneFamily(goal: TuneGoal): TuneResult {
    const { dimensions, size, method, family, mostProbes, queryMultiplyAdds } = this;
    const index = { dimensions, size, method, family, mostProbes, queryMultiplyAdds, ...this.#hashed.all() };
    const tuned: Tuned = {
      ...index,
      search: (queries, k, options) => {
        const ids: Uint32Array[] = [];
        let scored = 0;
        this.#searchAll(queries, k, options, (result, number) => {
          ids.push(result.ids);
          scored += number;
        });
        return { ids, scored };
      },
    };
    return tuneIndex(tuned, goal);
  }

  #file(): IndexFile {
    this.#checkAlive();
    const { dimensions, method, transform, family, seed, defaults } = this;
    const { vectors, ids } = this.#hashed.all();
    const flat = new Float32Array(vectors.length * dimensions);
    for (const [i, vector] of vectors.entries()) flat.set(vector, i * dimensions);
    const options = { method, transform, family, seed, defaults };
    return { kind: 'MipsIndex', options, dimensions, vectors: flat, ids };
  }

  #searchOne(query: Float32Array, k: number, options: SearchOptions | undefined): number {
    const given = this.#check(query, k, options);
    const most = Math.min(k, this.size);
    if (most > 0) this.#hashed.search(query, given.lengths, most, given.options);
    return most;
  }

  #searchAll(
    queries: Float32Array,
    k: number,
    options: SearchOptions | undefined,
    found: (result: SearchResult, scored: number) => void,
  ): void {
    this.#checkAlive();
    checkK(k);
    const all = { ...this.defaults, ...options };
    checkSearchOptions(all);
    countOf(queries, this.dimensions, 'Queries');
    this.#hashed.searchBatch(queries, this.#lengths(queries), Math.min(k, this.size), all, found);
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
