/** Exact maximum inner product search: every vector is scored. What hashing is measured against. */
import { Arena, multiply, Team, type View } from '@hashgrad/kernels';

export interface ExactIndexOptions {
  /** Coordinates of a vector; 1 or more. */
  readonly dimensions: number;
  /**
   * The threads and the memory to use. Default: this thread alone, and a memory of its own, which grows up to 4 GiB (but
   * is 256 MiB where memory cannot be shared among threads).
   */
  readonly team?: Team | undefined;
}

/** The best of one query, best first; `scores[i]` is the inner product of the query and vector `ids[i]`. */
export interface SearchResult {
  readonly ids: Uint32Array;
  readonly scores: Float32Array;
}

interface Match {
  readonly id: number;
  readonly score: number;
}

/** Scores computed at a time: 16 MiB of them. */
const SCORES = 2 ** 22;
/** Queries scored at a time: enough that what it costs to lay out the vectors for the product does not show. */
const QUERIES = 256;
/** The greatest inner product that 32-bit floats hold, with room for rounding. */
const GREATEST = 3.4e38;

/**
 * Vectors in an arena, each a row padded to a multiple of 16 floats, and a blocked matrix product over all of them.
 *
 * A score is the inner product itself, larger is better, summed in 32-bit floats in ascending order of the coordinates:
 * the same bits whether a query is asked alone or in a batch, and for any number of threads.
 */
export class ExactIndex implements Disposable {
  readonly dimensions: number;
  readonly #team: Team;
  readonly #ownsTeam: boolean;
  /** Floats from one row to the next. */
  readonly #stride: number;
  /** capacity x stride */
  #vectors: Float32Array;
  /** capacity */
  #ids = new Uint32Array(0);
  #size = 0;
  /** Whether ids ascend with the position, so that the first among equals is the one with the lowest id. */
  #ascending = true;
  /** The greatest length of a vector. */
  #longest = 0;
  #disposed = false;

  /** @throws {RangeError} if `dimensions` is not an integer of 1 or more. */
  constructor(options: ExactIndexOptions) {
    const { dimensions, team } = options;
    if (!(Number.isSafeInteger(dimensions) && dimensions >= 1)) {
      throw new RangeError(`An index has 1 or more dimensions; got ${dimensions}.`);
    }
    this.dimensions = dimensions;
    this.#team = team ?? Team.single(new Arena());
    this.#ownsTeam = team === undefined;
    this.#stride = Math.ceil(dimensions / 16) * 16;
    this.#vectors = this.#team.arena.float32(0);
  }

  /** Vectors added. */
  get size(): number {
    return this.#size;
  }

  /**
   * Bytes that the vectors and their ids take: 4 * (dimensions rounded up to a multiple of 16, plus 1) for each that
   * there is room for. A search takes up to some 50 MiB more while it lasts.
   */
  memoryUsage(): number {
    return this.#vectors.byteLength + this.#ids.byteLength;
  }

  /**
   * Appends vectors (flat, n x dimensions) and gives the positions they got, counted from 0 over all that were added.
   * @param ids n integers from 0 to 2^32 - 1 that searches shall give; default: the positions. They need not be unique.
   * @throws {RangeError} if a length does not fit, an id is out of range or a coordinate is NaN or infinite; nothing is
   * added then.
   */
  add(vectors: Float32Array, ids?: ArrayLike<number>): Uint32Array {
    this.#checkAlive();
    const { dimensions } = this;
    const count = this.#count(vectors, 'Vectors');
    if (ids && ids.length !== count) {
      throw new RangeError(`${count} vectors need as many ids; got ${ids.length}.`);
    }
    const positions = Uint32Array.from({ length: count }, (_, i) => this.#size + i);
    if (ids) checkIds(ids);
    const longest = greatestLength(vectors, dimensions, 'Vector');
    this.#reserve(this.#size + count);
    for (let i = 0; i < count; i++) {
      const at = this.#size + i;
      this.#vectors.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), at * this.#stride);
      this.#ids[at] = ids?.[i] ?? at;
      if (at > 0 && (this.#ids[at] ?? 0) <= (this.#ids[at - 1] ?? 0)) this.#ascending = false;
    }
    this.#size += count;
    this.#longest = Math.max(this.#longest, longest);
    return positions;
  }

  /**
   * The `k` vectors with the greatest inner products with `query`, best first, among equals those with lower ids first;
   * all vectors if there are fewer.
   * @throws {RangeError} if the query has not `dimensions` coordinates, one of them is NaN or infinite, or `k` is not an
   * integer of 1 or more.
   */
  search(query: Float32Array, k: number): SearchResult {
    if (query instanceof Float32Array && query.length !== this.dimensions) {
      throw new RangeError(`A query has ${this.dimensions} coordinates here; got ${query.length}.`);
    }
    return this.searchBatch(query, k)[0] as SearchResult;
  }

  /** As `search`, for many queries (flat, n x dimensions) at once, which is faster: one result for each, in their order. */
  searchBatch(queries: Float32Array, k: number): SearchResult[] {
    this.#checkAlive();
    if (!(Number.isInteger(k) && k >= 1)) {
      throw new RangeError(`The number of results, k, is an integer of 1 or more; got ${k}.`);
    }
    const count = this.#count(queries, 'Queries');
    const longest = greatestLength(queries, this.dimensions, 'Query');
    if (longest * this.#longest > GREATEST) {
      throw new RangeError(
        `A query of length ${longest.toPrecision(3)} and a vector of length ${this.#longest.toPrecision(3)} ` +
          'can have an inner product that 32-bit floats do not hold: scale one of them down.',
      );
    }
    const results: SearchResult[] = [];
    const rows = Math.max(1, Math.min(count, QUERIES, Math.floor(SCORES / this.#stride)));
    for (let first = 0; first < count; first += rows) {
      const block = queries.subarray(first * this.dimensions, (first + rows) * this.dimensions);
      results.push(...this.#searchBlock(block, k));
    }
    return results;
  }

  /** Gives the memory back. The index cannot be used any more. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { arena } = this.#team;
    arena.free(this.#vectors);
    if (this.#ownsTeam) {
      this.#team[Symbol.dispose]();
      arena[Symbol.dispose]();
    }
  }

  /** Searches for so few queries that their scores for a share of the vectors fit into the block of scores. */
  #searchBlock(queries: Float32Array, k: number): SearchResult[] {
    const { arena } = this.#team;
    const stride = this.#stride;
    const rows = queries.length / this.dimensions;
    const columns = Math.min(this.#size, Math.floor(SCORES / rows));
    const best: Match[][] = Array.from({ length: rows }, () => []);
    const held: View[] = [];
    const hold = <V extends View>(view: V): V => {
      held.push(view);
      return view;
    };
    try {
      const padded = hold(arena.float32(rows * stride));
      const scores = hold(arena.float32(rows * columns));
      const chosen = hold(arena.int32(rows * Math.min(k, columns)));
      for (let s = 0; s < rows; s++) {
        padded.set(queries.subarray(s * this.dimensions, (s + 1) * this.dimensions), s * stride);
      }
      const a = { address: arena.address(padded), row: stride, column: 1 };
      for (let first = 0; first < this.#size; first += columns) {
        const live = Math.min(columns, this.#size - first);
        const most = Math.min(k, live);
        const b = { address: arena.address(this.#vectors) + first * stride * 4, row: 1, column: stride };
        multiply(this.#team, arena.address(scores), columns, a, b, { rows, columns: live, depth: stride });
        this.#team.run('topK', [arena.address(chosen), arena.address(scores), columns, live, most], rows, {
          scratch: arena.kernels.topKScratchBytes(),
        });
        for (let s = 0; s < rows; s++) {
          const matches = this.#matches(
            scores.subarray(s * columns, s * columns + live),
            chosen.subarray(s * most, (s + 1) * most),
            first,
          );
          best[s] = [...(best[s] ?? []), ...matches].toSorted(byScore).slice(0, k);
        }
      }
    } finally {
      for (const view of held) arena.free(view);
    }
    return best.map((matches) => ({
      ids: Uint32Array.from(matches, ({ id }) => id),
      scores: Float32Array.from(matches, ({ score }) => score),
    }));
  }

  /**
   * The columns that the kernel chose, as matches; `first` is the position of column 0. Among columns equal to the lowest
   * chosen the kernel takes those of lower position, and it ranks -0 below 0: where ids may decide otherwise, all that
   * may belong to the best are matches.
   */
  #matches(scores: Float32Array, chosen: Int32Array, first: number): Match[] {
    const match = (column: number): Match => ({
      id: this.#ids[first + column] as number,
      // Never -0, which users would see and most comparisons not.
      score: (scores[column] as number) + 0,
    });
    const least = chosen.reduce((lowest, column) => Math.min(lowest, scores[column] as number), Infinity);
    if (this.#ascending && least !== 0) return Array.from(chosen, match);
    const matches: Match[] = [];
    let room = this.#ascending ? chosen.length : Infinity;
    for (let column = 0; column < scores.length; column++) {
      const score = scores[column] as number;
      if (score > least || (score === least && room-- > 0)) matches.push(match(column));
    }
    return matches;
  }

  /** Makes room for `size` vectors; half as much again, so that adding one by one does not copy each time. */
  #reserve(size: number): void {
    if (size <= this.#ids.length) return;
    const capacity = Math.max(size, Math.ceil(this.#size * 1.5));
    const { arena } = this.#team;
    const vectors = arena.float32(capacity * this.#stride);
    vectors.set(this.#vectors.subarray(0, this.#size * this.#stride));
    arena.free(this.#vectors);
    this.#vectors = vectors;
    const ids = new Uint32Array(capacity);
    ids.set(this.#ids.subarray(0, this.#size));
    this.#ids = ids;
  }

  /** How many vectors a flat array holds. */
  #count(flat: Float32Array, what: string): number {
    if (!(flat instanceof Float32Array)) throw new TypeError(`${what} come as a Float32Array.`);
    if (flat.length % this.dimensions !== 0) {
      throw new RangeError(
        `${what} of ${this.dimensions} dimensions have a multiple of as many coordinates; got ${flat.length}.`,
      );
    }
    return flat.length / this.dimensions;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new Error('This index was disposed.');
  }
}

function byScore(a: Match, b: Match): number {
  return b.score - a.score || a.id - b.id;
}

function checkIds(ids: ArrayLike<number>): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (!(Number.isInteger(id) && id >= 0 && id < 2 ** 32)) {
      throw new RangeError(`Ids are integers from 0 to ${2 ** 32 - 1}; vector ${i} has ${id}.`);
    }
  }
}

/** The greatest length of the vectors. @throws {RangeError} if a coordinate is NaN or infinite. */
function greatestLength(flat: Float32Array, dimensions: number, what: string): number {
  let greatest = 0;
  for (let i = 0; i < flat.length; i += dimensions) {
    let sum = 0;
    for (let k = i; k < i + dimensions; k++) sum += (flat[k] as number) ** 2;
    // Squares of 32-bit floats are finite in 64 bits, and so is their sum.
    if (!Number.isFinite(sum)) {
      const k = flat.subarray(i, i + dimensions).findIndex((x) => !Number.isFinite(x));
      throw new RangeError(`${what} ${i / dimensions} has ${flat[i + k]} at coordinate ${k}.`);
    }
    greatest = Math.max(greatest, sum);
  }
  return Math.sqrt(greatest);
}
