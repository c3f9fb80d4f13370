/** Made-up corpora for searching: vectors, and queries of the same kind. */
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import type { Config } from '../engine/record.ts';
import { checkCounts } from './fields.ts';
import type { Corpus, TaskDefinition } from './task.ts';

/** How much of a corpus to make, and from which seed. */
export type CorpusSize = {
  readonly vectors: number;
  readonly queries: number;
  readonly dimensions: number;
  readonly seed: number;
};

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

/** How the vectors of a made-up corpus are drawn. */
interface Law {
  readonly drawer: (dimensions: number, random: RandomStream) => Drawer;
  readonly length: (random: RandomStream) => number;
}

const LAWS: Readonly<Record<'lognormal' | 'clustered' | 'flat', Law>> = {
  lognormal: { drawer: () => isotropic, length: (random) => Math.exp(0.5 * random.normal()) },
  clustered: { drawer: around, length: (random) => Math.min(4, (1 - random.uniform()) ** (-1 / 4)) },
  flat: { drawer: () => isotropic, length: (random) => Math.exp(0.1 * random.normal()) },
};

/** The name of a made-up corpus. */
export type CorpusName = keyof typeof LAWS;

/** Isotropic, lengths log-normal with sigma 0.5: some are much longer than others. */
export function lognormal(size: CorpusSize): Corpus {
  return draw('lognormal', size);
}

/** Isotropic, lengths log-normal with sigma 0.1: like a layer's weights at the start. */
export function flat(size: CorpusSize): Corpus {
  return draw('flat', size);
}

/** 1,000 clusters whose centres lie in 32 dimensions, lengths from Pareto's law with exponent 4 from 1, at most 4. */
export function clustered(size: CorpusSize): Corpus {
  return draw('clustered', size);
}

/** The made-up corpora, by name: each makes vectors and queries of a size, the same for the same seed. */
export const CORPORA: Readonly<Record<CorpusName, (size: CorpusSize) => Corpus>> = {
  lognormal,
  clustered,
  flat,
};

/** Which made-up corpus; plain JSON. */
export type MadeUpVectors = CorpusSize & { readonly kind: 'made-up vectors'; readonly name: CorpusName };

/** A task of made-up vectors: 20,000 of 64 dimensions and 300 queries, of the seed 1, unless `size` says otherwise. */
export function madeUpVectors(name: CorpusName, size: Partial<CorpusSize> = {}): MadeUpVectors {
  return { kind: 'made-up vectors', name, vectors: 20_000, queries: 300, dimensions: 64, seed: 1, ...size };
}

export const madeUpVectorsTask: TaskDefinition = {
  kind: 'made-up vectors',
  check(task) {
    const { name } = task;
    if (!Object.hasOwn(CORPORA, String(name))) {
      throw new Error(`task.name is one of ${Object.keys(CORPORA).join(', ')}; got ${JSON.stringify(name)}.`);
    }
    checkCounts(task, ['vectors', 'queries', 'dimensions']);
    checkCounts(task, ['seed'], 0);
  },
  load: (task: Config) => {
    const { name, ...size } = task as unknown as MadeUpVectors;
    return CORPORA[name](size);
  },
};

/**
 * The vectors of a made-up corpus, a batch at a time, so that a corpus need not fit into memory: the same as `CORPORA` has.
 * Every batch is in the same array; the last may be shorter.
 */
export function* vectorBatches(
  name: CorpusName,
  { vectors, dimensions, seed }: Omit<CorpusSize, 'queries'>,
  batch: number,
): Generator<Float32Array> {
  const next = rowsFrom(name, dimensions, seed, 'vectors', LAWS[name].length);
  const rows = new Float32Array(Math.min(batch, vectors) * dimensions);
  for (let from = 0; from < vectors; from += batch) {
    yield next(rows.subarray(0, Math.min(batch, vectors - from) * dimensions));
  }
}

/** The queries of a made-up corpus, of length 1: the same as `CORPORA` has. */
export function queryRows(name: CorpusName, { queries, dimensions, seed }: CorpusSize): Float32Array {
  return rowsFrom(name, dimensions, seed, 'queries', () => 1)(new Float32Array(queries * dimensions));
}

function draw(name: CorpusName, size: CorpusSize): Corpus {
  const { vectors, dimensions, seed } = size;
  const rows = rowsFrom(name, dimensions, seed, 'vectors', LAWS[name].length);
  return {
    name,
    dimensions,
    vectors: rows(new Float32Array(vectors * dimensions)),
    queries: queryRows(name, size),
  };
}

/** Fills flat arrays with the next rows of a stream, each scaled to a length. */
function rowsFrom(
  name: CorpusName,
  dimensions: number,
  seed: number,
  stream: 'vectors' | 'queries',
  lengthOf: (random: RandomStream) => number,
): (rows: Float32Array) => Float32Array {
  const direction = LAWS[name].drawer(dimensions, randomStream(seed, `${name} space`));
  const random = randomStream(seed, `${name} ${stream}`);
  return (rows) => {
    for (let at = 0; at < rows.length; at += dimensions) {
      const row = rows.subarray(at, at + dimensions);
      direction(row, random);
      scaleTo(row, lengthOf(random));
    }
    return rows;
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
