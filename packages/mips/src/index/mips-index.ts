/** Maximum inner product search by hashing: vectors come and go, and most of them are never looked at. */
import type { Team } from '@hashgrad/kernels';
import { type FamilySpec, familyOf } from '@hashgrad/lsh';
import { checkNames, countOf, lengthsOf } from '@hashgrad/lsh/vectors';
import { SignatureSearcher } from '../signatures/signature-searcher.ts';
import { TableSearcher } from '../tables/table-searcher.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { TransformSpec } from '../transforms/transform.ts';
import { checkField, type IndexFile, type IndexSource, readIndex } from './index-file.ts';
import { checkSpec, type MipsIndexOptions, resolveOptions } from './mips-options.ts';
import { checkEffort, checkResults, type SearchEffort, type SearchOptions } from './search-options.ts';
import { isBetter, type TuneGoal, type TuneResult, type Tuned, tuneIndex } from './tune.ts';
import { VectorIndex } from './vector-index.ts';
import { type SetOptions, VectorSet } from './vector-set.ts';

/** What an index says of how its vectors are hashed. */
interface HashingSpecs {
  readonly dimensions: number;
  readonly method: 'signatures' | 'tables';
  readonly transform: TransformSpec;
  readonly family: FamilySpec;
  readonly seed: number;
}

/**
 * Scores are the true inner products, larger is better, and have the same bits as those of ExactIndex; what is approximate
 * is that a vector may be missed: what is not promising is not scored, and there may be fewer results than there could be.
 * The same seed gives the same results on any number of threads.
 */
export class MipsIndex extends VectorIndex<SearchOptions> {
  readonly method: 'signatures' | 'tables';
  readonly transform: TransformSpec;
  readonly seed: number;
  #family: FamilySpec;
  #defaults: SearchEffort = {};

  /**
   * @throws {RangeError} if an option is unknown or out of range, or the transform and the family do not suit each other,
   * saying why, or there is no room.
   */
  constructor(options: MipsIndexOptions) {
    checkNames('MipsIndex', options, ['dimensions', 'method', 'transform', 'family', 'seed', 'team']);
    const { dimensions, seed = 1 } = options;
    const specs = { dimensions, seed, ...resolveOptions(options) };
    super(options, (team) => hashedSet(team, specs));
    this.method = specs.method;
    this.transform = specs.transform;
    this.#family = specs.family;
    this.seed = seed;
  }

  /** The family that vectors are hashed by; `tune` may set another. */
  get family(): FamilySpec {
    this.checkOpen();
    return this.#family;
  }

  /** How thoroughly searches look where a call says nothing else. `tune` sets it. */
  get defaults(): SearchEffort {
    this.checkOpen();
    return this.#defaults;
  }

  /** @throws {RangeError} if an option is out of range, or none of the method's. */
  set defaults(defaults: SearchEffort) {
    this.checkOpen();
    checkEffort(this.method, defaults);
    this.#defaults = { ...defaults };
  }

  /** How many buckets of each table a search can look up; 1 where the family names no next ones, and for signatures. */
  get mostProbes(): number {
    this.checkOpen();
    return this.set.searcher.mostProbes;
  }

  /**
   * Multiply-adds, or what costs as much, that a query takes before any vector is scored: hashing it, and comparing it with
   * all signatures.
   */
  get queryMultiplyAdds(): number {
    this.checkOpen();
    return this.set.searcher.multiplyAdds;
  }

  /**
   * The ids that a search for the `k` best would score, in no particular order: the active set itself.
   * @throws {RangeError} as `search`.
   */
  candidates(query: Float32Array, k: number = 1, options: SearchEffort = {}): Uint32Array {
    this.checkIdle();
    const lengths = this.lengthsOfQuery(query, k);
    checkEffort(this.method, options);
    const resolved = { ...this.#defaults, ...options };
    if (this.size === 0) return new Uint32Array(0);
    return this.set.candidates(query, lengths, Math.min(k, this.size), resolved);
  }

  /**
   * Finds search options that reach `recall` at `k` on a sample of queries in the least time, sets them as `defaults`, and
   * says what to expect. With several `families`, numbers of bits and tables for instance, it hashes all vectors by each,
   * and keeps the best. If it throws, the index is as it was.
   * @throws {RangeError} if the index is empty, a goal is unknown or out of range, there are no queries, or there is no room
   * for the vectors hashed once more.
   */
  tune(goal: TuneGoal): TuneResult {
    this.checkIdle();
    checkNames('tune', goal, ['recall', 'k', 'queries', 'families', 'sample', 'seed']);
    const { queries, families = [this.#family] } = goal;
    if (queries && countOf(queries, this.dimensions, 'Queries') === 0) {
      throw new RangeError(
        'Tuning needs a query or more; got none. Without `queries` it draws vectors of the index.',
      );
    }
    let best: TuneResult | undefined;
    for (const family of families) {
      const result = this.#tuneFamily(family, goal);
      if (!best || isBetter(result, best)) best = result;
    }
    if (!best) throw new RangeError('Tuning needs a family or more to choose from; got none.');
    if (best.family !== this.#family) this.replaceSet(this.#hashedBy(best.family));
    this.#family = best.family;
    this.#defaults = best.options;
    return best;
  }

  /**
   * The index of a file that `save` wrote, of its bytes, or of the pieces of `toBytes`. It is hashed anew, which takes no
   * longer than reading it, and answers as the one that was saved.
   * @throws {Error} naming the file, what was expected and where, if it is damaged or something else.
   */
  static load(file: IndexSource, options: Pick<MipsIndexOptions, 'team'> = {}): MipsIndex {
    checkNames('load', options, ['team']);
    return readIndex(file, 'MipsIndex', (read) => {
      const { dimensions } = read;
      const { method, transform, family, seed, defaults, ...others } = read.options;
      checkNames('the file', others, []);
      checkField(
        'method',
        method,
        method === 'signatures' || method === 'tables',
        "'signatures' or 'tables'",
      );
      checkField('seed', seed, Number.isSafeInteger(seed), 'an integer');
      checkSpec('transform', transform);
      checkSpec('family', family);
      checkField('defaults', defaults, typeof defaults === 'object' && defaults !== null, 'an object');
      const made = { dimensions, method, transform, family, seed } as MipsIndexOptions;
      const index = new MipsIndex({ ...made, ...options });
      try {
        index.defaults = defaults as SearchEffort;
        index.restore(read);
        return index;
      } catch (error) {
        index.close();
        throw error;
      }
    });
  }

  protected override described(): Pick<IndexFile, 'kind' | 'options'> {
    const { method, transform, family, seed, defaults } = this;
    return { kind: 'MipsIndex', options: { method, transform, family, seed, defaults } };
  }

  protected override resolve({ filter, threshold, ...effort }: SearchOptions = {}): SetOptions {
    checkEffort(this.method, effort);
    checkResults({ filter, threshold });
    return { ...this.#defaults, ...effort, filter, threshold };
  }

  /** What tuning says of a family, by which the vectors are hashed aside unless they are. */
  #tuneFamily(family: FamilySpec, goal: TuneGoal): TuneResult {
    if (family === this.#family) return tuneIndex(this.#tuned(this.set, family), goal);
    using set = this.#hashedBy(family);
    return tuneIndex(this.#tuned(set, family), goal);
  }

  /** All vectors, hashed by another family. */
  #hashedBy(family: FamilySpec): VectorSet {
    indexTransformOf(this.transform, familyOf(family));
    const { dimensions, method, transform, seed } = this;
    const made = hashedSet(this.team, { dimensions, method, transform, family, seed });
    try {
      const { vectors, ids } = this.set.copy();
      made.places.reserve(ids);
      if (ids.length > 0) made.searcher.add(vectors, lengthsOf(vectors, dimensions, 'Vector'), ids);
      made.places.skipTo(this.set.places.next);
      return made;
    } catch (error) {
      made[Symbol.dispose]();
      throw error;
    }
  }

  #tuned(set: VectorSet, family: FamilySpec): Tuned {
    const { dimensions, size, method } = this;
    const { mostProbes, multiplyAdds: queryMultiplyAdds } = set.searcher;
    const hashed = { dimensions, size, method, family, mostProbes, queryMultiplyAdds };
    return {
      ...hashed,
      ...set.all(),
      search: (queries, k, options) => {
        const ids: Uint32Array[] = [];
        let scored = 0;
        this.searchSet(set, queries, k, options, (s, results, number) => {
          ids[s] = results.copy().ids;
          scored += number;
        });
        return { ids, scored };
      },
    };
  }
}

function hashedSet(team: Team, { dimensions, method, transform, family, seed }: HashingSpecs): VectorSet {
  return new VectorSet(team, { dimensions, int8: true }, (store, places) =>
    method === 'signatures'
      ? new SignatureSearcher(store, places, family, seed)
      : new TableSearcher(store, places, { transform, family, seed }),
  );
}
