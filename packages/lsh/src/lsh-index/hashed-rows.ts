/** The vectors of an index, hashed: rows, ids and tables change together or not at all. */
import type { Team } from '@hashgrad/kernels';
import type { FamilySpec } from '../family.ts';
import { HashTables } from '../tables/tables.ts';
import { greatest } from '../vectors/check-flat.ts';
import { IdTable } from '../vectors/id-table.ts';
import { Scratch } from '../vectors/scratch.ts';
import type { MetricRules } from './metric.ts';
import { VectorHasher, type VectorSource } from './vector-hasher.ts';
import { VectorRows } from './vector-rows.ts';

/** Growth, as a multiple of what there was room for: the second where there is no memory for the first. */
const GROWTH = [1.5, 1.125];
/** The least room, and ids that are removed at a time, for which there is room from the start. */
const LEAST_ROOM = 64;
const REMOVED = 256;
/** Bounds between a power of two and the next: with few of them, vectors that come seldom make all be hashed anew. */
const BOUNDS = 8;

/** How the vectors are hashed. */
export interface Hashing {
  readonly dimensions: number;
  readonly family: FamilySpec;
  readonly seed: number;
  readonly rules: MetricRules;
}

export class HashedRows implements Disposable {
  readonly hasher: VectorHasher;
  readonly rows: VectorRows;
  readonly places: IdTable = new IdTable();
  readonly rules: MetricRules;
  readonly #team: Team;
  /** What HashTables.remove reads ids from: removals need no memory. */
  readonly #removed: Int32Array;
  #tables: HashTables;
  #bound = 0;
  /** Vectors that the bound would be less without. */
  #longest = 0;

  /** @throws {RangeError} if there is no room; nothing is taken then. */
  constructor(team: Team, { dimensions, family, seed, rules }: Hashing) {
    this.#team = team;
    this.rules = rules;
    const held: Disposable[] = [];
    try {
      const { tailWidth } = rules;
      held.push((this.hasher = new VectorHasher(team, family, { dimensions, tailWidth, seed })));
      const { tables, buckets } = this.hasher.hasher;
      held.push((this.#tables = new HashTables({ items: 0, tables, buckets, editable: true, team })));
      held.push((this.rows = new VectorRows(team.arena, dimensions)));
      this.#removed = team.arena.int32(REMOVED);
    } catch (error) {
      for (const each of held) each[Symbol.dispose]();
      throw error;
    }
  }

  /** Vectors that are here. */
  get size(): number {
    return this.places.size;
  }

  /** The items of the tables are places of rows. */
  get tables(): HashTables {
    return this.#tables;
  }

  /** What Simple-LSH takes for the length of the longest vector, M in the paper; 0 for metrics that need none. */
  get bound(): number {
    return this.#bound;
  }

  get bytes(): number {
    const parts = [this.rows, this.#tables, this.hasher, this.places];
    return parts.reduce((sum, { bytes }) => sum + bytes, this.#removed.byteLength);
  }

  /** Goes on, before there is anything, with the next id and the bound of an index that was saved. */
  resume(next: number, bound: number): void {
    this.places.skipTo(next);
    this.#bound = this.rules.tailWidth === 0 ? 0 : bound;
  }

  /** Adds vectors of a flat array under ids that are not here. @throws {RangeError} if they do not fit; nothing is changed then. */
  insert(vectors: Float32Array, lengths: Float64Array, ids: ArrayLike<number>): void {
    this.#reserve(ids.length);
    this.places.reserve(ids);
    this.#put(this.rows.freePlaces(ids.length), vectors, lengths, ids, 'insert');
  }

  /** Replaces the vectors at places. @throws {RangeError} if there is no room to do it; nothing is changed then. */
  update(
    places: readonly number[] | Int32Array,
    vectors: Float32Array,
    lengths: Float64Array,
    ids: ArrayLike<number>,
  ): void {
    for (const place of places) this.#leaves(place);
    try {
      this.#put(places, vectors, lengths, ids, 'update');
    } catch (error) {
      for (const place of places) this.#comes(place);
      throw error;
    }
    this.#tighten();
  }

  /** Removes ids that are here, at these places. */
  remove(places: readonly number[] | Int32Array, ids: ArrayLike<number>): void {
    for (let first = 0; first < places.length; first += REMOVED) {
      const block = places.slice(first, first + REMOVED);
      this.#removed.set(block);
      this.#tables.remove(this.#removed.subarray(0, block.length));
    }
    for (const [i, place] of places.entries()) {
      this.#leaves(place);
      this.places.delete(ids[i] as number);
      this.rows.release(place);
    }
    this.#tighten();
  }

  [Symbol.dispose](): void {
    for (const part of [this.rows, this.#tables, this.hasher]) part[Symbol.dispose]();
    this.#team.arena.free(this.#removed);
  }

  /** Makes room for `count` vectors more. @throws {RangeError} if they do not fit; nothing is changed then. */
  #reserve(count: number): void {
    const needed = this.places.size + count;
    const { capacity } = this.rows;
    if (needed <= capacity) return;
    for (const growth of GROWTH) {
      const more = Math.max(needed, Math.ceil(capacity * growth), LEAST_ROOM);
      let tables: HashTables | undefined;
      try {
        tables = this.#tables.grown(more);
        this.rows.grow(more);
      } catch (error) {
        tables?.[Symbol.dispose]();
        if (growth === GROWTH.at(-1)) throw error;
        continue;
      }
      this.#tables[Symbol.dispose]();
      this.#tables = tables;
      return;
    }
  }

  /**
   * Gives vectors to places that there is room for: free ones, or others to be replaced. What can fail comes first, and
   * leaves everything as it was.
   */
  #put(
    places: readonly number[] | Int32Array,
    vectors: Float32Array,
    lengths: Float64Array,
    ids: ArrayLike<number>,
    verb: 'insert' | 'update',
  ): void {
    const { dimensions } = this.rows;
    const bound = this.#boundFor(greatest(lengths));
    const vector = (i: number): Float32Array => vectors.subarray(i * dimensions, (i + 1) * dimensions);
    using scratch = new Scratch(this.#team.arena);
    const moved = bound === this.#bound ? undefined : this.#hashHere(bound, scratch);
    const own = { count: places.length, vector, tail: (i: number) => tailOf(lengths[i] as number, bound) };
    const codes = this.#hash(own, scratch);
    const list = scratch.int32(places.length);
    list.set(places);
    if (moved) this.#tables.update(moved.places, moved.codes);
    this.#tables[verb](list, codes);
    // All that were here are shorter than a bound that is new.
    if (bound !== this.#bound) this.#longest = 0;
    this.#bound = bound;
    if (verb === 'insert') this.rows.take(places);
    for (const [i, place] of places.entries()) {
      const id = ids[i] as number;
      this.rows.write(place, vector(i), lengths[i] as number, id);
      this.places.set(id, place);
      this.#comes(place);
    }
  }

  /** What Simple-LSH takes for the greatest length, once there is a vector of this one. */
  #boundFor(longest: number): number {
    return this.rules.tailWidth === 0 ? 0 : Math.max(this.#bound, boundOf(longest));
  }

  #comes(place: number): void {
    if (boundOf(this.rows.lengthAt(place)) === this.#bound) this.#longest++;
  }

  #leaves(place: number): void {
    if (boundOf(this.rows.lengthAt(place)) === this.#bound) this.#longest--;
  }

  /**
   * Hashes all anew by a lower bound, once the longest have gone: so answers depend on the vectors that are here. Where there is
   * no room for it, the bound stays until later.
   */
  #tighten(): void {
    if (this.#bound === 0 || this.#longest > 0) return;
    let longest = 0;
    for (const place of this.rows.livePlaces()) longest = Math.max(longest, this.rows.lengthAt(place));
    const bound = boundOf(longest);
    if (this.size > 0) {
      try {
        using scratch = new Scratch(this.#team.arena);
        const { places, codes } = this.#hashHere(bound, scratch);
        this.#tables.update(places, codes);
      } catch (error) {
        if (error instanceof RangeError) return;
        throw error;
      }
    }
    this.#bound = bound;
    for (const place of this.rows.livePlaces()) this.#comes(place);
  }

  /** The codes of all vectors that are here, behind another bound. */
  #hashHere(bound: number, scratch: Scratch): { readonly places: Int32Array; readonly codes: Uint32Array } {
    const live = this.rows.livePlaces();
    const places = scratch.int32(live.length);
    places.set(live);
    const at = (i: number): number => live[i] as number;
    const source = {
      count: live.length,
      vector: (i: number) => this.rows.vector(at(i)),
      tail: (i: number) => tailOf(this.rows.lengthAt(at(i)), bound),
    };
    return { places, codes: this.#hash(source, scratch) };
  }

  #hash(source: VectorSource, scratch: Scratch): Uint32Array {
    const codes = scratch.uint32(source.count * this.hasher.hasher.tables);
    this.hasher.hash(source, codes);
    return codes;
  }
}

/** The least bound that a length is not above: a power of two and some eighths of it. */
function boundOf(length: number): number {
  if (length === 0) return 0;
  let power = 2 ** Math.floor(Math.log2(length));
  // A logarithm near to an integer may be rounded to the other side of it.
  if (power > length) power /= 2;
  else if (2 * power <= length) power *= 2;
  return (Math.ceil((length * BOUNDS) / power) * power) / BOUNDS;
}

/** What Simple-LSH appends to a vector: P(x) = [x; sqrt(M^2 - |x|^2)]. */
function tailOf(length: number, bound: number): number {
  return Math.sqrt(Math.max(0, bound * bound - length * length));
}
