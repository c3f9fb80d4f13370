/**
 * Asymmetric transforms: P for data and Q for queries, such that a large inner product becomes a high similarity, which
 * hashing can find (Shrivastava and Li, NIPS 2014). A transform leaves the vector as it is and appends coordinates, its
 * tail, that depend on the vector's length only.
 */
import type { HashFamily } from '@hashgrad/lsh';

/** A transform and its parameters, as plain JSON. */
export interface TransformSpec {
  readonly kind: string;
  readonly [parameter: string]: string | number | boolean;
}

/** Where tails go: vector i's coordinates from tails[i * stride + offset] on. */
export interface TailTarget {
  readonly tails: Float32Array;
  readonly stride: number;
  readonly offset: number;
}

export interface Transform {
  readonly kind: string;
  /** Coordinates that P and Q append. */
  readonly tailWidth: number;
  /** What a family's collisions must be a function of. */
  readonly similarities: readonly HashFamily['similarity'][];
  /** Appends P's coordinates to `count` data vectors of the given squared lengths; `bound` is their maximum or more. */
  data(squaredNorms: Float32Array, count: number, bound: number, target: TailTarget): void;
  /** Appends Q's coordinates to `count` queries. */
  query(count: number, target: TailTarget): void;
}

/** Leaves vectors as they are: right where their lengths are alike, or where direction is what counts. */
export function identity(): TransformSpec {
  return { kind: 'identity' };
}

/**
 * Simple-LSH (Neyshabur and Srebro, ICML 2015): P(x) = [x; sqrt(M^2 - |x|^2)] / M and Q(q) = [q; 0] / |q|, so that the
 * cosine of P(x) and Q(q) is q . x / (M |q|), M being the greatest length. The divisions change no sign and are left out,
 * which is why it is for families of the cosine.
 */
export function simpleLsh(): TransformSpec {
  return { kind: 'simpleLsh' };
}

const identityTransform: Transform = {
  kind: 'identity',
  tailWidth: 0,
  similarities: ['cosine', 'euclidean', 'jaccard', 'rank'],
  data: () => {},
  query: () => {},
};

const simpleLshTransform: Transform = {
  kind: 'simpleLsh',
  tailWidth: 1,
  similarities: ['cosine'],
  data(squaredNorms, count, bound, { tails, stride, offset }) {
    for (let i = 0; i < count; i++) {
      tails[i * stride + offset] = Math.sqrt(Math.max(0, bound - (squaredNorms[i] ?? 0)));
    }
  },
  query(count, { tails, stride, offset }) {
    for (let i = 0; i < count; i++) tails[i * stride + offset] = 0;
  },
};

const transforms = new Map(
  [identityTransform, simpleLshTransform].map((transform) => [transform.kind, transform]),
);

/** The transform of a spec. @throws {RangeError} if it is unknown, or if `family` does not suit it, saying why. */
export function transformOf(spec: TransformSpec, family?: HashFamily): Transform {
  const transform = transforms.get(spec.kind);
  if (!transform) {
    throw new RangeError(
      `There is no transform '${spec.kind}'; known are ${[...transforms.keys()].join(', ')}.`,
    );
  }
  if (family && !transform.similarities.includes(family.similarity)) {
    throw new RangeError(
      `The transform ${spec.kind} turns inner products into ${transform.similarities.join(' or ')} similarity, ` +
        `but collisions of ${family.kind} follow the ${family.similarity} one.`,
    );
  }
  return transform;
}
