import { beforeAll, describe, expect, test } from 'vitest';
import { RANKING_METHODS } from '../../src/arms/ranking.ts';
import { overrideFactors, parseOverride } from '../../src/engine/overrides.ts';
import { planPoints } from '../../src/engine/plan.ts';
import type { Config } from '../../src/engine/record.ts';
import { hashRankingConfig, hashRankingMeasure } from '../../src/measures/hash-ranking.ts';
import { registerTask } from '../../src/tasks/index.ts';
import { madeUpVectors } from '../../src/tasks/made-up-vectors.ts';
import { runMeasure } from './run-measure.ts';

const task = madeUpVectors('lognormal', { vectors: 300, queries: 20, dimensions: 16 });

/** Average precisions of the best 5 by 64 and by 128 hashes, as the study had them before the engine. */
const BEFORE: Readonly<Record<string, readonly number[]>> = {
  'L2 LSH': [0.202178, 0.20718],
  'L2-ALSH': [0.220151, 0.323502],
  SimHash: [0.184877, 0.237499],
  'Sign-ALSH': [0.359928, 0.507624],
  'Simple-LSH': [0.436371, 0.502987],
};

/** The configs of all methods, with 128 hashes in their families. */
function configs(base: Config): Map<string, Config> {
  const study = { name: 'small', question: '', measure: 'hash-ranking', base, seeds: [1], metrics: ['loss'] };
  const whole = { ...study, factors: { method: RANKING_METHODS } };
  const { paths } = overrideFactors(whole, [parseOverride('method.family.tables=128')]);
  return new Map(planPoints(whole, paths).map(({ point, config }) => [point['method'] as string, config]));
}

const measure = (config: Config, seed = 1) => runMeasure(hashRankingMeasure, config, seed);

describe('precision and recall of ranking by matching hashes', () => {
  const found = new Map<string, Awaited<ReturnType<typeof measure>>>();
  beforeAll(async () => {
    for (const hashes of [64, 128]) {
      for (const [method, config] of configs(hashRankingConfig(task, { top: 5 }))) {
        found.set(`${method} ${hashes}`, await measure({ ...config, hashes }));
      }
    }
  }, 60_000);
  const precisionOf = (method: string, hashes: number): number =>
    found.get(`${method} ${hashes}`)?.metrics['averagePrecision'] as number;

  test('is what it always was, and better by more hashes and by the transforms than by none', () => {
    for (const [method, [few, many]] of Object.entries(BEFORE)) {
      expect(precisionOf(method, 64)).toBeCloseTo(few as number, 5);
      expect(precisionOf(method, 128)).toBeCloseTo(many as number, 5);
      expect(precisionOf(method, 128)).toBeGreaterThan(precisionOf(method, 64));
    }
    for (const [better, than] of [
      ['L2-ALSH', 'L2 LSH'],
      ['Sign-ALSH', 'SimHash'],
      ['Simple-LSH', 'SimHash'],
    ] as const) {
      expect(precisionOf(better, 128)).toBeGreaterThan(precisionOf(than, 128));
    }
  });

  test('has a curve that ends where all are found', () => {
    for (const { series } of found.values()) {
      const { rank = [], precision = [], recall = [] } = series;
      expect([rank.at(-1), precision.at(-1), recall.at(-1)]).toEqual([300, 5 / 300, 1]);
      expect(recall).toEqual(recall.toSorted((a, b) => a - b));
      for (const [i, at] of rank.entries()) {
        expect((precision[i] as number) * at).toBeCloseTo((recall[i] as number) * 5, 10);
      }
    }
  });
});

registerTask({
  kind: 'line',
  load: () => ({
    name: 'line',
    dimensions: 2,
    vectors: Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? (i + 1) / 200 : 0)),
    queries: Float32Array.of(3, 0),
  }),
});

test('by hand: of items along one line all that tells is their length, and hashing without a transform is a guess', async () => {
  // The sign of a positive multiple is the same: all items match in all hashes, and the order of ties decides.
  const config = configs(hashRankingConfig({ kind: 'line' }, { hashes: 64, top: 1 })).get(
    'SimHash',
  ) as Config;
  const ranks: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    ranks.push(1 / ((await measure(config, seed)).metrics['averagePrecision'] as number));
  }
  const middle = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  // The mean of 20 ranks, each of 1 to 100 with the same probability; four standard errors.
  expect(Math.abs(middle - 50.5)).toBeLessThan((4 * 28.9) / Math.sqrt(20));
});

test('what cannot be ranked is refused', async () => {
  const base = hashRankingConfig(task);
  await expect(measure({ ...base, hashes: 513 })).rejects.toThrow(
    'hashes are 513, but method.family has 512 tables, one for each hash.',
  );
  await expect(measure({ ...base, top: 301 })).rejects.toThrow(
    'top is 301, but the task lognormal has 300 vectors.',
  );
  await expect(measure({ ...base, top: 0.5 })).rejects.toThrow(
    'top is a whole number of at least 1; got 0.5',
  );
});
