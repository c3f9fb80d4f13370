import { Arena, Team } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import { ExactIndex, MipsIndex, recall, simpleLsh } from '../../src/index.ts';
import { flat, manyLengths, normals } from '../vectors.ts';

const team = Team.single(new Arena());
const bits = simHash({ bits: 5, tables: 60, projection: 'hadamard' });

describe('tune', () => {
  test('finds the cheapest options that reach a recall, and searches use them', () => {
    for (const options of [{}, { transform: simpleLsh(), family: bits }]) {
      using index = new MipsIndex({ dimensions: 16, team, ...options });
      using exact = new ExactIndex({ dimensions: 16, team });
      const rows = flat(manyLengths(4000, 16, 1));
      index.add(rows);
      exact.add(rows);
      const queries = flat(normals(100, 16, 7));
      const loose = index.tune({ recall: 0.6, k: 10, queries });
      const tight = index.tune({ recall: 0.95, k: 10, queries });
      expect([loose.reached, tight.reached]).toEqual([true, true]);
      expect(loose.recall).toBeGreaterThanOrEqual(0.6);
      expect(index.defaults).toEqual(tight.options);
      const truth = exact.searchBatch(queries, 10);
      const found = index.searchBatch(queries, 10).map(({ ids }, s) => recall(ids, truth[s]?.ids ?? []));
      expect(found.reduce((sum, x) => sum + x, 0) / 100).toBeCloseTo(tight.recall, 10);
      expect(tight.recall).toBeGreaterThanOrEqual(0.95);
      expect(tight.scored).toBeLessThan(4000);
      // Without queries it draws some of the vectors.
      expect(index.tune({ recall: 0.5, k: 1, sample: 20, seed: 4 }).reached).toBe(true);
    }
  });

  test('chooses among bits or families, and hashes by the best', () => {
    const rows = flat(manyLengths(3000, 16, 1));
    const queries = flat(normals(60, 16, 7));
    const tables = [1, 40].map((number) => simHash({ bits: 6, tables: number }));
    for (const [options, choices] of [
      [{}, { bits: [64, 256] }],
      [{ transform: simpleLsh(), family: bits }, { families: tables }],
    ] as const) {
      using index = new MipsIndex({ dimensions: 16, team, ...options });
      index.add(rows);
      const result = index.tune({ recall: 0.9, k: 5, queries, ...choices });
      expect(result.reached).toBe(true);
      expect([index.hashing, index.size]).toEqual([result.hashing, 3000]);
      const chosen = 'bits' in result.hashing ? result.hashing.bits : result.hashing.family;
      expect(Object.values(choices).flat()).toContainEqual(chosen);
      expect(index.search(queries.subarray(0, 16), 5).ids).toHaveLength(5);
    }
  });
});
