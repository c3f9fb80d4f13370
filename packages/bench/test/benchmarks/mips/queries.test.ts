import { ExactIndex } from '@hashgrad/mips';
import { generateVectors } from '@hashgrad/datasets';
import { expect, test } from 'vitest';
import { meanRecall, queriesOf } from '../../../src/benchmarks/mips/queries.ts';

test('the first half of the queries is measured, the second is for tuning; true results are the exact ones', () => {
  const corpus = generateVectors('clustered', { vectors: 300, queries: 7, dimensions: 6, seed: 2 });
  using exact = new ExactIndex({ dimensions: 6 });
  exact.add(corpus.vectors);
  const queries = queriesOf(corpus, exact, undefined);
  expect(queries.each).toHaveLength(4);
  expect([...queries.measured, ...queries.tuning]).toEqual([...corpus.queries]);
  const expected = queries.each.map((query) => exact.search(query, 5).ids);
  expect(queries.truth(5)).toEqual(expected);
  // Of fewer vectors than were asked for, all.
  expect(queries.truth(1000).map((ids) => ids.length)).toEqual([300, 300, 300, 300]);
  expect(meanRecall(expected, queries.truth(5))).toBe(1);
  const half = expected.map((ids) => [...ids.subarray(0, 2), 999]);
  expect(meanRecall(half, queries.truth(5))).toBeCloseTo(0.4, 12);
});
