/** Maximum inner product search by hashing: vectors come and go, and most of them are never looked at. */
import type { Team } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import { checkNames, described, type IndexSource, lengthsOf } from '@hashgrad/lsh/vectors';
import { SignatureSearcher } from '../signatures/signature-searcher.ts';
import { TableSearcher } from '../tables/table-searcher.ts';
import { checkField, type IndexFile, readIndex } from './index-file.ts';
import { checkSpec, type HashingSpecs, type MipsIndexOptions, resolveOptions } from './mips-options.ts';
import { checkEffort, checkSearch, type SearchEffort, type SearchOptions } from './search-options.ts';
import {
  checkGoal,
  isBetter,
  sampleOf,
  type TuneGoal,
  type Tuned,
  tuneIndex,
  type TuneSample,
} from './tune.ts';
import type { TuneResult } from './tune-result.ts';
import { VectorIndex } from './vector-index.ts';
import { type SetOptions, VectorSet } from './vector-set.ts';
import { VectorStore } from './vector-store.ts';

const OPTIONS = ['dimensions', 'method', 'bits', 'vectors', 'transform', 'family', 'seed', 'team'];
const GOALS = ['recall', 'k', 'queries', 'bits', 'families', 'sample', 'seed'];

/**
 * Scores are the true inner products, larger is better, and have the same bits as those of ExactIndex; what is approximate
 * is that a vector may be missed: what is not promising is not scored, and there may be fewer results than there could be.
 * The same seed gives the same results on any number of threads.
 */
export class MipsIndex extends VectorIndex<SearchOptions> {
  readonly method: 'signatures' | 'tables';
  readonly seed: number;
  #specs: HashingSpecs;
  #defaults: SearchEffort = {};

  /**
   * @throws {RangeError} if an option is unknown or out of range, or the transform and the family do not suit each other,
   * saying why, or there is no room.
   */
  constructor(options: MipsIndexOptions) {
    checkNames('MipsIndex', options, OPTIONS);
    const { dimensions, seed = 1 } = options;
    if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer; got ${described(seed)}.`);
    const specs = resolveOptions(options);
    super(options, (team) => hashedSet(team, dimensions, seed, specs));
    this.method = specs.method;
    this.#specs = specs;
    this.seed = seed;
  }

  /** What vectors are searched by: bits of signatures, or a transform and a family. `tune` may choose others. */
  get hashing(): HashingSpecs {
    this.checkOpen();
    return this.#specs;
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
   * says what to expect. With several numbers of `bits`, or `families`, it hashes all vectors by each, and keeps the best. If it
   * throws, the index is as it was.
   * @throws {RangeError} if the index is empty, a goal is unknown or out of range, there are no queries, or there is no room
   * for the vectors hashed once more.
   */
  tune(goal: TuneGoal): TuneResult {
    this.checkIdle();
    checkNames('tune', goal, GOALS);
    checkGoal(goal, this.dimensions);
    const { bits, families } = goal;
    const choices = this.#choices(bits, families);
    const sample = sampleOf(this.set, this.#specs, goal, this.#tuned(this.set, this.#specs).search);
    let best: TuneResult | undefined;
    for (const specs of choices) {
      const result = this.#tuneBy(specs, goal, sample);
      if (!best || isBetter(result, best)) best = result;
    }
    if (!best) throw new RangeError('Tuning needs something to choose from; got an empty list.');
    if (best.hashing !== this.#specs) this.replaceSet(this.#hashedBy(best.hashing));
    this.#specs = best.hashing;
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
      const { seed, defaults, ...made } = read.options;
      checkNames('the file', made, OPTIONS);
      checkField('seed', seed, Number.isSafeInteger(seed), 'an integer');
      for (const field of ['transform', 'family']) {
        if (made[field] !== undefined) checkSpec(field, made[field]);
      }
      checkField('defaults', defaults, typeof defaults === 'object' && defaults !== null, 'an object');
      const index = new MipsIndex({ ...(made as object), dimensions, seed: seed as number, ...options });
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
    const { seed, defaults, hashing } = this;
    return { kind: 'MipsIndex', options: { ...hashing, seed, defaults } };
  }

  protected override resolve(options: SearchOptions | undefined): SetOptions {
    if (options === undefined) return this.#defaults;
    checkSearch(this.method, options);
    return { ...this.#defaults, ...options };
  }

  /** What there is to choose from. @throws {RangeError} if it is not of the method. */
  #choices(bits: readonly number[] | undefined, families: readonly FamilySpec[] | undefined): HashingSpecs[] {
    const now = this.#specs;
    if (now.method === 'signatures') {
      if (families) throw new RangeError('Signatures are tuned over bits, not over families.');
      const { vectors } = now;
      const all = bits?.map((each) => resolveOptions({ dimensions: 1, bits: each, vectors }));
      return all?.map((specs) => ('bits' in specs && specs.bits === now.bits ? now : specs)) ?? [now];
    }
    if (bits) throw new RangeError('Hash tables are tuned over families, not over bits.');
    const { transform } = now;
    return (
      families?.map((family) =>
        family === now.family ? now : resolveOptions({ dimensions: 1, transform, family }),
      ) ?? [now]
    );
  }

  /** What tuning says of a way to hash, by which the vectors are hashed aside unless they are. */
  #tuneBy(specs: HashingSpecs, goal: TuneGoal, sample: TuneSample): TuneResult {
    if (specs === this.#specs) return tuneIndex(this.#tuned(this.set, specs), goal, sample);
    using set = this.#hashedBy(specs);
    return tuneIndex(this.#tuned(set, specs), goal, sample);
  }

  /** All vectors, hashed another way. */
  #hashedBy(specs: HashingSpecs): VectorSet {
    const { dimensions, seed } = this;
    const made = hashedSet(this.team, dimensions, seed, specs);
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

  #tuned(set: VectorSet, hashing: HashingSpecs): Tuned {
    const { dimensions, size } = this;
    const { mostProbes, multiplyAdds: queryMultiplyAdds } = set.searcher;
    return {
      hashing,
      dimensions,
      size,
      mostProbes,
      queryMultiplyAdds,
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

function hashedSet(team: Team, dimensions: number, seed: number, specs: HashingSpecs): VectorSet {
  if (specs.method === 'signatures') {
    const { bits, vectors } = specs;
    const rows = vectors === 'float32';
    return new VectorSet((places) => new SignatureSearcher(team, places, { dimensions, bits, seed, rows }));
  }
  const { transform, family } = specs;
  return new VectorSet(
    (places) =>
      new TableSearcher(new VectorStore(team, dimensions, true), places, { transform, family, seed }),
  );
}
