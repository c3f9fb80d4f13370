import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateLogPartition, estimateSum, inclusionProbability } from '../../src/index.ts';

/** The binomial distribution by adding one trial after the other. */
function atLeast(p: number, tables: number, minCollisions: number): number {
  let law = [1];
  for (let t = 0; t < tables; t++) {
    law = [...law, 0].map((stay, i) => stay * (1 - p) + (law[i - 1] ?? 0) * p);
  }
  return law.slice(minCollisions).reduceRight((sum, value) => sum + value, 0);
}

describe('the inclusion probability', () => {
  test('by hand', () => {
    expect(inclusionProbability(0, 10)).toBe(0);
    expect(inclusionProbability(1, 1)).toBe(1);
    expect(inclusionProbability(0.5, 3)).toBeCloseTo(0.875, 15);
    expect(inclusionProbability(0.5, 3, 2)).toBeCloseTo(0.5, 15);
    expect(inclusionProbability(0.5, 3, 3)).toBeCloseTo(0.125, 15);
    expect(inclusionProbability(0.5, 3, 4)).toBe(0);
    expect(inclusionProbability(1, 3, 3)).toBe(1);
    // 1 - (1 - u)^L - L u (1 - u)^(L - 1), the rule of two collisions.
    const u = 0.7 ** 10;
    const rule = 1 - (1 - u) ** 150 - 150 * u * (1 - u) ** 149;
    expect(inclusionProbability(u, 150, 2)).toBeCloseTo(rule, 12);
  });

  test('is the tail of the binomial distribution, to all digits', () => {
    const p = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -12, max: -1, noNaN: true }).map((x) => 10 ** x),
    );
    fc.assert(
      fc.property(
        p,
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 80 }),
        (q, tables, minCollisions) => {
          const expected = atLeast(q, tables, minCollisions);
          const got = inclusionProbability(q, tables, minCollisions);
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-11 * expected + 1e-300);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  test.each([
    [-0.1, 1, 1, 'A probability of collision is from 0 to 1; got -0.1.'],
    [Number.NaN, 1, 1, 'got NaN'],
    [0.5, 1.5, 1, 'A number of tables is an integer of 0 or more; got 1.5.'],
    [0.5, 1, 0, 'minCollisions is a number of tables, 1 or more; got 0.'],
  ])('refuses (%s, %s, %s)', (p, tables, minCollisions, message) => {
    expect(() => inclusionProbability(p, tables, minCollisions)).toThrow(message);
  });
});

describe('estimates', () => {
  test('weigh what was found by one over its probability', () => {
    expect(estimateSum([1, 2], [0.5, 0.25])).toBe(10);
    expect(estimateSum([], [])).toBe(0);
    expect(estimateLogPartition([0, Math.log(2)], [0.5, 0.25])).toBeCloseTo(Math.log(10), 14);
    expect(estimateLogPartition([1000, 1000], [1, 0.5])).toBeCloseTo(1000 + Math.log(3), 10);
    expect(estimateLogPartition([], [])).toBe(-Infinity);
    expect(estimateLogPartition([-Infinity], [1])).toBe(-Infinity);
  });

  test('refuse what has no probability', () => {
    for (const estimate of [estimateSum, estimateLogPartition]) {
      expect(() => estimate([1, 2], [1])).toThrow('got 2 values and 1 probabilities');
      expect(() => estimate([1, 2], [1, Number.NaN])).toThrow('number 1 has NaN');
      expect(() => estimate([1], [0])).toThrow('number 0 has 0');
    }
  });
});
