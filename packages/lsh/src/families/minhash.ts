/**
 * MinHash (Broder 1997) of sets: two sets have the same first element in a random order with a probability that is their
 * Jaccard similarity. A set is the coordinates that are not 0. Of each winner a code keeps a few bits.
 */
import { randomStream } from '@hashgrad/kernels';
import type { HashFamily, HasherContext } from '../family.ts';
import { allocateKernel, type HashKernel, KernelHasher } from './kernel-hasher.ts';
import {
  checkSet,
  drawSeeds,
  MOST_ORDERS,
  setLaw,
  type SetParameters,
  type SetSpec,
  setSpec,
} from './set-codes.ts';

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
  check: checkSet,
  /** (J + (1 - J) / 2^b)^K, exact. */
  collisionProbability: setLaw,
  bind: (spec, context) => new KernelHasher(context, minHashKernel(spec as MinHashSpec, context)),
};

/** Hash functions that the kernel takes at a time. */
const BLOCK = 32;

function minHashKernel({ hashes, tables, bits }: MinHashSpec, context: HasherContext): HashKernel {
  const { team, dimensions, tailWidth, seed } = context;
  const { arena } = team;
  const coordinates = dimensions + tailWidth;
  const blocks = Math.ceil((hashes * tables) / BLOCK);
  const words = blocks * BLOCK * coordinates;
  const kept = words <= MOST_ORDERS ? words : 0;
  const { memory, arrays } = allocateKernel(team, [2 * blocks * BLOCK, kept], ([seeds, orders]) => {
    drawSeeds(seeds, randomStream(seed, 'minHash'));
    const places = [arena.address(orders), arena.address(seeds)] as const;
    if (kept > 0) team.run('fillMinHash', [...places, blocks, coordinates], coordinates);
  });
  const [seeds, orders] = arrays;
  const seedsAt = arena.address(seeds);
  const ordersAt = kept > 0 ? arena.address(orders) : 0;
  return {
    tables,
    buckets: 2 ** (bits * hashes),
    memory,
    run(batch, count, { longest }) {
      // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
      const scratch = arena.kernels.minHashScratchBytes(longest, blocks, tables) >>> 0;
      const args = [batch, longest, ordersAt, seedsAt, blocks, bits, hashes, tables] as const;
      team.run('hashMin', [...args], count, { scratch });
    },
    multiplyAdds: (nonZeros) => (nonZeros + tailWidth) * hashes * tables,
  };
}
