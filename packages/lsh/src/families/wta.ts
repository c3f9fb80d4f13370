/**
 * Winner-take-all hashing (Yagnik et al., ICCV 2011): a bin is the first coordinates of a random permutation of its own, and
 * which of them is the largest depends on the order of the coordinates only. A zero is a value like any other.
 */
import { hashWta, randomStream, type RandomStream, wtaScratch } from '@hashgrad/kernels';
import type { HashFamily, HasherContext } from '../family.ts';
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

/** Winner-take-all hashing as plain JSON, see `wta`. */
export interface WtaSpec extends WinnersSpec {
  readonly kind: 'wta';
}

/**
 * WTA: `tables` (1 to 4,096) codes of `hashes` sub-codes, each of the log2(binSize) bits that say which of the first
 * `binSize` (default 8) coordinates of a random permutation is the largest, the first of equal ones; at most 24 bits
 * together. `buckets` (2 or more) mixes codes into fewer buckets, of which two different codes share one with probability
 * 1 / buckets. @throws {RangeError} if a parameter is out of range.
 */
export function wta(parameters: WinnersParameters): WtaSpec {
  return winnersSpec('wta', parameters);
}

export const wtaFamily: HashFamily = {
  kind: 'wta',
  similarity: 'rank',
  options: WINNERS_OPTIONS,
  check: checkWinners,
  /**
   * s^K for the similarity s that `rankSimilarity(x, y, binSize, { zeros: 'values' })` gives, exact for vectors whose
   * coordinates all differ; with `buckets`, s^K + (1 - s^K) / buckets.
   */
  collisionProbability: winnersLaw,
  background: winnersBackground,
  bind: (spec, context) => new KernelHasher(context, wtaKernel(spec as WtaSpec, context)),
};

function wtaKernel(spec: WtaSpec, context: HasherContext): HashKernel {
  const { hashes, tables, binSize } = spec;
  const { team, dimensions, tailWidth, seed } = context;
  const coordinates = dimensions + tailWidth;
  checkBins(spec, coordinates);
  const codes = binSize ** hashes;
  const { buckets = codes } = spec;
  const bins = hashes * tables;
  checkRoom('wta', context, (count) => 4 * bins * binSize + team.threads * wtaScratch(count));
  const { memory, batch, arrays } = allocateKernel(team, [bins * binSize], ([members]) => {
    drawMembers(randomStream(seed, 'wta'), coordinates, binSize, members);
  });
  const [members] = arrays;
  const folded = buckets < codes ? buckets : 0;
  const shape = { binBits: Math.log2(binSize), perCode: hashes, tables, buckets: folded };
  return {
    tables,
    buckets,
    memory,
    batch,
    run(count) {
      hashWta(team, { batch, members, ...shape }, count);
    },
    operations: () => ({ comparisons: bins * binSize }),
  };
}

/** Draws every bin's coordinates: the first ones of a permutation of its own. */
function drawMembers(random: RandomStream, coordinates: number, binSize: number, members: Uint32Array): void {
  const order = Uint32Array.from({ length: coordinates }, (_, k) => k);
  for (let i = 0; i < members.length; i++) {
    // The first steps of a shuffle, which may start from any order.
    const at = i % binSize;
    const other = at + random.integer(coordinates - at);
    const k = order[other] as number;
    order[other] = order[at] as number;
    order[at] = k;
    members[i] = k;
  }
}
