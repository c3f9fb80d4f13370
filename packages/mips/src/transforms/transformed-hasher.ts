/**
 * Hashing behind a transform: P is applied to the rows that are stored, Q to the queries. What both append, and the bias
 * where rows have one, is hashed as coordinates after the vectors' own.
 */
import { Resource, type Team } from '@hashgrad/kernels';
import {
  bindHasher,
  type CodeTarget,
  type DenseVectors,
  type FamilySpec,
  familyOf,
  type Hasher,
  type SparseVectors,
  type HashOperations,
} from '@hashgrad/lsh';
import type { TailTarget, Transform } from './transform.ts';

/** What a transformed hasher is made of. */
export interface TransformedHasherOptions {
  readonly family: FamilySpec;
  /** As `transformOf` or `indexTransformOf` gives it for the family. */
  readonly transform: Transform;
  /** Coordinates of a vector, its bias and what the transform appends not counted. */
  readonly dimensions: number;
  /** Whether rows have a bias: it is one more coordinate, by which a query's is multiplied. Default false. */
  readonly bias?: boolean;
  /** Vectors in a batch, at most. */
  readonly room: number;
  readonly seed: number;
  readonly team: Team;
}

/** Dense vectors in an arena without what is appended to them. */
export type DenseBatch = Omit<DenseVectors, 'tail' | 'tailWidth'>;

/** Sparse vectors in an arena without what is appended to them. */
export type SparseBatch = Omit<SparseVectors, 'tail' | 'tailWidth'>;

/** What P depends on, beside the rows' own coordinates. */
export interface RowTerms {
  /** |x|^2 of each row, its bias included. Not read where the transform appends and scales nothing. */
  readonly squaredNorms: Float32Array;
  /** The greatest of them that there is or may be. */
  readonly bound: number;
  /** One a row; 0 if left out. */
  readonly bias?: ArrayLike<number> | undefined;
}

/** What Q depends on, beside the queries' own coordinates. */
export interface QueryTerms {
  /** |q|^2 of each query; only for transforms that need them or scale queries. */
  readonly squaredNorms?: Float32Array;
  /** The bound of the rows that are asked; only for transforms that scale queries. Default 0. */
  readonly bound?: number;
  /** What each row's bias is multiplied by: one a query; 1 if left out. */
  readonly bias?: ArrayLike<number> | undefined;
  /** Codes for each table, the vector's own first: see Hasher's `probe`. Default 1. */
  readonly probes?: number;
}

/** What hash functions are learned from, before P and Q are applied. */
export interface TransformedLesson {
  readonly rows: DenseBatch;
  readonly rowCount: number;
  readonly terms: RowTerms;
  readonly queries: DenseBatch;
  readonly queryCount: number;
  /** As in Lesson. */
  readonly near: Int32Array;
  readonly seed: number;
}

/** A family's hash functions, a transform, and the memory for what it appends to a batch. */
export class TransformedHasher extends Resource {
  readonly transform: Transform;
  /** Hash tables. */
  readonly tables: number;
  /** Codes are integers from 0 to buckets - 1. */
  readonly buckets: number;
  /** Codes that a query can have in a table; 1 where the family names no next buckets. */
  readonly mostProbes: number;
  /** Whether a query's length matters to the family, so that it has other codes under another bound. */
  readonly scalesQueries: boolean;
  readonly #options: TransformedHasherOptions;
  readonly #biasWidth: 0 | 1;
  readonly #tailWidth: number;
  /** room x tailWidth: a vector's bias, where it has one, and then what the transform appends. */
  readonly #tails: Float32Array;
  #hasher: Hasher;

  /** @throws {RangeError} if a parameter of the family is out of range, or there is no room in the arena. */
  constructor(options: TransformedHasherOptions) {
    super('This hasher');
    const { family, transform, bias, room, seed, team } = options;
    this.transform = transform;
    this.scalesQueries = transform.scale !== undefined && familyOf(family).similarity === 'euclidean';
    this.#options = options;
    this.#biasWidth = bias ? 1 : 0;
    this.#tailWidth = this.#biasWidth + transform.tailWidth;
    this.#tails = team.arena.float32(room * this.#tailWidth);
    try {
      this.#hasher = this.#draw(seed);
    } catch (error) {
      team.arena.free(this.#tails);
      throw error;
    }
    this.tables = this.#hasher.tables;
    this.buckets = this.#hasher.buckets;
    this.mostProbes = this.#hasher.mostProbes ?? 1;
  }

  /**
   * Draws other hash functions: of the same family, with another seed.
   * @throws {RangeError} if the seed is none, or there is no room for both; it hashes as before then.
   */
  redraw(seed: number): void {
    this.checkOpen();
    const drawn = this.#draw(seed);
    this.#hasher.close();
    this.#hasher = drawn;
  }

  /** What hashing takes for one vector with so many non-zeros. */
  operations(nonZeros: number): HashOperations {
    this.checkOpen();
    return this.#hasher.operations(nonZeros);
  }

  /**
   * Applies P to `count` rows and writes their codes. Where the transform has a scale, `rows` are multiplied by it in
   * place: they are a copy then.
   * @param list In the arena: only these rows are hashed, row r into column first + r of the target.
   * @throws {RangeError} if there are more rows than the hasher has room for, or an array is too short for them.
   */
  hashRows(rows: DenseBatch, count: number, terms: RowTerms, target: CodeTarget, list?: Int32Array): void {
    const { squaredNorms, bound, bias } = terms;
    const tails = this.#begin(count, bias, 0);
    const factor = this.transform.scale?.data(bound);
    if (factor !== undefined) this.#scale(rows, count, () => factor);
    this.transform.data(squaredNorms, count, bound, tails);
    this.#hasher.hash(this.#tailed(rows), list?.length ?? count, target, list);
  }

  /**
   * Applies Q to `count` queries and writes their codes. Where `scalesQueries`, the queries are multiplied by the scale in
   * place: they are dense then, and a copy.
   * @throws {RangeError} if there are more queries than the hasher has room for, an array is too short for them, or the
   * family has fewer probes.
   */
  hashQueries(
    queries: DenseBatch | SparseBatch,
    count: number,
    target: CodeTarget,
    terms: QueryTerms = {},
  ): void {
    const { squaredNorms, bound = 0, bias, probes = 1 } = terms;
    const tails = this.#begin(count, bias, 1);
    const { scale } = this.transform;
    if (scale && this.scalesQueries) {
      if ('offsets' in queries || !squaredNorms) {
        throw new RangeError(
          `The transform ${this.transform.kind} scales queries: they are dense, and their squared norms given.`,
        );
      }
      this.#scale(queries, count, (i) => scale.query(squaredNorms[i] as number, bound));
    }
    this.transform.query(count, tails, squaredNorms);
    const hasher = this.#hasher;
    if (probes > 1 && !hasher.probe) {
      throw new RangeError(`This family names no next buckets: probes is 1; got ${probes}.`);
    }
    if ('offsets' in queries) {
      const vectors = this.#tailed(queries);
      if (probes === 1) hasher.hashSparse(vectors, count, target);
      else hasher.probeSparse?.(vectors, count, probes, target);
    } else {
      const vectors = this.#tailed(queries);
      if (probes === 1) hasher.hash(vectors, count, target);
      else hasher.probe?.(vectors, count, probes, target);
    }
  }

  /** What was learned, if the family learns: see Learning's `state`. A new draw forgets it. */
  get learned(): Float32Array | undefined {
    this.checkOpen();
    return this.#hasher.learning?.state;
  }

  /**
   * Gives the family a lesson, P applied to its rows and Q to its queries.
   * @throws {RangeError} if there are more of either than the hasher has room for, or the family learns nothing from them.
   */
  learn(lesson: TransformedLesson): HashOperations {
    const { rowCount, terms, queryCount, near, seed } = lesson;
    const { learning } = this.#hasher;
    if (!learning) throw new RangeError(`The family ${this.#options.family.kind} does not learn.`);
    const { squaredNorms, bound, bias } = terms;
    this.transform.data(squaredNorms, rowCount, bound, this.#begin(rowCount, bias, 0));
    const rows = this.#whole(lesson.rows, rowCount);
    this.transform.query(queryCount, this.#begin(queryCount, undefined, 1));
    const queries = this.#whole(lesson.queries, queryCount);
    return learning.learn({ rows, queries, near, seed });
  }

  protected override release(): void {
    this.#hasher.close();
    this.#options.team.arena.free(this.#tails);
  }

  #draw(seed: number): Hasher {
    const { family, dimensions, team } = this.#options;
    return bindHasher(family, { dimensions, tailWidth: this.#tailWidth, seed, team });
  }

  /** Writes the bias of a batch, `otherwise` where none is given; where the transform's coordinates go. */
  #begin(count: number, bias: ArrayLike<number> | undefined, otherwise: number): TailTarget {
    this.checkOpen();
    const { room } = this.#options;
    if (!(count <= room)) throw new RangeError(`This hasher has room for ${room} vectors; got ${count}.`);
    const [tails, stride, offset] = [this.#tails, this.#tailWidth, this.#biasWidth];
    if (bias && offset === 0) throw new RangeError('This hasher was made for vectors without a bias.');
    if (offset === 1)
      for (let i = 0; i < count; i++) tails[i * stride] = bias ? (bias[i] as number) : otherwise;
    return { tails, stride, offset };
  }

  #tailed<V extends DenseBatch | SparseBatch>(
    vectors: V,
  ): V & { readonly tail: Float32Array; readonly tailWidth: number } {
    return { ...vectors, tail: this.#tails, tailWidth: this.#tailWidth };
  }

  /** Vectors with their tails, one after the other. */
  #whole({ values, stride, width }: DenseBatch, count: number): Float32Array {
    const whole = new Float32Array(count * (width + this.#tailWidth));
    for (let i = 0, to = 0; i < count; i++, to += width + this.#tailWidth) {
      whole.set(values.subarray(i * stride, i * stride + width), to);
      whole.set(this.#tails.subarray(i * this.#tailWidth, (i + 1) * this.#tailWidth), to + width);
    }
    return whole;
  }

  /** Multiplies dense vectors, and their biases, which are laid already. */
  #scale({ values, stride, width }: DenseBatch, count: number, factorOf: (index: number) => number): void {
    for (let i = 0; i < count; i++) {
      const factor = factorOf(i);
      for (let j = i * stride; j < i * stride + width; j++) values[j] = (values[j] as number) * factor;
      if (this.#biasWidth === 1) this.#tails[i * this.#tailWidth]! *= factor;
    }
  }
}
