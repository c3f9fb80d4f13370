import { beforeAll, describe, expect, it } from 'vitest';
import { clustered, type Corpus, flat, lognormal } from '../src/corpora.ts';
import { layerCorpus } from '../src/search-corpora.ts';
import { renderSearchReport, searchTable } from '../src/search-report.ts';
import { runSearchStudy, type SearchPoint } from '../src/search-study.ts';

const SIZE = { vectors: 2000, queries: 20, dimensions: 64, seed: 1 };

describe('the study of searching', () => {
  let points: readonly SearchPoint[];
  beforeAll(async () => {
    points = await runSearchStudy([lognormal(SIZE)]);
  }, 60_000);
  const of = (way: string): SearchPoint[] => points.filter((point) => point.way === way);

  it('has every way, the exact ones with a recall of 1', () => {
    const ways = new Set(points.map(({ way }) => way));
    for (const way of ['exact', 'signatures', 'l2Alsh, pStable', 'saAlsh, simHash', 'normRanging, simHash']) {
      expect(ways).toContain(way);
    }
    for (const way of ['exact', 'exact, int8 first'])
      expect(of(way).map(({ recall }) => recall)).toEqual([1]);
    // A mean over 20 queries for 10 vectors each, and no second without a query.
    for (const { queriesPerSecond, recall } of points) {
      expect(recall * 200).toBeCloseTo(Math.round(recall * 200), 9);
      expect(1 / queriesPerSecond).toBeLessThan(60);
    }
  });

  it('finds more the more is scored, and more than chance', () => {
    for (const way of ['simpleLsh, simHash', 'normRanging, simHash', 'signAlsh, simHash']) {
      const list = of(way);
      const recalls = list.map(({ recall }) => recall);
      expect(recalls.at(-1)).toBeGreaterThan(recalls[0] ?? 1);
      for (const { recall, examined = 0 } of list) expect(recall).toBeGreaterThan(examined);
    }
  });

  it('is told in a table and drawn in a report', () => {
    expect(searchTable(points)).toContain('lognormal: signatures');
    const machine = { cpu: 'none', cores: 1, memoryBytes: 1, node: '0', system: 'none' };
    const html = renderSearchReport(points, machine as never);
    expect(html.match(/<svg/g)?.length).toBeGreaterThan(2);
    expect(html).toContain('lognormal: exact');
    expect(html).not.toContain('NaN');
  });
});

/** The lengths of a corpus's vectors. */
function lengths({ vectors, dimensions }: Corpus): number[] {
  return Array.from({ length: vectors.length / dimensions }, (_, i) =>
    Math.hypot(...vectors.subarray(i * dimensions, (i + 1) * dimensions)),
  );
}

/** Standard deviation of the logarithms. */
function spread(list: readonly number[]): number {
  const logs = list.map(Math.log);
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  return Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
}

describe('corpora', () => {
  it('have the lengths that they are named for, the same for the same seed', () => {
    // Four standard errors of a standard deviation.
    const within = 4 / Math.sqrt(2 * SIZE.vectors);
    expect(Math.abs(spread(lengths(lognormal(SIZE))) / 0.5 - 1)).toBeLessThan(within);
    expect(Math.abs(spread(lengths(flat(SIZE))) / 0.1 - 1)).toBeLessThan(within);
    const pareto = lengths(clustered(SIZE));
    expect(Math.min(...pareto)).toBeGreaterThan(0.999);
    expect(Math.max(...pareto)).toBeLessThan(4.001);
    // Above x with probability x^-4.
    const above = pareto.filter((length) => length > 1.5).length / pareto.length;
    const p = 1.5 ** -4;
    expect(Math.abs(above - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / SIZE.vectors));
    expect(flat(SIZE).vectors).toEqual(flat(SIZE).vectors);
    expect(flat({ ...SIZE, seed: 2 }).vectors[0]).not.toBe(flat(SIZE).vectors[0]);
  });

  it('of a trained layer are its weights, asked by its inputs', async () => {
    const { dimensions, vectors, queries } = await layerCorpus(5, 40, 1);
    expect([dimensions, vectors.length, queries.length]).toEqual([784, 40 * 784, 5 * 784]);
    expect(vectors.some((x) => x !== 0)).toBe(true);
  }, 60_000);
});
