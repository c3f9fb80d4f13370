import { checkSeed, checkWhole, checkOptions } from '../check-options.ts';
import type { VectorSet } from '../types.ts';
import { vectorStream, type VectorStream } from './vector-stream.ts';

/**
 * What generated vectors are like.
 *
 * - `gaussian`: every coordinate is standard normal.
 * - `lognormal`: directions are uniform, lengths log-normal with sigma 0.5, so that some are much longer than others.
 * - `flat`: directions are uniform, lengths log-normal with sigma 0.1, like a layer's weights at the start.
 * - `clustered`: 1,000 clusters whose centres lie in 32 dimensions; lengths by Pareto's law with exponent 4 from 1, at most 4.
 * - `low-rank`: like the factors of a matrix of ratings: 32 directions, the k-th with weight 1 / sqrt(k), and little noise; lengths
 *   log-normal with sigma 0.5.
 */
export type VectorLaw = 'gaussian' | 'lognormal' | 'flat' | 'clustered' | 'low-rank';

/** How many vectors to draw. */
export interface VectorSetOptions {
  /** Vectors to search; 20,000 by default. */
  readonly vectors?: number;
  /** Vectors that are searched for; 300 by default. */
  readonly queries?: number;
  /** 64 by default. */
  readonly dimensions?: number;
  /** Decides every bit; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

const DEFAULTS: Required<VectorSetOptions> = { vectors: 20_000, queries: 300, dimensions: 64, seed: 1 };

/** Fills a row with a direction, to be scaled to a length. */
type Drawer = (row: Float32Array, stream: VectorStream) => void;

interface Law {
  readonly drawer: (dimensions: number, space: VectorStream) => Drawer;
  /** Nothing where a row has the length that it was drawn with. */
  readonly length?: (stream: VectorStream) => number;
}

const isotropic: Drawer = (row, stream) => {
  for (let k = 0; k < row.length; k++) row[k] = stream.normal();
};

const lognormal =
  (sigma: number) =>
  (stream: VectorStream): number =>
    Math.exp(sigma * stream.normal());

const LAWS: Readonly<Record<VectorLaw, Law>> = {
  gaussian: { drawer: () => isotropic },
  lognormal: { drawer: () => isotropic, length: lognormal(0.5) },
  flat: { drawer: () => isotropic, length: lognormal(0.1) },
  clustered: {
    drawer: aroundCentres,
    length: (stream) => Math.min(4, (1 - stream.uniform()) ** (-1 / 4)),
  },
  'low-rank': { drawer: alongFactors, length: lognormal(0.5) },
};

/** All laws. */
export const vectorLaws: readonly VectorLaw[] = Object.keys(LAWS) as VectorLaw[];

/** Dimensions of the space that centres and factors lie in, at most. */
const RANK = 32;
/** Of `clustered`: centres, and the length of the noise beside a centre's. */
const CENTRES = 1000;
const NOISE = 0.7;
/** Of `low-rank`: the length of the noise beside the first factor's. */
const LITTLE_NOISE = 0.1;

/**
 * Vectors to search, drawn by a law, and queries of the same law and the length 1. A seed makes the same bits everywhere, and
 * more vectors keep the first ones.
 *
 * @throws RangeError for another law, or a number outside its range.
 */
export function generateVectors(law: VectorLaw, options: VectorSetOptions = {}): VectorSet {
  const size = checked(law, options);
  const { vectors, dimensions, seed } = size;
  const rows = rowsFrom(law, dimensions, seed, 'vectors', LAWS[law].length);
  return {
    name: law,
    dimensions,
    vectors: rows(new Float32Array(vectors * dimensions)),
    queries: generateQueries(law, size),
  };
}

/**
 * The vectors of {@link generateVectors} alone, a batch at a time, so that they need not fit into memory. Every batch is in the
 * same array; the last may be shorter.
 *
 * @throws RangeError as `generateVectors`.
 */
export function generateVectorBatches(
  law: VectorLaw,
  options: Omit<VectorSetOptions, 'queries'>,
  batch: number,
): Generator<Float32Array, void, undefined> {
  const { vectors, dimensions, seed } = checked(law, options);
  checkWhole(batch, 'batch', 1);
  const next = rowsFrom(law, dimensions, seed, 'vectors', LAWS[law].length);
  const rows = new Float32Array(Math.min(batch, vectors) * dimensions);
  return (function* () {
    for (let from = 0; from < vectors; from += batch) {
      yield next(rows.subarray(0, Math.min(batch, vectors - from) * dimensions));
    }
  })();
}

/** The queries of {@link generateVectors} alone. @throws RangeError as it does. */
export function generateQueries(law: VectorLaw, options: VectorSetOptions = {}): Float32Array {
  const { queries, dimensions, seed } = checked(law, options);
  return rowsFrom(law, dimensions, seed, 'queries', () => 1)(new Float32Array(queries * dimensions));
}

function checked(law: VectorLaw, options: VectorSetOptions): Required<VectorSetOptions> {
  if (!Object.hasOwn(LAWS, law)) {
    throw new RangeError(`The law of vectors is one of ${vectorLaws.join(', ')}; got ${String(law)}.`);
  }
  checkOptions('A set of vectors', options, { vectors: true, queries: true, dimensions: true, seed: true });
  const size = { ...DEFAULTS, ...options };
  checkWhole(size.vectors, 'vectors', 1);
  checkWhole(size.queries, 'queries', 1);
  checkWhole(size.dimensions, 'dimensions', 1);
  checkSeed(size.seed);
  return size;
}

/** Directions around one of the centres. */
function aroundCentres(dimensions: number, space: VectorStream): Drawer {
  const basis = Array.from({ length: RANK }, () => normals(dimensions, space));
  const centres = Array.from({ length: CENTRES }, () => {
    const centre = new Float32Array(dimensions);
    for (const axis of basis) addScaled(centre, space.normal(), axis);
    return scaleTo(centre, 1);
  });
  const each = NOISE / Math.sqrt(dimensions);
  return (row, stream) => {
    const centre = centres[stream.integer(CENTRES)]!;
    for (let k = 0; k < dimensions; k++) row[k] = centre[k]! + each * stream.normal();
  };
}

/** Directions that are sums of factors. */
function alongFactors(dimensions: number, space: VectorStream): Drawer {
  const factors = Array.from({ length: RANK }, () => scaleTo(normals(dimensions, space), 1));
  const each = LITTLE_NOISE / Math.sqrt(dimensions);
  return (row, stream) => {
    for (let k = 0; k < dimensions; k++) row[k] = each * stream.normal();
    for (const [k, factor] of factors.entries()) addScaled(row, stream.normal() / Math.sqrt(k + 1), factor);
  };
}

/** Fills flat arrays with the next rows of a stream. */
function rowsFrom(
  law: VectorLaw,
  dimensions: number,
  seed: number,
  part: 'vectors' | 'queries',
  lengthOf: Law['length'],
): (rows: Float32Array) => Float32Array {
  const direction = LAWS[law].drawer(dimensions, vectorStream(seed, `${law} space`));
  const stream = vectorStream(seed, `${law} ${part}`);
  return (rows) => {
    for (let at = 0; at < rows.length; at += dimensions) {
      const row = rows.subarray(at, at + dimensions);
      direction(row, stream);
      if (lengthOf) scaleTo(row, lengthOf(stream));
    }
    return rows;
  };
}

function normals(count: number, stream: VectorStream): Float32Array {
  return Float32Array.from({ length: count }, () => stream.normal());
}

function addScaled(row: Float32Array, weight: number, axis: Float32Array): void {
  for (let k = 0; k < row.length; k++) row[k] = row[k]! + weight * axis[k]!;
}

/** Scales a vector in place to a length. */
function scaleTo(row: Float32Array, length: number): Float32Array {
  let sum = 0;
  for (const x of row) sum += x * x;
  const factor = length / Math.sqrt(sum);
  for (let k = 0; k < row.length; k++) row[k] = row[k]! * factor;
  return row;
}
