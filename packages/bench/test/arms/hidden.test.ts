import { describe, expect, test } from 'vitest';
import { ARMS } from '../../src/arms/hidden.ts';
import type { Config, Json } from '../../src/engine/record.ts';
import { bits, configOf, measure } from '../measures/train-runs.ts';

/** Test accuracies by the full and by the sparse pass after each of two epochs, as the study of selectors had them before the engine. */
const BEFORE: Readonly<Record<string, readonly (readonly [full: number, sparse: number])[]>> = {
  dense: [
    [42, 42],
    [44, 44],
  ],
  narrow: [
    [34, 34],
    [37, 37],
  ],
  random: [
    [29, 30],
    [35, 30],
  ],
  fixed: [
    [31, 40],
    [31, 40],
  ],
  topK: [
    [38, 33],
    [40, 41],
  ],
  lsh: [
    [32, 33],
    [33, 32],
  ],
  signatures: [
    [34, 29],
    [38, 38],
  ],
  adaptiveDropout: [
    [31, 35],
    [32, 29],
  ],
  mostActive: [
    [38, 33],
    [40, 41],
  ],
  persistent: [
    [30, 38],
    [31, 25],
  ],
  persistent12: [
    [28, 30],
    [27, 23],
  ],
  persistentSample: [
    [34, 29],
    [35, 28],
  ],
  persistentRouter: [
    [33, 30],
    [34, 32],
  ],
  blocks: [
    [31, 38],
    [34, 38],
  ],
  blocksRouter: [
    [32, 45],
    [34, 47],
  ],
  blocksFrozen: [
    [32, 45],
    [34, 47],
  ],
  blocksExpert: [
    [35, 37],
    [40, 36],
  ],
  productKeys: [
    [33, 38],
    [35, 39],
  ],
  productKeysRandom: [
    [32, 36],
    [35, 36],
  ],
  lshPermutedFrozen: [
    [31, 34],
    [34, 33],
  ],
  lowRank: [
    [38, 30],
    [40, 34],
  ],
  lshFrozen: [
    [32, 33],
    [33, 32],
  ],
  lshPermuted: [
    [31, 34],
    [34, 33],
  ],
  lshPadded: [
    [32, 33],
    [33, 32],
  ],
  lshCentred: [
    [30, 39],
    [31, 38],
  ],
  lshProbes: [
    [30, 34],
    [30, 35],
  ],
  lshItq: [
    [35, 32],
    [38, 36],
  ],
  lshLearned: [
    [31, 34],
    [35, 31],
  ],
  signaturesAsLsh: [
    [31, 31],
    [38, 33],
  ],
  lshAsSignatures: [
    [35, 28],
    [37, 29],
  ],
  rigl: [
    [39, 39],
    [42, 42],
  ],
  set: [
    [39, 39],
    [42, 42],
  ],
  sparse: [
    [41, 41],
    [41, 41],
  ],
};

/** Arms that hashed by inner product when their accuracies were written down. */
const BY_PRODUCT: ReadonlySet<string> = new Set([
  'lsh',
  'lshCentred',
  'lshProbes',
  'lshFrozen',
  'lshPermuted',
  'lshPermutedFrozen',
  'lshPadded',
  'signaturesAsLsh',
]);

function asBefore(arm: string, config: Config): Config {
  if (!BY_PRODUCT.has(arm)) return config;
  const selectors = [config['select']].flat() as unknown as object[];
  const select = selectors.map((each) => ({ ...each, transform: { kind: 'simpleLsh' } }));
  return { ...config, select: (select.length === 1 ? select[0] : select) as unknown as Json };
}

describe('every arm', () => {
  test.each(ARMS.map(({ name }) => name))(
    '%s has the accuracies that it always had, and repeats',
    async (arm) => {
      const config = asBefore(arm, configOf(arm));
      const first = await measure(config);
      const full = (first.series['accuracy.full'] as number[]).map((share) => Math.round(share * 60));
      const sparse = (first.series['accuracy.sparse'] as number[]).map((share) => Math.round(share * 60));
      expect(full.map((right, epoch) => [right, sparse[epoch]])).toEqual(BEFORE[arm]);
      expect(bits(await measure(config))).toEqual(bits(first));
      expect((await measure(config, 2)).series['trainingLoss']).not.toEqual(first.series['trainingLoss']);
      const share = ['dense', 'rigl', 'set', 'sparse'].includes(arm) ? 1 : 0.25;
      // Only lists of a fixed length fill up their share to the last unit.
      expect(first.metrics['activeShare']).toBeGreaterThan(share * 0.9);
      expect(first.metrics['activeShare']).toBeLessThanOrEqual(share);
    },
  );
});
