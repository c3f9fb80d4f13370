/** What a hash family is: one object, so that a user's own stands beside ours. */
import type { SparseFields, Team } from '@hashgrad/kernels';
import { described } from './vectors/check-flat.ts';

/** A family and its parameters, as plain JSON: studies, checkpoints and command lines carry it. */
export interface FamilySpec {
  readonly kind: string;
  /** Hash tables, L in the papers. */
  readonly tables: number;
  readonly [parameter: string]: string | number | boolean | undefined;
}

/**
 * Dense vectors in an arena: row i is `width` floats from i * stride on, zero up to a multiple of 4. A transform may
 * append coordinates: `tail` holds `tailWidth` more for each row.
 */
export interface DenseVectors {
  readonly values: Float32Array;
  readonly stride: number;
  readonly width: number;
  readonly tail?: Float32Array | undefined;
  readonly tailWidth?: number | undefined;
}

/**
 * Sparse vectors in an arena, ids ascending in each (which is not checked) and below the hasher's dimensions; `tail` as in
 * DenseVectors. Ids of 2^31 and more, such as hashes of 32 bits, take a Uint32Array.
 */
export interface SparseVectors extends Omit<SparseFields, 'ids'> {
  readonly ids: Int32Array | Uint32Array;
  readonly tail?: Float32Array | undefined;
  readonly tailWidth?: number | undefined;
}

/** Where the code of vector i in table t goes: codes[t * stride + first + i], in an arena. */
export interface CodeTarget {
  readonly codes: Uint32Array;
  readonly stride: number;
  /** Default 0. */
  readonly first?: number;
}

/** What hashing a vector takes, each kind counted as what it is; what is left out is 0. Signs are read for nothing. */
export interface HashOperations {
  /** Products that are added up. */
  readonly multiplyAdds?: number;
  /** Additions without a product. */
  readonly additions?: number;
  readonly comparisons?: number;
}

/** All operations together, each as one: how much work, roughly, where plans are compared. */
export function sumOperations({ multiplyAdds = 0, additions = 0, comparisons = 0 }: HashOperations): number {
  return multiplyAdds + additions + comparisons;
}

/** What hash functions are learned from. Vectors are as they are hashed, their tails included, one after the other. */
export interface Lesson {
  /** Some of the vectors that lie in the tables: numbers of a vector are dimensions + tailWidth of the hasher. */
  readonly rows: Float32Array;
  /** Vectors that tables are asked with. Families that learn from 'rows' read none. */
  readonly queries: Float32Array;
  /** For each query as many rows that it is to find, by their numbers among `rows`: query q's from q * near / queries on. */
  readonly near: Int32Array;
  /** Of what is drawn at random. */
  readonly seed: number;
}

/** Hash functions that can be learned. Until they are, they are drawn at random. A hasher that is closed refuses both. */
export interface Learning {
  /** What a checkpoint keeps of them; what is written here takes the place of what was learned. In the arena. */
  readonly state: Float32Array;
  /**
   * Learns, so that codes change.
   * @returns What it took.
   * @throws {RangeError} if arrays do not fit together, or there are too few rows.
   */
  learn(lesson: Lesson): HashOperations;
}

/**
 * What a family makes of a spec and a context: all that a hasher does but the checks that are the same for every family, which
 * `bindHasher` puts around it. Its `[Symbol.dispose]` is called once, and nothing of it after that.
 */
export interface BoundFamily extends Disposable {
  readonly tables: number;
  /** Codes are integers from 0 to buckets - 1. */
  readonly buckets: number;
  /**
   * Writes the codes of `count` dense vectors. With `rows`, a list of `count` rows in the arena, these are hashed and no
   * others: vector i is row rows[i] of the values and of the tail, and its codes go to column first + rows[i] of the
   * target. So what changed is hashed anew in place.
   * @throws {RangeError} if an array is too short for them.
   */
  hash(vectors: DenseVectors, count: number, target: CodeTarget, rows?: Int32Array): void;
  /**
   * Writes the codes of `count` sparse vectors.
   * @throws {RangeError} if an array is too short for them, or an id is none of the dimensions.
   */
  hashSparse(vectors: SparseVectors, count: number, target: CodeTarget): void;
  /**
   * Multi-probe: for each vector and table the `probes` codes that a near vector has most likely, all of them different,
   * the best first: that is the vector's own. Probe p of vector i in table t goes to
   * codes[(t * probes + p) * stride + first + i]. Families have it whose projections tell how near another code is.
   * @throws {RangeError} if `probes` is not from 1 to `mostProbes`, or an array is too short.
   */
  probe?(vectors: DenseVectors, count: number, probes: number, target: CodeTarget): void;
  /** The same for sparse vectors. Dense and sparse forms of a vector have the same probes. */
  probeSparse?(vectors: SparseVectors, count: number, probes: number, target: CodeTarget): void;
  /** How many codes `probe` can give; only where there is `probe`. */
  readonly mostProbes?: number;
  /** Only of families that learn. */
  readonly learning?: Learning;
  /** What hashing takes for one vector with so many non-zeros. */
  operations(nonZeros: number): HashOperations;
}

/**
 * A family bound to a dimension, a seed and an arena, as `bindHasher` gives it. Dense and sparse forms of a vector have
 * the same codes. Once it is closed, every method throws an error.
 */
export interface Hasher extends BoundFamily {
  /** Gives back what the hasher keeps in the arena; so does `using`. A second call does nothing. */
  close(): void;
}

/** What a hasher is bound to. */
export interface HasherContext {
  /**
   * Coordinates of a vector, the tail not counted; 1 or more. With the tail they are at most 2^32, and fewer in families
   * whose memory goes with the dimensions.
   */
  readonly dimensions: number;
  /** Coordinates that a transform appends. */
  readonly tailWidth: number;
  readonly seed: number;
  readonly team: Team;
}

/** A hash family: implement it and give it to `registerFamily` to add one of your own. */
export interface HashFamily {
  readonly kind: string;
  /** What its collision law is a function of. A larger one is more similar, but for 'euclidean', which is a distance. */
  readonly similarity: 'cosine' | 'euclidean' | 'jaccard' | 'rank';
  /** The names of all parameters, so that a spec with another is refused. Default: any name is let pass. */
  readonly options?: readonly string[];
  /** Refuses parameters that make no sense. @throws {RangeError} naming the parameter, its value and its range. */
  check(spec: FamilySpec): void;
  /** Probability that two vectors of the given similarity have the same code in one table. */
  collisionProbability(spec: FamilySpec, similarity: number): number;
  /**
   * The similarity of vectors that have nothing to do with each other. Default 0; for 'euclidean' there is none, because at
   * distance 0 they are equal.
   */
  background?(spec: FamilySpec): number;
  /** What its hash functions are learned from, if they are: the rows alone, or pairs of queries and rows. */
  readonly learns?: 'rows' | 'pairs';
  bind(spec: FamilySpec, context: HasherContext): BoundFamily;
}

/** Probes of a table, at most, in all our families: so many lists fit into a first-level cache. */
export const MOST_PROBES = 1024;

/** Refuses a parameter that is not an integer of the range. */
export function checkInteger(kind: string, name: string, value: unknown, from: number, to: number): void {
  if (!(typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to)) {
    throw new RangeError(`${kind}: ${name} is an integer from ${from} to ${to}; got ${described(value)}.`);
  }
}
