/** Nearest vectors by hashing, in a few lines: vectors come and go, and queries score only what collides with them. */
import { Resource, type Team, type TeamOptions, writeFileAtomic } from '@hashgrad/kernels';
import type { FamilySpec } from '../family.ts';
import type { Sizing } from '../tuning/sizing.ts';
import {
  checkDimensions,
  checkIdList,
  checkIds,
  checkNames,
  checkQuery,
  countOf,
  described,
  lengthsOf,
  quoted,
} from '../vectors/check-flat.ts';
import { knownPlaces, newIds } from '../vectors/id-table.ts';
import { type IndexSource, joined, named, nameOfSource } from '../vectors/index-source.ts';
import { closeOwn, teamFor, withOwnThreads } from '../vectors/own-team.ts';
import type { BestHits } from './best-hits.ts';
import { CandidateSearch } from './candidates.ts';
import { HashedRows } from './hashed-rows.ts';
import { decodeIndex, encodeIndex, type IndexContents } from './index-file.ts';
import { checkFamily, checkLengths, type LshHits, type Metric, rulesOf } from './metric.ts';
import { type LshQueryOptions, resolveQuery } from './query-options.ts';
import { suggestFamily, type SuggestOptions } from './suggest-family.ts';

/** What an index holds and by what it is hashed. */
export interface LshIndexOptions<M extends Metric = Metric> extends Omit<SuggestOptions, 'metric'> {
  readonly metric: M;
  /**
   * The hash family and its parameters, in place of `near`, `recall`, `expected` and `background`. Default: the one that
   * `LshIndex.suggest` finds for these.
   */
  readonly family?: FamilySpec | undefined;
  /** An integer. Default 1. */
  readonly seed?: number | undefined;
  /**
   * The threads and the memory to use. Default: this thread alone, and a memory of its own, which grows up to 4 GiB (but is
   * 256 MiB where memory cannot be shared among threads). Many small indexes share a team.
   */
  readonly team?: Team | undefined;
}

const SUGGESTING = ['near', 'recall', 'expected', 'background'] as const;
const OPTIONS = ['dimensions', 'metric', 'family', 'seed', ...SUGGESTING];

const ASKING = 'A filter cannot change or query the index that asks it.';

/**
 * What is approximate is that a vector may be missed: values are computed from the vectors themselves. Answers depend on the
 * seed, the family and the vectors that are there, not on how they came or on the number of threads. (For inner products all
 * are hashed anew when the longest have gone, if there is room for it; until then answers are as before.) A change happens as a whole or, where it throws, not at all.
 */
export class LshIndex<const M extends Metric = Metric> extends Resource {
  readonly dimensions: number;
  readonly metric: M;
  readonly family: FamilySpec;
  readonly seed: number;
  readonly #team: Team;
  #ownsTeam: boolean;
  readonly #hashed: HashedRows;
  readonly #search: CandidateSearch;
  /** Whether a filter is being asked. */
  #asking = false;

  /**
   * @throws {RangeError | TypeError} if an option is unknown or out of range, the family does not suit the metric (saying
   * why), or there is no room.
   */
  constructor(options: LshIndexOptions<M>) {
    super('This index');
    checkNames('LshIndex', options, [...OPTIONS, 'team']);
    const { dimensions, metric, team, seed = 1 } = options;
    checkDimensions(dimensions);
    const rules = rulesOf(metric);
    if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer; got ${described(seed)}.`);
    this.dimensions = dimensions;
    this.metric = metric;
    this.seed = seed;
    this.#team = teamFor(team);
    this.#ownsTeam = team === undefined;
    let hashed: HashedRows | undefined;
    try {
      this.family = familyFor(options, this.#team);
      this.#hashed = hashed = new HashedRows(this.#team, { dimensions, family: this.family, seed, rules });
      this.#search = new CandidateSearch(this.#team);
    } catch (error) {
      hashed?.[Symbol.dispose]();
      if (this.#ownsTeam) closeOwn(this.#team);
      throw error;
    }
  }

  /**
   * An index with threads of its own, which share the work of `add` and `queryBatch`.
   * @param options as the constructor's, with `threads`, this one included, from 1 to 64 (default 1), in place of a team.
   * @throws {RangeError | TypeError} as the constructor. @throws {Error} if a thread does not start.
   */
  static async create<const M extends Metric>(
    options: Omit<LshIndexOptions<M>, 'team'> & TeamOptions,
  ): Promise<LshIndex<M>> {
    checkNames('LshIndex', options, [...OPTIONS, 'threads', 'createWorker']);
    const { threads, createWorker, ...rest } = options;
    return withOwnThreads({ threads, createWorker }, (team) => {
      const index = new LshIndex<M>({ ...(rest as LshIndexOptions<M>), team });
      index.#ownsTeam = true;
      return index;
    });
  }

  /**
   * The family that an index has by default, and what its law says: the tables, the share of near vectors that are found,
   * how many vectors a query scores, and what that takes.
   * @throws {RangeError} if an option is out of range, or no family reaches the recall.
   */
  static suggest(options: SuggestOptions): Sizing {
    checkNames('suggest', options, ['dimensions', 'metric', ...SUGGESTING]);
    return suggestFamily(options);
  }

  /** Vectors that are here. */
  get size(): number {
    this.checkOpen();
    return this.#hashed.size;
  }

  /** Bytes of the vectors, their ids, tables, random numbers, and of what calls have needed so far. */
  memoryUsage(): number {
    this.checkOpen();
    return this.#hashed.bytes + this.#search.bytes;
  }

  /**
   * Adds vectors (flat, n x dimensions: one vector is its coordinates) and gives their ids.
   * @param ids n different integers from 0 to 2^32 - 1 that are no vector's yet; default: the next ones, from 0 on, which
   * were never an id before.
   * @throws {RangeError | TypeError} if a length does not fit, an id is no such integer or taken, a coordinate is NaN or
   * infinite, a vector is longer than 1e18 (or, for cosines, shorter than 1e-18, but for zeros), or there is no room.
   */
  add(vectors: Float32Array, ids?: ArrayLike<number>): Uint32Array {
    this.#checkIdle();
    const { count, lengths } = this.#given(vectors, ids);
    // What gives the ids may have closed the index.
    const given = newIds(this.#hashed.places, count, ids);
    this.#checkIdle();
    if (count > 0) this.#hashed.insert(vectors, lengths, given);
    return given;
  }

  /**
   * Replaces the vectors of `ids` by those of a flat array, in that order.
   * @throws {RangeError | TypeError} if there is no vector of an id, an id comes twice, or as `add` does.
   */
  update(ids: ArrayLike<number>, vectors: Float32Array): void {
    this.#checkIdle();
    checkIdList(ids);
    const { count, lengths } = this.#given(vectors, ids);
    const given = Uint32Array.from(ids);
    this.#checkIdle();
    const places = knownPlaces(this.#hashed.places, given);
    if (count > 0) this.#hashed.update(places, vectors, lengths, given);
  }

  /** Removes vectors by their ids. @throws {RangeError | TypeError} if there is none of an id, or it comes twice. */
  remove(ids: ArrayLike<number>): void {
    this.#checkIdle();
    checkIdList(ids);
    const given = Uint32Array.from(ids);
    this.#checkIdle();
    this.#hashed.remove(knownPlaces(this.#hashed.places, given), given);
  }

  /** Whether there is a vector of this id. @throws {RangeError | TypeError} if it is no integer from 0 to 2^32 - 1. */
  has(id: number): boolean {
    return this.#placeOf(id) !== undefined;
  }

  /** A copy of a vector, as it was added; undefined if there is none. @throws as `has`. */
  get(id: number): Float32Array | undefined {
    const place = this.#placeOf(id);
    return place === undefined ? undefined : this.#hashed.rows.vector(place).slice();
  }

  /** All ids, ascending. */
  ids(): Uint32Array {
    this.checkOpen();
    const { rows } = this.#hashed;
    return Uint32Array.from(rows.livePlaces(), (place) => rows.idAt(place)).toSorted();
  }

  /**
   * The best of the vectors that collide with a query, at most `limit` (10): there may be fewer than that. More probes find
   * more.
   * @throws {RangeError | TypeError} if the query does not have `dimensions` coordinates, its length is none that `add`
   * takes, an option is unknown or out of range, or there is no room for what the search needs.
   */
  query(query: Float32Array, options: LshQueryOptions = {}): LshHits<M> {
    this.#checkIdle();
    checkQuery(query, this.dimensions);
    return this.#query(query, options)[0] as LshHits<M>;
  }

  /** As `query`, for many (flat, n x dimensions) at once, which threads share: one result for each, in their order. */
  queryBatch(queries: Float32Array, options: LshQueryOptions = {}): LshHits<M>[] {
    this.#checkIdle();
    countOf(queries, this.dimensions, 'Queries');
    return this.#query(queries, options);
  }

  /** Writes the index to a file, as a whole or not at all. @throws what the file system says. */
  save(path: string): void {
    writeFileAtomic(path, encodeIndex(this.#contents()));
  }

  /** What `save` writes: safetensors, 'vectors' (F32, n x dimensions) and 'ids' (U32, ascending). */
  toBytes(): Uint8Array {
    return joined(encodeIndex(this.#contents()));
  }

  /**
   * The index that `save` or `toBytes` wrote: it answers as before, to the bit.
   * @param source a path, a Uint8Array, an ArrayBuffer, or pieces of the bytes.
   * @param options `team` as the constructor's; `metric` to be told, and to have checked, what it is.
   * @throws {Error} naming the file, what was expected and what is there, if it is damaged or something else.
   */
  static load<const M extends Metric = Metric>(
    source: IndexSource,
    options: { readonly team?: Team | undefined; readonly metric?: M | undefined } = {},
  ): LshIndex<M> {
    checkNames('load', options, ['team', 'metric']);
    const { settings, vectors, ids } = decodeIndex(source);
    const name = nameOfSource(source);
    const { dimensions, family, seed, next, bound } = settings;
    const metric = settings.metric as M;
    if (options.metric !== undefined && options.metric !== metric) {
      throw new Error(`${name}: expected the metric ${quoted(options.metric)}; it is '${metric}'.`);
    }
    return named(name, () => {
      // A family that is missing must not be suggested anew.
      checkFamily(family, metric);
      const index = new LshIndex<M>({
        dimensions,
        metric,
        family,
        seed,
        team: options.team,
      } as LshIndexOptions<M>);
      try {
        index.#hashed.resume(next, bound);
        index.add(vectors, ids);
        if (index.#hashed.bound !== bound) {
          throw new RangeError(`expected a bound of ${index.#hashed.bound} or more; got ${bound}.`);
        }
        return index;
      } catch (error) {
        index.close();
        throw error;
      }
    });
  }

  /** Gives the memory back. Every later use throws an error; a second call does nothing. */
  override close(): void {
    if (this.#asking) throw new Error(ASKING);
    super.close();
  }

  protected override release(): void {
    this.#search[Symbol.dispose]();
    this.#hashed[Symbol.dispose]();
    if (this.#ownsTeam) closeOwn(this.#team);
  }

  #checkIdle(): void {
    this.checkOpen();
    if (this.#asking) throw new Error(ASKING);
  }

  #placeOf(id: number): number | undefined {
    this.checkOpen();
    checkIdList([id]);
    return this.#hashed.places.get(id);
  }

  /** How many vectors are given and how long they are, after all that can be wrong with them and their ids. */
  #given(
    vectors: Float32Array,
    ids: ArrayLike<number> | undefined,
  ): { count: number; lengths: Float64Array } {
    const { dimensions } = this;
    const count = countOf(vectors, dimensions, 'Vectors');
    if (ids?.length === 1 && count > 1) {
      throw new RangeError(
        `One id has one vector of ${dimensions} coordinates here; got ${vectors.length}, which are ${count} vectors.`,
      );
    }
    if (ids !== undefined) checkIds(ids, count);
    const lengths = lengthsOf(vectors, this.dimensions, 'Vector');
    checkLengths(lengths, this.metric, 'Vector');
    return { count, lengths };
  }

  #query(queries: Float32Array, options: LshQueryOptions): LshHits<M>[] {
    const resolved = resolveQuery(options, this.#hashed.hasher);
    this.#checkIdle();
    const lengths = lengthsOf(queries, this.dimensions, 'Query');
    checkLengths(lengths, this.metric, 'Query');
    this.#asking = true;
    try {
      return this.#search.search(this.#hashed, queries, lengths, resolved).map((best) => this.#hits(best));
    } finally {
      this.#asking = false;
    }
  }

  #hits(best: BestHits): LshHits<M> {
    const { ranks, ids } = best.sorted();
    const { values, value } = this.#hashed.rules;
    return { ids, [values]: Float32Array.from(ranks, value) } as unknown as LshHits<M>;
  }

  /** What a file holds: by id, so that indexes of the same vectors have the same file. */
  #contents(): IndexContents {
    this.checkOpen();
    const { dimensions, metric, family, seed } = this;
    const { places, rows, bound } = this.#hashed;
    const ids = this.ids();
    const vectors = new Float32Array(ids.length * dimensions);
    for (const [i, id] of ids.entries()) {
      vectors.set(rows.vector(places.get(id) as number), i * dimensions);
    }
    const settings = { dimensions, metric, family, seed, next: places.next, bound };
    return { settings, vectors, ids };
  }
}

/** @throws {RangeError | TypeError} if there is a family that does not suit, or both a family and what to find one by. */
function familyFor<M extends Metric>(options: LshIndexOptions<M>, team: Team): FamilySpec {
  const { family, metric } = options;
  if (family === undefined) return suggestFamily(options, team).spec;
  const other = SUGGESTING.find((name) => options[name] !== undefined);
  if (other)
    throw new RangeError(`LshIndex: give \`family\` or \`${other}\`, which a family is found by, not both.`);
  checkFamily(family, metric);
  return family;
}
