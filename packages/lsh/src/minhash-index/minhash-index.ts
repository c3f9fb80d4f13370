/** Near-duplicate sets: MinHash signatures cut into bands (Broder 1997; Indyk and Motwani 1998), and comparing what collides. */
import { Resource, type Team, type TeamOptions, writeFileAtomic } from '@hashgrad/kernels';
import { BandTables } from './band-tables.ts';
import { shareProbability } from './bands.ts';
import { copiesOf, KeptElements, KeptSignatures, type KeptSets } from './kept-sets.ts';
import { encodeMinHash, type MinHashFile, readMinHash } from './minhash-file.ts';
import { checkThreshold, type MinHashIndexOptions, OPTIONS, resolveOptions } from './options.ts';
import { clustersOf, type Corpus, type SimilarPair, similarPairs } from './pairs.ts';
import {
  bucketStatistics,
  type MinHashStatistics,
  resolveSetQuery,
  type SetQueryOptions,
  type SimilarSet,
  similarSets,
} from './queries.ts';
import { flattenSets, offsetsOf, type SetElements } from './set-elements.ts';
import { type SetId, SetIds } from './set-ids.ts';
import { type SignedSets, SetSigner } from './set-signer.ts';
import { estimateSimilarity } from './signatures.ts';
import { checkNames, described } from '../vectors/check-flat.ts';
import { type IndexSource, joined, named, nameOfSource } from '../vectors/index-source.ts';
import { closeOwn, teamFor, withOwnThreads } from '../vectors/own-team.ts';

/** Ids after a set: may be left out where integers are ids. */
type OptionalId<Id extends SetId> = number extends Id ? [id?: Id] : [id: Id];
type OptionalIds<Id extends SetId> = number extends Id ? [ids?: Iterable<Id>] : [ids: Iterable<Id>];

/**
 * An index of sets by Jaccard similarity, the size of the intersection over that of the union. Two empty sets are equal; an
 * empty and another one have similarity 0. Every change happens wholly or, if it throws, not at all. What an index answers
 * depends on its options and the sets in it alone: not on their order, nor on threads, nor on having been saved.
 *
 * `MinHashIndex<string>` has strings as ids, `MinHashIndex<number>` integers, and without either both may be used.
 */
export class MinHashIndex<Id extends SetId = SetId> extends Resource {
  readonly threshold: number;
  readonly permutations: number;
  /** K: minima that a bucket stands for. */
  readonly hashes: number;
  /** L: tables of buckets. */
  readonly tables: number;
  readonly keep: 'sets' | 'signatures';
  readonly seed: number;
  readonly #team: Team;
  #ownsTeam: boolean;
  readonly #signer: SetSigner;
  readonly #buckets: BandTables;
  readonly #kept: KeptSets;
  readonly #ids = new SetIds();
  /** Goes up with every change. */
  #version = 0;
  #queries = 0;
  #candidates = 0;

  /**
   * @throws {RangeError | TypeError} if an option is unknown or out of range, there is neither a threshold nor hashes and
   * tables, or there is no room.
   */
  constructor(options: MinHashIndexOptions) {
    super('This index');
    checkNames('MinHashIndex', options, [...OPTIONS, 'team']);
    const resolved = resolveOptions(options);
    this.threshold = resolved.threshold;
    this.permutations = resolved.permutations;
    this.hashes = resolved.hashes;
    this.tables = resolved.tables;
    this.keep = resolved.keep;
    this.seed = resolved.seed;
    this.#team = teamFor(options.team);
    this.#ownsTeam = options.team === undefined;
    try {
      this.#signer = new SetSigner(this.#team, resolved);
    } catch (error) {
      if (this.#ownsTeam) closeOwn(this.#team);
      throw error;
    }
    this.#buckets = new BandTables(resolved.tables);
    this.#kept = resolved.keep === 'sets' ? new KeptElements() : new KeptSignatures(resolved.permutations);
  }

  /**
   * An index with threads of its own, which share the hashing of sets.
   * @param options as the constructor's, with `threads`, this one included, from 1 to 64 (default 1), in place of a team.
   * @throws {RangeError | TypeError} as the constructor. @throws {Error} if a thread does not start.
   */
  static async create<Id extends SetId = SetId>(
    options: Omit<MinHashIndexOptions, 'team'> & TeamOptions,
  ): Promise<MinHashIndex<Id>> {
    checkNames('MinHashIndex', options, [...OPTIONS, 'threads', 'createWorker']);
    const { threads, createWorker, ...rest } = options;
    return withOwnThreads({ threads, createWorker }, (team) => {
      const index = new MinHashIndex<Id>({ ...rest, team });
      index.#ownsTeam = true;
      return index;
    });
  }

  /** Sets that are here. */
  get size(): number {
    this.checkOpen();
    return this.#ids.size;
  }

  /** Bytes of sets or signatures, buckets, ids (about) and the memory for hashing. */
  memoryUsage(): number {
    this.checkOpen();
    return this.#kept.bytes + this.#buckets.bytes + this.#ids.bytes + this.#signer.bytes;
  }

  /** The probability that a query finds a set of this similarity: 1 - (1 - s^K)^L. */
  recall(similarity: number): number {
    this.checkOpen();
    return shareProbability(similarity, this.hashes, this.tables);
  }

  /**
   * Adds a set and gives its id.
   * @param id an integer from 0 to 2^53 - 1 or a string, that is no set's yet. Default: the integer above all that ever were.
   * @throws {TypeError | RangeError} if the id is none or taken, the set is none, or an element is neither a string nor an
   * integer from 0 to 2^32 - 1; nothing is added then.
   */
  add(set: SetElements, ...[id]: OptionalId<Id>): Id {
    return this.#addAll([set], id === undefined ? undefined : [id])[0] as Id;
  }

  /**
   * Adds many sets, which is faster than one by one, and gives their ids. All are added or none.
   * @throws {TypeError | RangeError} as `add`, and if an id comes twice or there are not as many as sets.
   */
  addAll(sets: Iterable<SetElements>, ...[ids]: OptionalIds<Id>): Id[] {
    return this.#addAll(sets, ids);
  }

  /** Replaces the set of an id. @throws {RangeError} if there is none; or as `add`. Nothing is changed then. */
  update(id: Id, set: SetElements): void {
    const signed = this.#sign([set]);
    const place = this.#ids.placeOf(id);
    this.#kept.reserve(0, signed);
    this.#version++;
    this.#buckets.remove(place);
    this.#kept.drop(place);
    this.#kept.put(place, signed, 0);
    this.#buckets.insert(place, signed.keys, 0);
  }

  /** Takes a set out. @throws {RangeError} if there is none of this id. */
  remove(id: Id): void {
    this.checkOpen();
    const place = this.#ids.placeOf(id);
    this.#version++;
    this.#ids.remove(id);
    this.#buckets.remove(place);
    this.#kept.drop(place);
  }

  /** Whether there is a set of this id. */
  has(id: Id): boolean {
    this.checkOpen();
    return this.#ids.has(id);
  }

  /** All ids: integers first, ascending, then strings by their code units. */
  ids(): Id[] {
    this.checkOpen();
    return this.#ids.sorted() as Id[];
  }

  /**
   * A copy of a set's elements, ascending: integers as they are, strings as `hashText` of them with the index's seed;
   * undefined if there is none of this id.
   * @throws {TypeError} if only signatures are kept.
   */
  get(id: Id): Uint32Array | undefined {
    this.checkOpen();
    if (this.keep !== 'sets') throw new TypeError("get: only signatures are kept; use keep: 'sets'.");
    return this.#contentsOf(id);
  }

  /**
   * The sets that share a bucket with `set` and are similar enough, the most similar first; of equals, lower ids first.
   * @throws {TypeError | RangeError} if the set is none, as `add`, or an option is out of range.
   */
  query(set: SetElements, options: SetQueryOptions = {}): SimilarSet<Id>[] {
    return this.queryBatch([set], options)[0] as SimilarSet<Id>[];
  }

  /** As `query`, for many sets, whose hashing threads share: one result for each, in their order. */
  queryBatch(sets: Iterable<SetElements>, options: SetQueryOptions = {}): SimilarSet<Id>[][] {
    const resolved = resolveSetQuery(options, this.threshold);
    const signed = this.#sign(sets);
    const all = resolved.exhaustive ? this.#ids.sorted().map((id) => this.#ids.placeOf(id)) : undefined;
    return Array.from({ length: signed.count }, (_, i) => {
      const places = all ?? this.#buckets.candidates(signed.keys, i * this.tables);
      this.#queries++;
      this.#candidates += places.length;
      return similarSets(this.#corpus(), signed, i, places, resolved) as SimilarSet<Id>[];
    });
  }

  /**
   * The pairs of sets that share a bucket and are at least so similar, ascending by their ids: each similar pair with the
   * probability that `recall` says. Default: the index's threshold.
   * @throws {RangeError} if the threshold is not above 0 and at most 1.
   * @throws {Error} while it goes on, if the index is changed.
   */
  pairs(threshold: number = this.threshold): IterableIterator<SimilarPair<Id>> {
    this.checkOpen();
    checkThreshold(threshold);
    return this.#pairs(threshold);
  }

  /**
   * The groups of two sets or more that `pairs` connects, at one or several removes: each ascending, and by their first ids.
   * Many copies of a set, or of nearly one, take no time squared.
   * @throws {RangeError} if the threshold is not above 0 and at most 1.
   */
  clusters(threshold: number = this.threshold): Id[][] {
    this.checkOpen();
    checkThreshold(threshold);
    return clustersOf(this.#corpus(), threshold) as Id[][];
  }

  /** The signature of a set: for each hash function the least of its values; 2^32 - 1 throughout of an empty set. */
  signature(set: SetElements): Uint32Array {
    this.checkOpen();
    return this.#signer.sign(flattenSets([set], this.seed), true).minima;
  }

  /** The signature of the set of an id; undefined if there is none. */
  signatureOf(id: Id): Uint32Array | undefined {
    const contents = this.#contentsOf(id);
    return contents && this.keep === 'sets' ? this.signature(contents) : contents;
  }

  /** The similarity of two sets, in the index or not, estimated from their signatures; see `estimateSimilarity`. */
  estimate(a: SetElements, b: SetElements): number {
    return estimateSimilarity(this.signature(a), this.signature(b));
  }

  /**
   * Adds all sets of another index, with their ids.
   * @throws {RangeError} if an id is in both, or the indexes differ in permutations, hashes, tables, keep or seed; nothing
   * is changed then.
   */
  merge(other: MinHashIndex<Id>): void {
    this.checkOpen();
    if (!(other instanceof MinHashIndex)) {
      throw new TypeError(`merge takes a MinHashIndex; got ${described(other)}.`);
    }
    other.checkOpen();
    for (const option of ['permutations', 'hashes', 'tables', 'keep', 'seed'] as const) {
      if (this[option] === other[option]) continue;
      throw new RangeError(
        `merge: indexes have the same ${option}; got ${this[option]} here and ${other[option]} there.`,
      );
    }
    this.#insert(other.#file(), other.#ids.next);
  }

  /** How full the buckets are now, and what queries met there. */
  statistics(): MinHashStatistics {
    this.checkOpen();
    return {
      ...bucketStatistics(this.#buckets, this.size),
      queries: this.#queries,
      candidatesPerQuery: this.#queries > 0 ? this.#candidates / this.#queries : 0,
    };
  }

  /**
   * Writes the index to a file (safetensors), as a whole or not at all.
   * @throws what the file system says.
   */
  save(path: string): void {
    writeFileAtomic(path, encodeMinHash(this.#file()));
  }

  /** What `save` writes. */
  toBytes(): Uint8Array {
    return joined(encodeMinHash(this.#file()));
  }

  /**
   * The index that `save` or `toBytes` wrote. Ids that are not given go on where they were.
   * @param source a path, a Uint8Array, an ArrayBuffer, or pieces of the bytes.
   * @throws {Error} naming the file, what was expected and what is there, if it is damaged or something else.
   */
  static load<Id extends SetId = SetId>(
    source: IndexSource,
    options: Pick<MinHashIndexOptions, 'team'> = {},
  ): MinHashIndex<Id> {
    checkNames('load', options, ['team']);
    const saved = readMinHash(source);
    return named(nameOfSource(source), () => {
      const index = new MinHashIndex<Id>({ ...saved.options, team: options.team });
      try {
        index.#insert(saved, saved.next);
        return index;
      } catch (error) {
        index.close();
        throw error;
      }
    });
  }

  protected override release(): void {
    this.#signer[Symbol.dispose]();
    if (this.#ownsTeam) closeOwn(this.#team);
  }

  #sign(sets: Iterable<SetElements>): SignedSets {
    this.checkOpen();
    const flat = flattenSets(sets, this.seed);
    // What gives the sets may have closed the index.
    this.checkOpen();
    return this.#signer.sign(flat, this.keep === 'signatures');
  }

  #addAll(sets: Iterable<SetElements>, given: Iterable<Id> | undefined): Id[] {
    const signed = this.#sign(sets);
    const ids = this.#ids.newIds(signed.count, given);
    this.checkOpen();
    this.#insertSigned(ids, signed);
    return ids as Id[];
  }

  /** Adds what a file holds. @throws {RangeError} if an id is taken, or there is no room; nothing is changed then. */
  #insert({ ids, sizes, contents }: MinHashFile, next: number): void {
    const signed =
      this.keep === 'sets'
        ? this.#signer.sign({ count: ids.length, words: contents, offsets: offsetsOf(sizes) }, false)
        : this.#signer.fromSignatures(contents, sizes);
    this.#insertSigned(this.#ids.newIds(ids.length, ids), signed);
    this.#ids.raiseNext(next);
  }

  /** All that can fail comes first. */
  #insertSigned(ids: readonly SetId[], signed: SignedSets): void {
    const capacity = this.#ids.placesWith(ids.length);
    this.#buckets.reserve(capacity);
    this.#kept.reserve(capacity, signed);
    const places = this.#ids.add(ids);
    this.#version++;
    for (const [i, place] of places.entries()) {
      this.#kept.put(place, signed, i);
      this.#buckets.insert(place, signed.keys, i * this.tables);
    }
  }

  *#pairs(threshold: number): Generator<SimilarPair<Id>> {
    this.checkOpen();
    const version = this.#version;
    for (const pair of similarPairs(this.#corpus(), threshold)) {
      yield pair as SimilarPair<Id>;
      this.checkOpen();
      if (this.#version !== version) throw new Error('The index was changed while its pairs were listed.');
    }
  }

  #corpus(): Corpus {
    return { ids: this.#ids, tables: this.#buckets, kept: this.#kept };
  }

  #contentsOf(id: Id): Uint32Array | undefined {
    this.checkOpen();
    return this.#ids.has(id) ? this.#kept.contents(this.#ids.placeOf(id)).slice() : undefined;
  }

  #file(): MinHashFile {
    this.checkOpen();
    const { threshold, permutations, hashes, tables, keep, seed } = this;
    const ids = this.#ids.sorted();
    const places = ids.map((id) => this.#ids.placeOf(id));
    const sizes = Uint32Array.from(places, (place) => this.#kept.sizeOf(place));
    const contents = copiesOf(this.#kept, places);
    const options = { threshold, permutations, hashes, tables, keep, seed };
    return { options, next: this.#ids.next, ids, sizes, contents };
  }
}
