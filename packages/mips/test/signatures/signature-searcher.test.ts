import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import { ExactIndex, MipsIndex, recall, type SearchOptions } from '../../src/index.ts';
import { flat, manyLengths, normals } from '../vectors.ts';

const team = Team.single(new Arena());

describe('signatures', () => {
  const rows = flat(manyLengths(5000, 24, 1));
  const queries = flat(normals(40, 24, 2));

  test('the more slack and the greater the share, the more is scored and found', () => {
    using index = new MipsIndex({ dimensions: 24, team });
    using exact = new ExactIndex({ dimensions: 24, team });
    index.add(rows);
    exact.add(rows);
    const truth = exact.searchBatch(queries, 10);
    const measure = (options: SearchOptions): [number, number] => {
      const found = index
        .searchBatch(queries, 10, options)
        .map(({ ids }, s) => recall(ids, truth[s]?.ids ?? []));
      const scored = index.candidates(queries.subarray(0, 24), 10, options).length;
      return [found.reduce((sum, x) => sum + x, 0) / 40, scored];
    };
    const slacks = [-2, 0, 1, 3].map((slack) => measure({ slack }));
    const shares = [0.05, 0.2, 1].map((share) => measure({ share, slack: 3 }));
    for (const list of [slacks, shares]) {
      expect(list.map(([found]) => found)).toEqual(list.map(([found]) => found).toSorted((a, b) => a - b));
      expect(list.map(([, scored]) => scored)).toEqual(
        list.map(([, scored]) => scored).toSorted((a, b) => a - b),
      );
    }
    expect(slacks[2]?.[0]).toBeGreaterThan(0.95);
    expect(slacks[2]?.[1]).toBeLessThan(2500);
    expect(slacks[0]?.[0]).toBeLessThan(0.9);
  });

  test('where all inner products are negative, short vectors are the best, and found', () => {
    using index = new MipsIndex({ dimensions: 24, team });
    using exact = new ExactIndex({ dimensions: 24, team });
    for (const each of [index, exact]) each.add(rows.map(Math.abs));
    const against = queries.map((x) => -Math.abs(x));
    const truth = exact.searchBatch(against, 10);
    const found = index.searchBatch(against, 10).map(({ ids }, s) => recall(ids, truth[s]?.ids ?? []));
    expect(truth[0]?.scores[0]).toBeLessThan(0);
    expect(found.reduce((sum, x) => sum + x, 0) / 40).toBeGreaterThan(0.98);
  });

  test('replacing vectors one by one loses nothing against an index made at once', () => {
    using replaced = new MipsIndex({ dimensions: 24, team });
    using made = new MipsIndex({ dimensions: 24, team });
    using exact = new ExactIndex({ dimensions: 24, team });
    const fresh = flat(manyLengths(5000, 24, 9).toReversed());
    replaced.add(rows);
    for (let i = 0; i < 5000; i++)
      replaced.update([(i * 7) % 5000], fresh.subarray(((i * 7) % 5000) * 24, (((i * 7) % 5000) + 1) * 24));
    made.add(fresh);
    exact.add(fresh);
    const truth = exact.searchBatch(queries, 10);
    const [a, b] = [replaced, made].map((index) => {
      const found = index.searchBatch(queries, 10).map(({ ids }, s) => recall(ids, truth[s]?.ids ?? []));
      return found.reduce((sum, x) => sum + x, 0) / 40;
    });
    expect(a).toBeGreaterThan((b as number) - 0.01);
    expect(b).toBeGreaterThan(0.95);
  });
});

test('vectors too short for 8-bit codes are found as by an exact search', () => {
  const dimensions = 17;
  for (const factor of [1e-42, 1e-39, 1e-37, 1e-36]) {
    const rows = flat(manyLengths(800, dimensions, 5)).map((x) => x * factor);
    const queries = flat(normals(10, dimensions, 6));
    using index = new MipsIndex({ dimensions, team });
    using exact = new ExactIndex({ dimensions, team });
    index.add(rows);
    exact.add(rows);
    expect(index.searchBatch(queries, 10, { slack: 1000, reach: 1000 })).toEqual(
      exact.searchBatch(queries, 10),
    );
  }
});
