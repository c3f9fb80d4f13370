import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { MinHashIndex, shingles, type SimilarPair } from '../../src/index.ts';
import { PARAGRAPHS, plantDuplicates } from './corpus.ts';
import { componentsOf, exactJoin } from './plain-sets.ts';
import { mean, standardDeviation } from './statistics.ts';

const team = Team.single(new Arena());

/** The share of exact pairs that indexes of several seeds list, less the law's, and its standard error. */
function recallOf(
  sets: readonly ReadonlySet<string>[],
  exact: readonly SimilarPair<number>[],
  threshold: number,
  seeds: number,
): { recall: number; law: number; error: number } {
  const known = new Map(exact.map((pair) => [`${pair.a} ${pair.b}`, pair.similarity]));
  let law = 0;
  const recalls = Array.from({ length: seeds }, (_, seed) => {
    using index = new MinHashIndex<number>({ threshold, seed, team });
    index.addAll(sets);
    law = mean(exact.map(({ similarity }) => index.recall(similarity)));
    const found = [...index.pairs()];
    // Precision is 1, and similarities are exact.
    for (const { a, b, similarity } of found) expect(similarity).toBe(known.get(`${a} ${b}`));
    // The plain way takes too long for many pairs.
    const checked = found.length < 1000;
    expect(checked ? index.clusters() : []).toEqual(checked ? componentsOf(found) : []);
    return found.length / exact.length;
  });
  return { recall: mean(recalls), law, error: standardDeviation(recalls) / Math.sqrt(seeds) };
}

describe('recall and precision against an exact Jaccard join', () => {
  test.each([0.3, 0.5, 0.8])('of planted near-duplicates, threshold %d', (threshold) => {
    const texts = plantDuplicates(PARAGRAPHS, 7, 0.15, randomStream(1, 'planted'));
    const sets = texts.map((text) => shingles(text, { unit: 'words', size: 2 }));
    const exact = exactJoin(sets, threshold);
    expect(exact.length).toBeGreaterThan(30);
    const { recall, law, error } = recallOf(sets, exact, threshold, 40);
    expect(law).toBeGreaterThan(0.93);
    expect(Math.abs(recall - law)).toBeLessThan(4 * error + 1e-3);
  });

  const data = process.env['HASHGRAD_DATA'];
  test.skipIf(data === undefined)(
    'of paragraphs of WikiText-2 in HASHGRAD_DATA, planted',
    { timeout: 60_000 },
    () => {
      const bytes = readFileSync(join(data as string, 'wikitext-2', 'test.txt.br'));
      const paragraphs = brotliDecompressSync(bytes)
        .toString('utf8')
        .split('\n')
        .filter((line) => line.length > 200);
      expect(paragraphs.length).toBeGreaterThan(1000);
      const texts = plantDuplicates(paragraphs, 1, 0.12, randomStream(2, 'planted'));
      const sets = texts.map((text) => shingles(text, { unit: 'words', size: 3 }));
      for (const threshold of [0.5, 0.8]) {
        const exact = exactJoin(sets, threshold);
        expect(exact.length).toBeGreaterThan(300);
        const { recall, law, error } = recallOf(sets, exact, threshold, 3);
        expect(law).toBeGreaterThan(0.95);
        expect(Math.abs(recall - law)).toBeLessThan(5 * error + 5e-3);
      }
    },
  );
});
