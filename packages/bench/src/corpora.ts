/** Made-up corpora for searching: vectors, and queries of the same kind. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';

/** Flat arrays, `dimensions` floats a row. */
export interface Corpus {
  readonly name: string;
  readonly dimensions: number;
  readonly vectors: Float32Array;
  readonly queries: Float32Array;
}

export interface CorpusSize {
  readonly vectors: number;
  readonly queries: number;
  readonly dimensions: number;
  readonly seed: number;
}

/** What is drawn at `count` places: a direction, to be scaled to a length. */
type Drawer = (row: Float32Array, random: RandomStream) => void;

/** A direction like any other. */
const isotropic: Drawer = (row, random) => {
  for (let k = 0; k < row.length; k++) row[k] = random.normal();
};

/** Centres of `clustered`, the dimension of the space that they lie in, and the length of the noise beside a centre's. */
const CENTRES = 1000;
const RANK = 32;
const NOISE = 0.7;

/** Directions around one of 1,000 centres, which lie in a space of 32 dimensions. */
function around(dimensions: number, random: RandomStream): Drawer {
  const basis = Array.from({ length: RANK }, () => normals(dimensions, random));
  const centres = Array.from({ length: CENTRES }, () => {
    const centre = new Float32Array(dimensions);
    for (const axis of basis) {
      const weight = random.normal();
      for (let k = 0; k < dimensions; k++) centre[k] = (centre[k] as number) + weight * (axis[k] as number);
    }
    return scaleTo(centre, 1);
  });
  const each = NOISE / Math.sqrt(dimensions);
  return (row, stream) => {
    const centre = centres[stream.integer(CENTRES)] as Float32Array;
    for (let k = 0; k < dimensions; k++) row[k] = (centre[k] as number) + each * stream.normal();
  };
}

/** Isotropic, lengths log-normal with sigma 0.5: some are much longer than others. */
export function lognormal(size: CorpusSize): Corpus {
  return draw(
    'lognormal',
    size,
    () => isotropic,
    (random) => Math.exp(0.5 * random.normal()),
  );
}

/** Isotropic, lengths log-normal with sigma 0.1: like a layer's weights at the start. */
export function flat(size: CorpusSize): Corpus {
  return draw(
    'flat',
    size,
    () => isotropic,
    (random) => Math.exp(0.1 * random.normal()),
  );
}

/** 1,000 clusters whose centres lie in 32 dimensions, lengths from Pareto's law with exponent 4 from 1, at most 4. */
export function clustered(size: CorpusSize): Corpus {
  return draw(
    'clustered',
    size,
    (random) => around(size.dimensions, random),
    (random) => Math.min(4, (1 - random.uniform()) ** (-1 / 4)),
  );
}

export const CORPORA: Readonly<Record<'lognormal' | 'clustered' | 'flat', (size: CorpusSize) => Corpus>> = {
  lognormal,
  clustered,
  flat,
};

function draw(
  name: string,
  { vectors, queries, dimensions, seed }: CorpusSize,
  drawer: (random: RandomStream) => Drawer,
  length: (random: RandomStream) => number,
): Corpus {
  const direction = drawer(randomStream(seed, `${name} space`));
  const rows = (count: number, stream: string, lengthOf: (random: RandomStream) => number): Float32Array => {
    const random = randomStream(seed, `${name} ${stream}`);
    const flatRows = new Float32Array(count * dimensions);
    for (let i = 0; i < count; i++) {
      const row = flatRows.subarray(i * dimensions, (i + 1) * dimensions);
      direction(row, random);
      scaleTo(row, lengthOf(random));
    }
    return flatRows;
  };
  return {
    name,
    dimensions,
    vectors: rows(vectors, 'vectors', length),
    queries: rows(queries, 'queries', () => 1),
  };
}

function normals(count: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Scales a vector in place to a length. */
function scaleTo(row: Float32Array, length: number): Float32Array {
  let sum = 0;
  for (const x of row) sum += x * x;
  const factor = length / Math.sqrt(sum);
  for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) * factor;
  return row;
}
