import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BestHits } from '../../src/lsh-index/best-hits.ts';

test('the best are those that sorting all gives first', () => {
  const hit = fc.tuple(fc.constantFrom(-2, -0.5, 0, 0.25, 1), fc.nat({ max: 99 }));
  const hits = fc.uniqueArray(hit, { selector: ([, id]) => id, maxLength: 60 });
  fc.assert(
    fc.property(hits, fc.nat({ max: 70 }), (all, limit) => {
      const best = new BestHits(limit);
      for (const [rank, id] of all) best.offer(rank, id);
      const { ranks, ids } = best.sorted();
      const expected = all.toSorted(([a, i], [b, j]) => b - a || i - j).slice(0, limit);
      expect(Array.from(ranks, (rank, i) => [rank, ids[i]])).toEqual(expected);
    }),
    { seed: 1, numRuns: 300 },
  );
});
