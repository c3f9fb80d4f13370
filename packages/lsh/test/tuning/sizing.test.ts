import { Arena, Team } from '@hashgrad/kernels';
import { describe, expect, test } from 'vitest';
import {
  bindHasher,
  collisionProbability,
  dwta,
  type DwtaSpec,
  HashTables,
  inclusionProbability,
  pStable,
  type PStableSpec,
  simHash,
  type SizingOptions,
  suggestParameters,
  wta,
} from '../../src/index.ts';
import { emptyResult } from '../queries.ts';
import { dense, normals } from '../vectors.ts';

const options: SizingOptions = {
  family: (bits, tables) => simHash({ bits, tables }),
  dimensions: 128,
  items: 100_000,
  similarity: 0.8,
  recall: 0.9,
};

function ranked(hashes: number, tables: number): DwtaSpec {
  return dwta({ hashes, tables, binSize: 4 });
}

function cells(hashes: number, tables: number): PStableSpec {
  return pStable({ hashes, tables, width: 4 });
}

describe('suggestParameters', () => {
  test.each([1, 2, 3])(
    'proposes the fewest tables with which the law reaches the recall, minCollisions %i',
    (minCollisions) => {
      const proposals = suggestParameters({ ...options, minCollisions });
      expect(proposals.length).toBeGreaterThan(10);
      for (const { spec, hashes, tables, recall } of proposals) {
        expect(spec).toEqual(simHash({ bits: hashes, tables }));
        const p = collisionProbability(spec, 0.8);
        expect(recall).toBe(inclusionProbability(p, tables, minCollisions));
        expect(recall).toBeGreaterThanOrEqual(0.9);
        expect(inclusionProbability(p, tables - 1, minCollisions)).toBeLessThan(0.9);
      }
    },
  );

  test('says what they cost, the cheapest first', () => {
    const proposals = suggestParameters({ ...options, background: [0, 0.5] });
    const times = proposals.map(({ nanoseconds }) => nanoseconds);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { hashes, tables, ...cost } of proposals) {
      const [far, near] = [0.5 ** hashes, (2 / 3) ** hashes];
      expect(cost.multiplyAdds).toBe(hashes * tables * 128);
      expect(cost.lookups).toBe(tables);
      expect(cost.streamed / (100_000 * tables * ((far + near) / 2))).toBeCloseTo(1, 10);
      const met = (inclusionProbability(far, tables) + inclusionProbability(near, tables)) / 2;
      expect(cost.candidates / (100_000 * met)).toBeCloseTo(1, 10);
      expect(cost.bytes).toBe(4 * tables * (100_000 + 2 ** hashes + 1));
      const time = 0.04 * cost.multiplyAdds + 50 * tables + 2 * cost.streamed + 0.6 * 128 * cost.candidates;
      expect(cost.nanoseconds / time).toBeCloseTo(1, 10);
    }
  });

  test('takes costs and families of yours', () => {
    // Where candidates cost nothing and hashing everything, codes are short.
    const costs = { candidate: 0, item: 0, bucket: 0 };
    expect(suggestParameters({ ...options, costs })[0]?.hashes).toBe(1);
    const costly = suggestParameters({ ...options, hashing: () => 0, costs: { candidate: 1e9 } });
    expect(costly[0]!.hashes).toBeGreaterThan(10);
    const ranks = suggestParameters({ ...options, family: ranked, background: 0.25 });
    expect(
      ranks.every(({ bytes, tables, hashes }) => bytes === 4 * tables * (100_000 + 4 ** hashes + 1)),
    ).toBe(true);
    // As far as the family has codes.
    expect(Math.max(...ranks.map(({ hashes }) => hashes))).toBe(12);
    expect(suggestParameters({ ...options, hashes: [7] }).map(({ hashes }) => hashes)).toEqual([7]);
  });

  test.each([
    [
      { minCollision: 2 },
      'There is no option minCollision of suggestParameters; there are family, dimensions,',
    ],
    [
      { costs: { items: 2 } as object },
      'There is no option items of costs; there are multiplyAdd, bucket, item, candidate.',
    ],
    [{ recall: 1 }, 'suggestParameters: recall is above 0 and below 1; got 1.'],
    [{ items: 0 }, 'suggestParameters: items is an integer from 1'],
    [{ dimensions: 1.5 }, 'suggestParameters: dimensions is'],
    [{ mostTables: 0 }, 'suggestParameters: mostTables is'],
    [
      { mostTables: 5, minCollisions: 6 },
      'suggestParameters: minCollisions is an integer from 1 to 5; got 6.',
    ],
    [{ background: [] }, 'suggestParameters: background has 1 or more similarities.'],
    [{ background: [0.5, NaN] }, 'A cosine is from -1 to 1; got NaN.'],
    [
      { background: 0.8 },
      'suggestParameters: background is of items that need not be found, so that some of it is below similarity, 0.8; got 0.8.',
    ],
    [{ background: [0.9, 0.8] }, 'below similarity, 0.8; got 0.9, 0.8.'],
    [{ similarity: 0 }, 'below similarity, 0; got 0.'],
    [{ family: ranked, similarity: 0.25 }, 'below similarity, 0.25; got 0.25.'],
    [{ family: cells, similarity: 3, background: [0, 2, 3] }, 'above similarity, 3; got 0, 2, 3.'],
    [{ similarity: 2 }, 'A cosine is from -1 to 1; got 2.'],
    [{ hashes: [25] }, 'simHash: bits is an integer from 1 to 24; got 25.'],
    [
      { similarity: 0.05, hashes: [20] },
      'suggestParameters: no code finds items of similarity 0.05 with probability 0.9 in 1000 tables or fewer.',
    ],
  ])('refuses %j', (change, message) => {
    expect(() => suggestParameters({ ...options, ...change })).toThrow(message);
  });

  test.each<[string, SizingOptions['family'], number]>([
    ['simHash', (bits, tables) => simHash({ bits, tables }), 0.8],
    ['dwta', (hashes, tables) => dwta({ hashes, tables }), 0.6],
    ['dwta of small bins', ranked, 0.7],
    ['dwta of few buckets', (hashes, tables) => dwta({ hashes, tables, buckets: 8 ** hashes / 2 }), 0.6],
    ['wta', (hashes, tables) => wta({ hashes, tables }), 0.6],
  ])('%s says what unrelated vectors have in common, where nobody else does', (_, family, similarity) => {
    const [items, queries] = [1000, 100];
    // So many that bins have few coordinates in common.
    const dimensions = 1024;
    const team = Team.single(new Arena());
    const vectors = dense(team.arena, normals(items, dimensions, 5));
    const asked = dense(team.arena, normals(queries, dimensions, 6));
    const sizes = { dimensions, items, similarity, recall: 0.9, hashes: [1, 2, 3], mostTables: 200 };
    const proposals = suggestParameters({ family, ...sizes });
    expect(proposals.length).toBeGreaterThan(1);
    for (const { spec, tables, candidates, streamed } of proposals) {
      const hasher = bindHasher(spec, { dimensions, tailWidth: 0, seed: 2, team });
      const own = new HashTables({ items, tables, buckets: hasher.buckets, team });
      const codes = team.arena.uint32(items * tables);
      hasher.hash(vectors, items, { codes, stride: items });
      own.build(codes);
      hasher.hash(asked, queries, { codes, stride: queries });
      const result = emptyResult(team.arena, queries, 1);
      own.query(codes, queries, { limit: 1 }, result);
      const met = result.candidates.reduce((sum, count) => sum + count) / queries;
      expect(Math.abs(met / candidates - 1)).toBeLessThan(0.1);
      expect(Math.abs(own.entries(codes, queries) / queries / streamed - 1)).toBeLessThan(0.1);
    }
    team.arena.close();
  });

  test('takes no default background for distances, at which all items would be the query', () => {
    const near = { ...options, family: cells, similarity: 1 };
    expect(() => suggestParameters(near)).toThrow(
      'suggestParameters: pStable is for distances, of which 0 would say that all items are the query',
    );
    expect(suggestParameters({ ...near, background: 10 })[0]!.candidates).toBeLessThan(1000);
  });
});
