/** What near means to an index: which families hash for it, and how candidates are scored and ranked. */
import type { FamilySpec } from '../family.ts';
import { untaughtFamilyOf } from '../registry.ts';
import { described } from '../vectors/check-flat.ts';

/**
 * 'cosine': the greatest cosine of the angle; 'euclidean': the least distance; 'innerProduct': the greatest inner product,
 * by hashing the angle behind Simple-LSH (Neyshabur and Srebro, ICML 2015).
 */
export type Metric = 'cosine' | 'euclidean' | 'innerProduct';

/** What a query finds, best first; among equals, lower ids first. */
export type LshHits<M extends Metric = Metric> = {
  /** Cosines, from -1 to 1, greatest first. A vector of zeros has 0 with any. */
  readonly cosine: { readonly ids: Uint32Array; readonly similarities: Float32Array };
  /** Distances, least first. */
  readonly euclidean: { readonly ids: Uint32Array; readonly distances: Float32Array };
  /** Inner products, greatest first. */
  readonly innerProduct: { readonly ids: Uint32Array; readonly scores: Float32Array };
}[M];

/** How an index works for a metric. */
export interface MetricRules {
  /** The law of the families that suit it. */
  readonly similarity: 'cosine' | 'euclidean';
  /** Coordinates that are appended to a vector before it is hashed. */
  readonly tailWidth: 0 | 1;
  /** What the values are called in results. */
  readonly values: 'similarities' | 'distances' | 'scores';
  /** The kernel that scores candidates. */
  readonly kernel: 'dotRows' | 'distanceRows';
  /** What candidates are ranked by, greatest first, from the kernel's number and the two vectors' lengths. */
  rank(raw: number, query: number, vector: number): number;
  /** A result's value, from what it was ranked by. */
  value(rank: number): number;
}

/** 0 is not told from -0: results have neither sign. */
const same = (rank: number): number => rank + 0;

const METRICS: Readonly<Record<Metric, MetricRules>> = {
  cosine: {
    similarity: 'cosine',
    tailWidth: 0,
    values: 'similarities',
    kernel: 'dotRows',
    rank: (raw, query, vector) =>
      query === 0 || vector === 0 ? 0 : Math.fround(Math.max(-1, Math.min(1, raw / (query * vector)))),
    value: same,
  },
  euclidean: {
    similarity: 'euclidean',
    tailWidth: 0,
    values: 'distances',
    kernel: 'distanceRows',
    rank: (raw) => -Math.fround(Math.sqrt(raw)),
    value: (rank) => 0 - rank,
  },
  innerProduct: {
    similarity: 'cosine',
    tailWidth: 1,
    values: 'scores',
    kernel: 'dotRows',
    rank: same,
    value: same,
  },
};

/** The rules of a metric. @throws {RangeError} naming the metrics, if it is none. */
export function rulesOf(metric: Metric): MetricRules {
  if (typeof metric === 'string' && Object.hasOwn(METRICS, metric)) return METRICS[metric];
  throw new RangeError(`metric is '${Object.keys(METRICS).join("', '")}'; got ${described(metric)}.`);
}

/** @throws {RangeError} if the family is unknown, its parameters are out of range, or it does not suit the metric. */
export function checkFamily(spec: FamilySpec, metric: Metric): void {
  if (typeof spec !== 'object' || spec === null) {
    throw new TypeError(
      `family is a spec such as simHash({ bits: 12, tables: 40 }); got ${described(spec)}.`,
    );
  }
  const { similarity } = untaughtFamilyOf(spec);
  const wanted = rulesOf(metric).similarity;
  if (similarity === wanted) return;
  const why = {
    cosine: 'hashes angles',
    euclidean: 'hashes Euclidean distances',
    jaccard: 'hashes sets, by their Jaccard similarity',
    rank: 'hashes the order of coordinates',
  }[similarity];
  const suited = wanted === 'cosine' ? 'simHash or crossPolytope' : 'pStable';
  throw new RangeError(
    `metric '${metric}' takes a family such as ${suited}; '${spec.kind}' ${why}, so that near vectors would not collide.`,
  );
}

/** Lengths within which 32-bit floats hold squares and products of vectors. */
const LONGEST = 1e18;
const SHORTEST = 1e-18;

/** @throws {RangeError} if a vector is too long, or too short to have an angle, for 32-bit floats. */
export function checkLengths(lengths: Float64Array, metric: Metric, what: string): void {
  const least = metric === 'cosine' ? SHORTEST : 0;
  for (const [i, length] of lengths.entries()) {
    if (length <= LONGEST && (length >= least || length === 0)) continue;
    throw new RangeError(
      `${what} ${i} has the length ${length.toPrecision(3)}: ${least > 0 ? `it is 0, or from ${least} to` : 'it is at most'} ` +
        `${LONGEST}, so that 32-bit floats hold its products. Scale the vectors.`,
    );
  }
}
