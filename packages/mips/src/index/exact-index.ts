/** Exact maximum inner product search: every vector is scored. What hashing is measured against. */
import { Arena, Team } from '@hashgrad/kernels';
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
import { IdTable, knownPlaces, newIds } from '@hashgrad/lsh/vectors';
import { encodeIndex, readIndex, writeIndex, type IndexFile } from './index-file.ts';
import { QueryBlock, queriesAtATime } from './query-block.ts';
import type { SearchResult } from './search-result.ts';
import { VectorStore } from './vector-store.ts';

export interface ExactIndexOptions {
  /** Coordinates of a vector; 1 or more. */
  readonly dimensions: number;
  /**
   * The threads and the memory to use. Default: this thread alone, and a memory of its own, which grows up to 4 GiB (but
   * is 256 MiB where memory cannot be shared among threads).
   */
  readonly team?: Team | undefined;
  /**
   * Keeps 8-bit copies of the vectors, a quarter more memory, and reads those first: only what their rounding errors, which
   * are bounded, leave a chance is scored in 32-bit floats. The results are the same to the bit, some times faster.
   * Default false.
   */
  readonly int8?: boolean | undefined;
}

/**
 * Vectors in an arena, each a row padded to a multiple of 16 floats. A scan keeps the best of each query as it goes.
 *
 * A score is the inner product itself, larger is better, summed in 32-bit floats in an order that depends on nothing but
 * the dimensions: the same bits whether a query is asked alone or in a batch, with or without int8, and for any number of
 * threads.
 */
export class ExactIndex implements Disposable {
  readonly dimensions: number;
  readonly int8: boolean;
  readonly #team: Team;
  readonly #ownsTeam: boolean;
  readonly #store: VectorStore;
  readonly #places = new IdTable();
  readonly #block: QueryBlock;
  /** The greatest length of a vector that was ever here. */
  #longest = 0;
  #disposed = false;

  /** @throws {RangeError} if `dimensions` is not an integer of 1 or more. */
  constructor(options: ExactIndexOptions) {
    const { dimensions, team, int8 = false } = options;
    checkDimensions(dimensions);
    this.dimensions = dimensions;
    this.int8 = int8;
    this.#team = team ?? Team.single(new Arena());
    this.#ownsTeam = team === undefined;
    this.#store = new VectorStore(this.#team, dimensions, int8);
    this.#block = new QueryBlock(this.#store);
  }

  /** Vectors that are here. */
  get size(): number {
    return this.#places.size;
  }

  /**
   * Bytes that the vectors and their ids take, for each that there is room for 4 * (dimensions rounded up to a multiple of
   * 16, plus 1), and with int8 that many dimensions plus 12 more; the places of ids; and what searches have needed so far.
   */
  memoryUsage(): number {
    return this.#store.bytes + this.#places.bytes + this.#block.bytes;
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
    const longest = greatest(lengthsOf(vectors, this.dimensions, 'Vector'));
    const given = newIds(this.#places, count, ids);
    const first = this.size;
    this.#store.reserve(first + count, first);
    for (const [i, id] of given.entries()) {
      this.#store.write(first + i, vectors, i, id);
      this.#places.set(id, first + i);
    }
    this.#store.quantize(first, count);
    this.#store.setCount(first + count);
    this.#longest = Math.max(this.#longest, longest);
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
    const longest = greatest(lengthsOf(vectors, this.dimensions, 'Vector'));
    for (const [i, place] of knownPlaces(this.#places, ids).entries()) {
      this.#store.write(place, vectors, i, ids[i] as number);
      this.#store.quantize(place, 1);
    }
    this.#longest = Math.max(this.#longest, longest);
  }

  /** Removes vectors by their ids. @throws {RangeError} if there is none of an id, or it comes twice; none is removed then. */
  remove(ids: ArrayLike<number>): void {
    this.#checkAlive();
    knownPlaces(this.#places, ids);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      // Another one's removal may have moved it.
      const place = this.#places.get(id) as number;
      const last = this.size - 1;
      if (place !== last) {
        this.#store.move(last, place);
        this.#places.set(this.#store.ids[place] as number, place);
      }
      this.#places.delete(id);
    }
    this.#store.setCount(this.size);
  }

  /** Whether there is a vector of this id. */
  has(id: number): boolean {
    return this.#places.get(id) !== undefined;
  }

  /**
   * The `k` vectors with the greatest inner products with `query`, best first, among equals those with lower ids first;
   * all vectors if there are fewer.
   * @throws {RangeError} if the query has not `dimensions` coordinates, one of them is NaN or infinite, or `k` is not an
   * integer of 1 or more.
   */
  search(query: Float32Array, k: number): SearchResult {
    const { most, parts } = this.#scanOne(query, k);
    return this.#block.result(0, 1, most, parts);
  }

  /**
   * As `search`, into arrays of the caller's; how many there are.
   * @throws {RangeError} also if an array has fewer than min(k, size) elements.
   */
  searchInto(query: Float32Array, k: number, ids: Uint32Array, scores: Float32Array): number {
    checkRoom(ids, scores, k, this.size);
    const { most, parts } = this.#scanOne(query, k);
    return this.#block.resultInto(0, 1, most, parts, ids, scores);
  }

  /** As `search`, for many queries (flat, n x dimensions) at once, which is faster: one result for each, in their order. */
  searchBatch(queries: Float32Array, k: number): SearchResult[] {
    this.#checkAlive();
    checkK(k);
    const count = countOf(queries, this.dimensions, 'Queries');
    const lengths = this.#lengths(queries);
    const most = Math.min(k, this.size);
    const parts = this.#parts();
    const rows = queriesAtATime(most, parts);
    const results: SearchResult[] = [];
    for (let first = 0; first < count; first += rows) {
      const last = Math.min(first + rows, count);
      const block = queries.subarray(first * this.dimensions, last * this.dimensions);
      this.#scan(block, lengths.subarray(first, last), most, parts);
      for (let s = 0; s < last - first; s++) {
        results.push(this.#block.result(s, last - first, most, parts));
      }
    }
    return results;
  }

  /**
   * Writes the index to a file (safetensors: 'vectors' and 'ids'), as a whole or not at all.
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
   * The index of a file that `save` wrote, or of its bytes.
   * @throws {Error} naming the file, what was expected and where, if it is damaged or something else.
   */
  static load(file: string | Uint8Array, options: Pick<ExactIndexOptions, 'team'> = {}): ExactIndex {
    const { dimensions, options: saved, vectors, ids } = readIndex(file, 'ExactIndex');
    const index = new ExactIndex({ dimensions, int8: saved['int8'] === true, ...options });
    index.add(vectors, ids);
    return index;
  }

  /** Gives the memory back. The index cannot be used any more. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#block[Symbol.dispose]();
    this.#store[Symbol.dispose]();
    if (this.#ownsTeam) {
      const { arena } = this.#team;
      this.#team[Symbol.dispose]();
      arena[Symbol.dispose]();
    }
  }

  #file(): IndexFile {
    this.#checkAlive();
    const { size, dimensions, int8 } = this;
    const vectors = new Float32Array(size * dimensions);
    for (let i = 0; i < size; i++) vectors.set(this.#store.vector(i), i * dimensions);
    const ids = this.#store.ids.slice(0, size);
    return { kind: 'ExactIndex', options: { int8 }, dimensions, vectors, ids };
  }

  #scanOne(query: Float32Array, k: number): { most: number; parts: number } {
    this.#checkAlive();
    checkQuery(query, this.dimensions);
    checkK(k);
    const lengths = this.#lengths(query);
    const most = Math.min(k, this.size);
    const parts = this.#parts();
    this.#scan(query, lengths, most, parts);
    return { most, parts };
  }

  /** The lengths of queries, after all that can be wrong with them. */
  #lengths(queries: Float32Array): Float64Array {
    const lengths = lengthsOf(queries, this.dimensions, 'Query');
    checkProducts(greatest(lengths), this.#longest);
    return lengths;
  }

  /** Parts of the vectors that are scanned on their own, by different threads. */
  #parts(): number {
    return Math.max(1, Math.min(this.#team.threads, Math.ceil(this.size / 1024)));
  }

  #scan(queries: Float32Array, lengths: Float64Array, k: number, parts: number): void {
    const { arena } = this.#team;
    const count = lengths.length;
    this.#block.lay(queries, lengths, k, parts);
    const { queries: at, planes, terms, best } = this.#block.addresses;
    const record = arena.address(this.#store.record);
    // Whole groups of four rows.
    const grain = Math.ceil(this.size / parts / 4) * 4;
    const job = { grain: 1 };
    if (this.int8) {
      const scratch = arena.kernels.int8ScratchBytes(this.#store.stride);
      this.#team.run('scanInt8', [best, record, at, planes, terms, count, k, grain], parts, {
        ...job,
        scratch,
      });
    } else {
      const scratch = arena.kernels.scanScratchBytes(count);
      this.#team.run('scanRows', [best, record, at, count, k, grain], parts, { ...job, scratch });
    }
  }

  #checkAlive(): void {
    if (this.#disposed) throw new Error('This index was disposed.');
  }
}
