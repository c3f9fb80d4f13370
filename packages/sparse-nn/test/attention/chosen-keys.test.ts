import { simHash } from '@hashgrad/lsh';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactAttention, sampleAttention, topKAttention, uniformAttention } from '../../src/index.ts';
import { distance } from '../distance.ts';
import { estimate } from '../moments.ts';
import { drawn, logit, oneHot, type Shape } from './plain-attention.ts';

/** Sizes of one head, its values telling which keys were read. */
const cases = fc
  .record({
    keys: fc.integer({ min: 1, max: 12 }),
    queries: fc.integer({ min: 1, max: 12 }),
    causal: fc.boolean(),
    sink: fc.integer({ min: 0, max: 14 }),
    window: fc.integer({ min: 0, max: 14 }),
    k: fc.integer({ min: 1, max: 14 }),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .filter(({ queries, keys }) => queries <= keys);

interface Case {
  readonly keys: number;
  readonly queries: number;
  readonly causal: boolean;
  readonly sink: number;
  readonly window: number;
}

function sees({ keys, queries, causal }: Case, i: number, j: number): boolean {
  return !causal || j <= keys - queries + i;
}

function alwaysReads({ keys, queries, sink, window }: Case, i: number, j: number): boolean {
  return j < sink || Math.abs(j - (keys - queries + i)) < window;
}

/** Which keys each query read, by weights of values that are one-hot. */
function readBy(outputs: Float32Array, keys: number): number[][] {
  return Array.from({ length: outputs.length / keys }, (_, i) =>
    [...outputs.subarray(i * keys, (i + 1) * keys).entries()].filter(([, w]) => w > 0).map(([j]) => j),
  );
}

test('top k reads sinks, the window, and the k others with the greatest products, of those that are seen', () => {
  fc.assert(
    fc.property(cases, ({ k, seed, ...one }) => {
      const shape: Shape = { ...one, dimensions: 3, valueDimensions: one.keys, heads: 1 };
      const { queries, keys } = drawn(shape, seed);
      const { causal, sink, window } = one;
      const options = { dimensions: 3, causal, sink, window, k };
      const { outputs, keysRead, counts } = topKAttention(queries, keys, oneHot(one.keys), options);
      let choosable = 0;
      const expected = Array.from({ length: one.queries }, (_, i) => {
        const seen = Array.from({ length: one.keys }, (__, j) => j).filter((j) => sees(one, i, j));
        const always = seen.filter((j) => alwaysReads(one, i, j));
        const others = seen.filter((j) => !alwaysReads(one, i, j));
        choosable += others.length;
        const of = (j: number): number => logit({ queries, keys }, shape, [i, j, 0]);
        return [...always, ...others.toSorted((a, b) => of(b) - of(a)).slice(0, k)].toSorted((a, b) => a - b);
      });
      expect(readBy(outputs, one.keys)).toEqual(expected);
      expect([...keysRead]).toEqual(expected.map(({ length }) => length));
      expect(counts.multiplyAdds.choose).toBe(3 * choosable);
      expect(counts.comparisons.choose).toBe(choosable);
    }),
    { numRuns: 60 },
  );
});

test('top k and some of the rest: the best are always read, the others as often as each other, and sums are right', () => {
  const shape: Shape = { queries: 1, keys: 10, dimensions: 4, valueDimensions: 10, heads: 1 };
  const arrays = drawn(shape);
  const { queries, keys } = arrays;
  const values = oneHot(10);
  const exact = Array.from({ length: 10 }, (_, j) => Math.exp(logit(arrays, shape, [0, j, 0])));
  const best = [...exact.keys()].toSorted((a, b) => exact[b]! - exact[a]!).slice(0, 3);
  const runs = Array.from({ length: 2000 }, (_, seed) =>
    topKAttention(queries, keys, values, { dimensions: 4, k: 3, rest: 2, seed, sink: 1 }),
  );
  const others = [...exact.keys()].filter((j) => j > 0 && !best.includes(j));
  expect(best).not.toContain(0);
  for (const j of exact.keys()) {
    const often = runs.filter(({ outputs }) => outputs[j]! > 0).length / runs.length;
    const p = others.includes(j) ? 2 / others.length : 1;
    expect(Math.abs(often - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / runs.length) + 1e-9);
  }
  const { mean, margin } = estimate(runs.map(({ logPartitions }) => Math.exp(logPartitions[0]!)));
  const all = exact.reduce((sum, each) => sum + each, 0);
  expect(Math.abs(mean - all)).toBeLessThan(margin);
  expect(margin).toBeLessThan(0.02 * all);
});

test('uniform reads sinks, the window, and so many others; each as often as any', () => {
  fc.assert(
    fc.property(cases, ({ k: count, seed, ...one }) => {
      const { queries, keys } = drawn({ ...one, dimensions: 3, valueDimensions: 1, heads: 1 }, seed);
      const { causal, sink, window } = one;
      const options = { dimensions: 3, causal, sink, window, count, seed };
      const { outputs } = uniformAttention(queries, keys, oneHot(one.keys), options);
      for (const [i, read] of readBy(outputs, one.keys).entries()) {
        const seen = Array.from({ length: one.keys }, (_, j) => j).filter((j) => sees(one, i, j));
        const always = seen.filter((j) => alwaysReads(one, i, j));
        expect(read.filter((j) => alwaysReads(one, i, j))).toEqual(always);
        expect(read).toHaveLength(Math.min(seen.length, always.length + count));
        expect(read.every((j) => sees(one, i, j))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
  // 9 of 12 may be drawn, 3 are: each with probability 1/3, four standard errors.
  const draws = 4000;
  const queries = new Float32Array(draws).fill(0.5);
  const { outputs } = uniformAttention(queries, new Float32Array(12), oneHot(12), {
    dimensions: 1,
    sink: 3,
    count: 3,
  });
  const often = new Float64Array(12);
  for (const read of readBy(outputs, 12)) for (const j of read) often[j]! += 1 / draws;
  expect([...often.subarray(0, 3)].map((share) => Math.round(1e9 * share))).toEqual([1e9, 1e9, 1e9]);
  for (const share of often.subarray(3)) {
    expect(Math.abs(share - 1 / 3)).toBeLessThan((4 * Math.sqrt((1 / 3) * (2 / 3))) / Math.sqrt(draws));
  }
});

const shape: Shape = { queries: 5, keys: 30, dimensions: 8, valueDimensions: 6, heads: 2 };

test.each([false, true])('with all keys read all are exact; causal: %s', (causal) => {
  const { queries, keys, values } = drawn(shape);
  const options = { dimensions: 8, heads: 2, causal };
  const exact = exactAttention(queries, keys, values, options);
  const others = {
    topK: topKAttention(queries, keys, values, { ...options, k: 30 }),
    'topK and all the rest': topKAttention(queries, keys, values, { ...options, k: 4, rest: 26 }),
    'topK, all in the window': topKAttention(queries, keys, values, { ...options, k: 1, window: 30 }),
    uniform: uniformAttention(queries, keys, values, { ...options, count: 30 }),
  };
  for (const [name, { outputs, logPartitions, keysRead }] of Object.entries(others)) {
    expect([name, outputs, logPartitions, keysRead]).toEqual([
      name,
      exact.outputs,
      exact.logPartitions,
      exact.keysRead,
    ]);
  }
  const read = sampleAttention(queries, keys, values, {
    ...options,
    family: simHash({ bits: 1, tables: 2 }),
    sink: 30,
  });
  // One bit in so many tables: no key but an opposite one is missed.
  const family = simHash({ bits: 1, tables: 2000 });
  const found = sampleAttention(queries, keys, values, { ...options, family, minCollisions: 1 });
  for (const sampled of [read, found]) {
    expect(sampled.keysRead).toEqual(exact.keysRead);
    // The mean was taken off the keys, and added again.
    expect(distance(sampled.outputs, exact.outputs)).toBeLessThan(1e-5);
    expect(distance(sampled.logPartitions, exact.logPartitions)).toBeLessThan(1e-6);
  }
});
