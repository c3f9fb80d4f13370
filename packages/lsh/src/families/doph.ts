/**
 * Densified one-permutation hashing (Shrivastava, ICML 2017) of sets: one random order of the elements, cut into a bin for
 * each table, takes the place of as many orders, so a set is walked through once for all tables. Bins that are empty ask
 * others, at random (the optimal densification).
 */
import { fillDoph, hashDoph, randomStream } from '@hashgrad/kernels';
import type { HashFamily, HasherContext } from '../family.ts';
import { allocateKernel, type HashKernel, KernelHasher } from './kernel-hasher.ts';
import {
  checkSet,
  SET_OPTIONS,
  drawSeeds,
  MOST_ORDERS,
  setLaw,
  type SetParameters,
  type SetSpec,
  setSpec,
} from './set-codes.ts';

/** Densified one-permutation hashing as plain JSON, see `doph`. */
export interface DophSpec extends SetSpec {
  readonly kind: 'doph';
}

/**
 * One-permutation MinHash: `tables` (1 to 4,096) codes of `hashes` winners of `bits` bits each (1 or more; default: the most
 * with which a code has 18 bits, 8 at most), at most 24 bits together. The winners of a code come from `hashes` different
 * permutations, so they are independent; tables share them. Sets are the non-zero coordinates; values do not matter.
 * @throws {RangeError} if a parameter is out of range.
 */
export function doph(parameters: SetParameters): DophSpec {
  return setSpec('doph', parameters);
}

export const dophFamily: HashFamily = {
  kind: 'doph',
  similarity: 'jaccard',
  options: SET_OPTIONS,
  check: checkSet,
  /** (J + (1 - J) / 2^b)^K, exact for one table; how much tables repeat each other is in the README. */
  collisionProbability: setLaw,
  bind: (spec, context) => new KernelHasher(context, dophKernel(spec as DophSpec, context)),
};

function dophKernel({ hashes, tables, bits }: DophSpec, context: HasherContext): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  const words = 2 * hashes * coordinates;
  const kept = words <= MOST_ORDERS ? words : 0;
  const sizes = [2 * Math.ceil(hashes / 4) * 4, 4, kept] as const;
  const { memory, batch, arrays } = allocateKernel(team, sizes, ([seeds, probes, orders]) => {
    const random = randomStream(seed, 'doph');
    drawSeeds(seeds, random);
    for (let i = 0; i < 4; i++) probes[i] = random.integer(2 ** 32);
    if (kept > 0) fillDoph(team, { orders, seeds, perCode: hashes, tables }, coordinates);
  });
  const [seeds, probes, filled] = arrays;
  const orders = kept > 0 ? filled : undefined;
  return {
    tables,
    buckets: 2 ** (bits * hashes),
    memory,
    batch,
    run(count, { longest }) {
      const held = { orders, seeds, probes };
      hashDoph(team, { batch, longest, ...held, bits, perCode: hashes, tables }, count);
    },
    operations: (nonZeros) => ({ comparisons: (nonZeros + tailWidth + tables) * hashes }),
  };
}
