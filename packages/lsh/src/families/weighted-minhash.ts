/**
 * MinHash of non-negative weights by consistent weighted sampling (Ioffe, ICDM 2010): two vectors draw the same with a
 * probability that is their generalised Jaccard similarity, sum of min(x_k, y_k) / sum of max(x_k, y_k).
 */
import { hashWeighted, randomStream, type RandomStream, weightedScratch } from '@hashgrad/kernels';
import type { DenseVectors, HashFamily, HasherContext, SparseVectors } from '../family.ts';
import { allocateKernel, type HashKernel, KernelHasher } from './kernel-hasher.ts';
import { checkRoom } from './room.ts';
import { checkSet, SET_OPTIONS, setLaw, type SetParameters, type SetSpec, setSpec } from './set-codes.ts';

/** Weighted MinHash as plain JSON, see `weightedMinHash`. */
export interface WeightedMinHashSpec extends SetSpec {
  readonly kind: 'weightedMinHash';
}

/**
 * Weighted MinHash: `tables` (1 to 4,096) codes of `hashes` draws of `bits` bits each (1 or more; default: the most with
 * which a code has 18 bits, 8 at most), at most 24 bits together. Weights are 0 or more; hashing others throws a
 * RangeError that names one. @throws {RangeError} if a parameter is out of range.
 */
export function weightedMinHash(parameters: SetParameters): WeightedMinHashSpec {
  return setSpec('weightedMinHash', parameters);
}

export const weightedMinHashFamily: HashFamily = {
  kind: 'weightedMinHash',
  similarity: 'jaccard',
  options: SET_OPTIONS,
  check: checkSet,
  /** (J + (1 - J) / 2^b)^K for the generalised Jaccard similarity J, exact. */
  collisionProbability: setLaw,
  bind: (spec, context) => new KernelHasher(context, weightedKernel(spec as WeightedMinHashSpec, context)),
};

/** Hash functions that the kernel takes at a time, and numbers that each of them has for a coordinate. */
const [BLOCK, NUMBERS] = [8, 4];

function weightedKernel({ hashes, tables, bits }: WeightedMinHashSpec, context: HasherContext): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  const functions = hashes * tables;
  const blocks = Math.ceil(functions / BLOCK);
  const wordsOf = (count: number): number => blocks * BLOCK * NUMBERS * count;
  checkRoom('weightedMinHash', context, (count) => {
    return 4 * wordsOf(count) + team.threads * weightedScratch(team.arena, count, blocks, tables);
  });
  const { memory, batch, arrays } = allocateKernel(team, [wordsOf(coordinates)], ([words]) => {
    const draws = new Float32Array(words.buffer, words.byteOffset, words.length);
    drawSamples(draws, functions, coordinates, randomStream(seed, 'weightedMinHash'));
  });
  const [draws] = arrays;
  return {
    tables,
    buckets: 2 ** (bits * hashes),
    memory,
    batch,
    run(count, { longest }) {
      hashWeighted(team, { batch, longest, draws, blocks, bits, perCode: hashes, tables }, count);
    },
    checkValues(vectors, count, rows) {
      checkWeights(vectors, count, { dimensions, tailWidth }, rows);
    },
    operations(nonZeros) {
      const drawn = (nonZeros + tailWidth) * functions;
      return { multiplyAdds: 2 * drawn, comparisons: drawn };
    },
  };
}

/** Draws 1 / r, beta, r and ln c - r of each function and coordinate: r and c are Gamma(2, 1), beta is uniform. */
function drawSamples(
  draws: Float32Array,
  functions: number,
  coordinates: number,
  random: RandomStream,
): void {
  const gamma = (): number => -Math.log((1 - random.uniform()) * (1 - random.uniform()));
  for (let h = 0; h < functions; h++) {
    const block = Math.floor(h / BLOCK) * coordinates * BLOCK * NUMBERS;
    for (let k = 0; k < coordinates; k++) {
      const at = block + k * BLOCK * NUMBERS + (h % BLOCK);
      const r = gamma();
      draws[at] = 1 / r;
      draws[at + BLOCK] = random.uniform();
      draws[at + 2 * BLOCK] = r;
      draws[at + 3 * BLOCK] = Math.log(gamma()) - r;
    }
  }
}

/**
 * It takes a hundredth of the time of hashing, and is done before, so that no codes are written.
 * @throws {RangeError} that says where the first weight is that is negative, infinite or NaN.
 */
function checkWeights(
  vectors: DenseVectors | SparseVectors,
  count: number,
  { dimensions, tailWidth }: { readonly dimensions: number; readonly tailWidth: number },
  rows?: Int32Array,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows?.[i] ?? i;
    if ('offsets' in vectors) {
      const { offsets, ids, values } = vectors;
      for (let p = offsets[i] ?? 0; p < (offsets[i + 1] ?? 0); p++) checkWeight(values[p], row, ids[p] ?? 0);
    } else {
      for (let k = 0; k < dimensions; k++) checkWeight(vectors.values[row * vectors.stride + k], row, k);
    }
    for (let k = 0; k < tailWidth; k++) checkWeight(vectors.tail?.[row * tailWidth + k], row, dimensions + k);
  }
}

function checkWeight(weight: number | undefined, row: number, k: number): void {
  if (weight !== undefined && weight >= 0 && weight < Infinity) return;
  throw new RangeError(
    `weightedMinHash: weights are 0 or more; got ${weight} for coordinate ${k} of vector ${row}.`,
  );
}
