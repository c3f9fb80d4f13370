/**
 * Densified winner-take-all hashing (Chen and Shrivastava, UAI 2018, after Yagnik et al., ICCV 2011). A bin is a few random
 * coordinates; which of them is the largest depends on the order of the coordinates only, not on their scale. Zeros
 * count as absent, so what a sparse vector costs goes with its non-zeros.
 */
import { dwtaScratch, hashDwta, hashDwtaSparse, randomStream, type RandomStream } from '@hashgrad/kernels';
import type { HashFamily, HasherContext } from '../family.ts';
import { invert } from './invert.ts';
import { allocateKernel, type HashKernel, KernelHasher } from './kernel-hasher.ts';
import { checkRoom } from './room.ts';
import {
  checkBins,
  checkWinners,
  WINNERS_OPTIONS,
  winnersBackground,
  type WinnersParameters,
  type WinnersSpec,
  winnersLaw,
  winnersSpec,
} from './winners.ts';

/** Densified winner-take-all hashing as plain JSON, see `dwta`. */
export interface DwtaSpec extends WinnersSpec {
  readonly kind: 'dwta';
}

/**
 * DWTA: `tables` (1 to 4,096) codes of `hashes` sub-codes, each of the log2(binSize) bits that say which coordinate of
 * `binSize` (default 8) is the largest; at most 24 bits together. Tables of binSize^hashes buckets are mostly empty
 * where there are fewer items: `buckets` (2 or more) mixes codes into fewer buckets, of which two different codes share
 * one with probability 1 / buckets.
 * @throws {RangeError} if a parameter is out of range.
 */
export function dwta(parameters: WinnersParameters): DwtaSpec {
  return winnersSpec('dwta', parameters);
}

export const dwtaFamily: HashFamily = {
  kind: 'dwta',
  similarity: 'rank',
  options: WINNERS_OPTIONS,
  check: checkWinners,
  /**
   * s^K for a similarity s as `rankSimilarity` gives it, exact for vectors without zeros and equal coordinates; with
   * `buckets`, s^K + (1 - s^K) / buckets.
   */
  collisionProbability: winnersLaw,
  background: winnersBackground,
  bind: (spec, context) => new KernelHasher(context, dwtaKernel(spec as DwtaSpec, context)),
};

/** Sparse vectors of which one coordinate of so many or more is not 0 are hashed as dense ones, which is then faster. */
const DENSE_FROM = 16;

function dwtaKernel(spec: DwtaSpec, context: HasherContext): HashKernel {
  const { hashes, tables, binSize } = spec;
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  checkBins(spec, coordinates);
  const codes = binSize ** hashes;
  const { buckets = codes } = spec;
  const bins = hashes * tables;
  checkRoom('dwta', context, (count) => {
    return 4 * (2 * bins * binSize + count) + team.threads * dwtaScratch(team.arena, count, bins);
  });
  const sizes = [bins * binSize, coordinates + 1, bins * binSize, 4] as const;
  const { memory, batch, arrays } = allocateKernel(team, sizes, ([members, starts, entries, probes]) => {
    const random = randomStream(seed, 'dwta');
    drawBins(random, spec, coordinates, members);
    invert(members, starts, entries);
    for (let i = 0; i < 4; i++) probes[i] = random.integer(2 ** 32);
  });
  const [members, starts, entries, probes] = arrays;
  const folded = buckets < codes ? buckets : 0;
  const shape = { binBits: Math.log2(binSize), perCode: hashes, tables, buckets: folded };
  return {
    tables,
    buckets,
    memory,
    batch,
    run(count, { nonZeros }) {
      if (nonZeros === undefined || nonZeros * DENSE_FROM >= count * dimensions) {
        hashDwta(team, { batch, members, probes, ...shape }, count);
      } else hashDwtaSparse(team, { batch, starts, entries, probes, ...shape }, count);
    },
    operations: (nonZeros) => ({
      comparisons: ((nonZeros + tailWidth) * bins * binSize) / coordinates + bins,
    }),
  };
}

/**
 * Cuts random permutations of the coordinates into bins. Those of one permutation have no coordinate in common, so they
 * are not independent: a table's bins come from different permutations, and tables share them.
 */
function drawBins(
  random: RandomStream,
  { hashes, tables, binSize }: DwtaSpec,
  coordinates: number,
  members: Uint32Array,
): void {
  const order = Uint32Array.from({ length: coordinates }, (_, k) => k);
  const binsEach = Math.floor(coordinates / binSize);
  for (let j = 0; j < hashes; j++) {
    for (let t = 0; t < tables; t++) {
      // A shuffle goes on where the bin before ended, until the next bin would not fit.
      const first = (t % binsEach) * binSize;
      const bin = (t * hashes + j) * binSize;
      for (let i = 0; i < binSize; i++) {
        const other = first + i + random.integer(coordinates - first - i);
        const k = order[other] as number;
        order[other] = order[first + i] as number;
        order[first + i] = k;
        members[bin + i] = k;
      }
    }
  }
}
