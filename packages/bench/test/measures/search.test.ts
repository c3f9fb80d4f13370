import { beforeAll, describe, expect, test } from 'vitest';
import { SEARCH_METHODS } from '../../src/arms/search.ts';
import { loadUsearch } from '../../src/arms/usearch.ts';
import type { Measured } from '../../src/engine/measure.ts';
import type { Config } from '../../src/engine/record.ts';
import { searchConfig, searchMeasure } from '../../src/measures/search.ts';
import { extreme } from '../../src/tasks/extreme.ts';
import { madeUpVectors } from '../../src/tasks/made-up-vectors.ts';
import { configsOf, runMeasure } from './run-measure.ts';

const base = searchConfig(madeUpVectors('lognormal', { vectors: 600, queries: 20, dimensions: 32 }), {
  passes: 1,
});
const configs = configsOf(base, SEARCH_METHODS);

/** Recalls of the greatest effort, as the study of searching had them before the engine. */
const BEFORE: Readonly<Record<string, number>> = {
  exact: 1,
  'exact+int8': 1,
  signatures: 1,
  'identity+simHash': 0.68,
  'identity+pStable': 0.025,
  'simpleLsh+simHash': 0.49,
  'simpleLsh+crossPolytope': 0.645,
  'simpleAlsh+simHash': 0.435,
  'signAlsh+simHash': 0.5,
  'l2Alsh+pStable': 0.5,
  'xbox+pStable': 0.205,
  'qnf+simHash': 1,
  'saAlsh+simHash': 1,
  'normRanging+simHash': 0.915,
  'lowRank of 16': 0.965,
};

describe('searching', () => {
  const measured = new Map<string, Required<Measured>>();
  beforeAll(async () => {
    for (const [method, config] of configs) {
      if (method !== 'usearch') measured.set(method, await runMeasure(searchMeasure, config));
    }
  }, 60_000);
  const of = (method: string): Required<Measured> => measured.get(method) as Required<Measured>;

  test('every method has the recall that it always had', () => {
    for (const [method, { metrics }] of measured) {
      expect([method, metrics['recall']?.toFixed(6)]).toEqual([method, BEFORE[method]?.toFixed(6)]);
    }
    expect([...measured.keys()]).toEqual(Object.keys(BEFORE));
  });

  test('finds more the more is scored, and more than chance', () => {
    for (const method of ['simpleLsh+simHash', 'normRanging+simHash', 'signatures']) {
      const { recall = [], examined = [] } = of(method).series;
      expect(recall).toEqual(recall.toSorted((a, b) => a - b));
      expect(examined).toEqual(examined.toSorted((a, b) => a - b));
      for (const [i, found] of recall.entries()) expect(found).toBeGreaterThan(examined[i] as number);
    }
    expect(of('exact').series['examined']).toEqual([1]);
  });

  test('tells the rate at recalls between those of its efforts, and none that no effort reaches', () => {
    const { metrics, series } = of('normRanging+simHash');
    const { recall = [], queriesPerSecond = [] } = series;
    const place = recall.findIndex((value) => value >= 0.9);
    const [slower, faster] = [queriesPerSecond[place]!, queriesPerSecond[place - 1]!].toSorted(
      (a, b) => a - b,
    );
    expect(metrics['queriesPerSecondAt90']).toBeGreaterThanOrEqual(slower!);
    expect(metrics['queriesPerSecondAt90']).toBeLessThanOrEqual(faster!);
    expect(Object.keys(of('simpleLsh+simHash').metrics)).toEqual(['recall', 'recallWithin']);
  });

  test('tells the recall where no more than a share is scored, and none of what scores more', () => {
    const { recall = [], examined = [] } = of('simpleLsh+simHash').series;
    const place = examined.findLastIndex((share) => share <= 0.05);
    expect(of('simpleLsh+simHash').metrics['recallWithin']).toBe(recall[place]);
    expect(of('exact').metrics).not.toHaveProperty('recallWithin');
    expect(of('qnf+simHash').metrics).not.toHaveProperty('recallWithin');
  });

  test('another seed has other hashes', async () => {
    const config = configs.get('simpleLsh+simHash') as Config;
    const other = await runMeasure(searchMeasure, config, 2);
    expect(other.series['recall']).not.toEqual(of('simpleLsh+simHash').series['recall']);
  });
});

const installed = typeof (await loadUsearch()) !== 'string';

test.skipIf(!installed)('usearch is searched where it is installed', { timeout: 30_000 }, async () => {
  const { series, metrics } = await runMeasure(searchMeasure, configs.get('usearch') as Config);
  expect(series['effort']).toEqual([10, 20, 40, 80, 160, 320, 640]);
  expect(metrics['recall']).toBeGreaterThan(0.9);
  expect(series).not.toHaveProperty('examined');
});

describe('a config that cannot be measured is refused', () => {
  const method = configs.get('l2Alsh+pStable')?.['method'] as Config;
  const cases: [string, Config, string][] = [
    ['a method of no kind', { method: { kind: 'graph' } }, 'method.kind is mips, exact, lowRank or usearch'],
    ['no efforts', { method: { ...method, efforts: [] } }, 'method.efforts is a list of numbers; got []'],
    [
      'a length that there is not',
      { method: { ...method, inLengths: ['family.size'] } },
      'method.inLengths names family.size, but method.index has no number there.',
    ],
    ['more than there are', { k: 601 }, 'k is 601, but the task lognormal has 600 vectors.'],
    ['no passes', { passes: 0 }, 'passes is a whole number of at least 1; got 0'],
    ['a share in per cent', { within: 5 }, 'within is a share above 0 and up to 1; got 5'],
    ['no rank', { method: { kind: 'lowRank', rank: 0, efforts: [0.1] } }, 'method.rank is a whole number'],
    [
      'a rank above the dimensions',
      { method: { kind: 'lowRank', rank: 33, efforts: [0.1] } },
      'no rank of 33',
    ],
    [
      'rows',
      { task: extreme('planted', { train: 5, test: 5, features: 300, labels: 20 }) },
      'but no vectors to search',
    ],
    [
      'a transform and a family that do not go together',
      {
        method: {
          ...method,
          index: {
            transform: { kind: 'l2Alsh', powers: 3, bound: 0.83 },
            family: { kind: 'simHash', bits: 6, tables: 4 },
          },
        },
      },
      'l2Alsh',
    ],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    await expect(runMeasure(searchMeasure, { ...base, ...change })).rejects.toThrow(message);
  });
});
