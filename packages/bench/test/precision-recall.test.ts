import { describe, expect, it } from 'vitest';
import { lognormal } from '../src/corpora.ts';
import { precisionByRecall, precisionRecallWays } from '../src/plots/precision-recall.ts';
import { standalone } from '../src/plots/standalone.ts';
import { precisionRecallTable } from '../src/precision-recall-command.ts';
import { type PrecisionRecall, precisionRecall } from '../src/precision-recall.ts';

const corpus = lognormal({ vectors: 500, queries: 60, dimensions: 16, seed: 1 });
const results = precisionRecall(corpus, { hashes: [32, 512], tops: [1, 5] });
const of = (way: string, hashes: number, top: number): PrecisionRecall =>
  results.find((one) => one.way === way && one.hashes === hashes && one.top === top) as PrecisionRecall;

describe('precision and recall of ranking by matching hashes', () => {
  it('has a curve for each way, number of hashes and number of best items, which ends where all are found', () => {
    expect(results).toHaveLength(5 * 2 * 2);
    for (const { curve, top } of results) {
      expect(curve.at(-1)).toEqual({ rank: 500, precision: top / 500, recall: 1 });
      const recalls = curve.map(({ recall }) => recall);
      expect(recalls).toEqual(recalls.toSorted((a, b) => a - b));
      for (const { rank, precision, recall } of curve) expect(precision * rank).toBeCloseTo(recall * top, 10);
    }
  });

  it('is better by more hashes, and by the transforms than by none', () => {
    for (const way of precisionRecallWays(results)) {
      expect(of(way, 512, 5).averagePrecision).toBeGreaterThan(of(way, 32, 5).averagePrecision);
    }
    expect(of('L2-ALSH', 512, 5).averagePrecision).toBeGreaterThan(of('L2 LSH', 512, 5).averagePrecision);
    expect(of('Sign-ALSH', 512, 5).averagePrecision).toBeGreaterThan(of('SimHash', 512, 5).averagePrecision);
    expect(of('Simple-LSH', 512, 5).averagePrecision).toBeGreaterThan(of('L2-ALSH', 512, 5).averagePrecision);
  });

  it('by hand: of items along one line all that tells is their length, and hashing without a transform is a guess', () => {
    const vectors = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? (i + 1) / 200 : 0));
    // The sign of a positive multiple is the same: all items match in all hashes, and the order of ties decides.
    const ranks = Array.from({ length: 20 }, (_, seed) =>
      precisionRecall(
        { name: 'line', dimensions: 2, vectors, queries: Float32Array.of(3, 0) },
        { hashes: [64], tops: [1], seed },
      ).find(({ way }) => way === 'SimHash'),
    ).map((one) => 1 / (one?.averagePrecision ?? 0));
    const middle = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    // The mean of 20 ranks, each of 1 to 100 with the same probability; four standard errors.
    expect(Math.abs(middle - 50.5)).toBeLessThan((4 * 28.9) / Math.sqrt(20));
  });

  it('is told in a table and drawn in a file that needs no other', () => {
    expect(precisionRecallTable(results)).toMatch(/top 5: L2-ALSH\D+0\.\d+\D+0\.\d+/);
    const svg = standalone(precisionByRecall(results), precisionRecallWays(results));
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
    for (const way of precisionRecallWays(results)) expect(svg).toContain(`>${way}</text>`);
    expect(svg).not.toMatch(/var\(--(?!plot)|NaN|href/);
  });
});
