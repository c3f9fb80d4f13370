/**
 * MinHash (Broder 1997) of sets: two sets have the same first element in a random order with a probability that is their
 * Jaccard similarity. A set is the coordinates that are not 0. Of each winner a code keeps a few bits.
 */
import { fillMinHash, hashMin, randomStream } from '@hashgrad/kernels';
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

/** MinHash as plain JSON, see `minHash`. */
export interface MinHashSpec extends SetSpec {
  readonly kind: 'minHash';
}

/**
 * MinHash: `tables` (1 to 4,096) codes of `hashes` winners of `bits` bits each (1 or more; default: the most with which a
 * code has 18 bits, 8 at most), at most 24 bits together. Sets are the non-zero coordinates; values do not matter.
 * @throws {RangeError} if a parameter is out of range.
 */
export function minHash(parameters: SetParameters): MinHashSpec {
  return setSpec('minHash', parameters);
}

export const minHashFamily: HashFamily = {
  kind: 'minHash',
  similarity: 'jaccard',
  options: SET_OPTIONS,
  check: checkSet,
  /** (J + (1 - J) / 2^b)^K, exact. */
  collisionProbability: setLaw,
  bind: (spec, context) => new KernelHasher(context, minHashKernel(spec as MinHashSpec, context)),
};

/** Hash functions that the kernel takes at a time. */
const BLOCK = 32;

function minHashKernel({ hashes, tables, bits }: MinHashSpec, context: HasherContext): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  const blocks = Math.ceil((hashes * tables) / BLOCK);
  const words = blocks * BLOCK * coordinates;
  const kept = words <= MOST_ORDERS ? words : 0;
  const { memory, batch, arrays } = allocateKernel(team, [2 * blocks * BLOCK, kept], ([seeds, orders]) => {
    drawSeeds(seeds, randomStream(seed, 'minHash'));
    if (kept > 0) fillMinHash(team, { orders, seeds, blocks }, coordinates);
  });
  const [seeds, filled] = arrays;
  const orders = kept > 0 ? filled : undefined;
  return {
    tables,
    buckets: 2 ** (bits * hashes),
    memory,
    batch,
    run(count, { longest }) {
      const held = { orders, seeds, blocks };
      hashMin(team, { batch, longest, ...held, bits, perCode: hashes, tables }, count);
    },
    operations: (nonZeros) => ({ comparisons: (nonZeros + tailWidth) * hashes * tables }),
  };
}
