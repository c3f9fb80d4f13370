/**
 * Asymmetric transforms: P for data and Q for queries, such that a large inner product becomes a high similarity, which
 * hashing can find (Shrivastava and Li, NIPS 2014). P and Q append coordinates, their tails, that depend on lengths only;
 * some scale the vectors as well, or cut the data into blocks of alike lengths.
 */
import { checkNames } from '@hashgrad/lsh/vectors';
import type { HashFamily } from '@hashgrad/lsh';

/** A transform and its parameters, as plain JSON. */
export interface TransformSpec {
  readonly kind: string;
  readonly [parameter: string]: string | number | boolean | undefined;
}

/** What the probability of a collision depends on, as hash families say it. */
export type Similarity = HashFamily['similarity'];

/** Where tails go: vector i's coordinates from tails[i * stride + offset] on. */
export interface TailTarget {
  readonly tails: Float32Array;
  readonly stride: number;
  readonly offset: number;
}

/** Factors of the vectors' own coordinates, for families that distances matter to. */
export interface Scale {
  /** Of all data. */
  data(bound: number): number;
  /** Of a query of the given squared length. */
  query(squaredNorm: number, bound: number): number;
}

/** How the data are cut by length into blocks, longest first, each with a bound of its own. */
export interface BlockRule {
  /** In a block lengths are from `ratio` times the greatest on. */
  readonly ratio?: number;
  /** Vectors in a block, at most. */
  readonly most?: number;
  /** So many blocks, of the same number of vectors each. */
  readonly count?: number;
  /** Blocks of so many vectors or fewer are scanned, not hashed. */
  readonly scan: number;
  /** Whether the mean of a block is subtracted from its vectors before they are hashed. */
  readonly centred: boolean;
}

/** What the similarity of P(x) and Q(q) depends on. */
export interface TransformedPair {
  /** q . x */
  readonly product: number;
  /** |x|^2 */
  readonly squaredNorm: number;
  /** |q|^2 */
  readonly querySquaredNorm: number;
  /** What the transform was given as the greatest |x|^2. */
  readonly bound: number;
}

/** A transform whose parameters are set. */
export interface Transform {
  readonly kind: string;
  /** Coordinates that P and Q append. */
  readonly tailWidth: number;
  /** What a family's collisions must be a function of. */
  readonly similarities: readonly Similarity[];
  /** Absent where P and Q leave the vectors' own coordinates as they are. */
  readonly scale?: Scale | undefined;
  /** Absent where all data have one bound. */
  readonly blocks?: BlockRule | undefined;
  /** Whether `query` needs the queries' squared lengths. */
  readonly needsQueryNorms?: boolean;
  /** Appends P's coordinates to `count` data vectors of the given squared lengths; `bound` is their maximum or more. */
  data(squaredNorms: Float32Array, count: number, bound: number, target: TailTarget): void;
  /** Appends Q's coordinates to `count` queries. */
  query(count: number, target: TailTarget, squaredNorms?: Float32Array): void;
  /**
   * The cosine, the distance or the Jaccard similarity of P(x) and Q(q): what it is the transform's point to make a
   * function of q . x. `of` is one of `similarities`.
   */
  similarity(of: Similarity, pair: TransformedPair): number;
  /**
   * Its exponent rho = log p1 / log p2 for telling products of `product` or more from those of `ratio * product` or less,
   * `product` being a share of the greatest that is possible: a search takes some n^rho steps (Indyk and Motwani 1998).
   * Absent where there is none that holds for all data.
   */
  rho?(product: number, ratio: number): number;
}

/** A kind of transforms: implement it and give it to `registerTransform` to add one of your own. */
export interface TransformDefinition {
  readonly kind: string;
  /** The names of all parameters, so that a spec with another is refused. Default: any name is let pass. */
  readonly options?: readonly string[];
  /** Sets the parameters. @throws {RangeError} naming the parameter, its value and its range. */
  bind(spec: TransformSpec): Transform;
}

/** Sets a kind's parameters. @throws {RangeError} if one has no such name, or is out of range. */
export function bindSpec(definition: TransformDefinition, spec: TransformSpec): Transform {
  const { kind, ...parameters } = spec;
  if (definition.options) checkNames(kind, parameters, definition.options);
  return definition.bind(spec);
}

/** Refuses a parameter that is not a number above `from` and below `to`. */
export function checkBetween(kind: string, name: string, value: unknown, from: number, to: number): number {
  if (!(typeof value === 'number' && value > from && value < to)) {
    throw new RangeError(`${kind}: ${name} is above ${from} and below ${to}; got ${String(value)}.`);
  }
  return value;
}

/** Refuses a parameter that is not an integer of the range. */
export function checkWhole(kind: string, name: string, value: unknown, from: number, to: number): number {
  if (!(typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to)) {
    throw new RangeError(`${kind}: ${name} is an integer from ${from} to ${to}; got ${String(value)}.`);
  }
  return value;
}
