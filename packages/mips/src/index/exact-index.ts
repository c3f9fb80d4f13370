/** Exact maximum inner product search: every vector is scored. What hashing is measured against. */
import { checkNames, described, type IndexSource } from '@hashgrad/lsh/vectors';
import { ExactSearcher } from './exact-searcher.ts';
import { checkField, type IndexFile, readIndex } from './index-file.ts';
import { checkResults, type ResultOptions } from './search-options.ts';
import { VectorIndex, type VectorIndexOptions } from './vector-index.ts';
import { type SetOptions, VectorSet } from './vector-set.ts';
import { VectorStore } from './vector-store.ts';

/** Dimensions, threads and memory of an index that looks at every vector. */
export interface ExactIndexOptions extends VectorIndexOptions {
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
export class ExactIndex extends VectorIndex<ResultOptions> {
  readonly int8: boolean;

  /** @throws {RangeError} if `dimensions` is not an integer of 1 or more, an option is unknown, or there is no room. */
  constructor(options: ExactIndexOptions) {
    checkNames('ExactIndex', options, ['dimensions', 'team', 'int8']);
    const { dimensions, int8 = false } = options;
    if (typeof int8 !== 'boolean') throw new TypeError(`int8 is true or false; got ${described(int8)}.`);
    super(options, (team) => {
      return new VectorSet((places) => new ExactSearcher(new VectorStore(team, dimensions, int8), places));
    });
    this.int8 = int8;
  }

  /**
   * The index of a file that `save` wrote, of its bytes, or of the pieces of `toBytes`.
   * @throws {Error} naming the file, what was expected and where, if it is damaged or something else.
   */
  static load(file: IndexSource, options: Pick<ExactIndexOptions, 'team'> = {}): ExactIndex {
    checkNames('load', options, ['team']);
    return readIndex(file, 'ExactIndex', (read) => {
      const { dimensions } = read;
      const { int8, ...others } = read.options;
      checkNames('the file', others, []);
      checkField('int8', int8, typeof int8 === 'boolean', 'true or false');
      const index = new ExactIndex({ dimensions, int8: int8 as boolean, ...options });
      try {
        index.restore(read);
        return index;
      } catch (error) {
        index.close();
        throw error;
      }
    });
  }

  protected override described(): Pick<IndexFile, 'kind' | 'options'> {
    return { kind: 'ExactIndex', options: { int8: this.int8 } };
  }

  protected override resolve(options: ResultOptions = {}): SetOptions {
    checkNames('a search of ExactIndex', options, ['filter', 'threshold']);
    checkResults(options);
    return options;
  }
}
