import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { equivalenceP, pairedDifference } from '../../src/analysis/paired.ts';
import { differencePower, equivalencePower, seedsToDecide } from '../../src/analysis/power.ts';

describe('seedsToDecide', () => {
  test.each([
    [0.2, 199],
    [0.5, 34],
    [0.8, 15],
    [1, 10],
  ])(
    'an effect of %d deviations takes %d pairs, as Cohen’s tables and R’s pwr.t.test say',
    (effect, pairs) => {
      expect(seedsToDecide(effect * 3, 3, 0, 0.05)).toBe(pairs);
      expect(seedsToDecide(-effect * 3, 3, 0, 0.05)).toBe(pairs);
    },
  );

  test('no difference takes as many as equivalence does, and cannot be decided without a margin', () => {
    const seeds = seedsToDecide(0, 1, 0.5, 0.05) as number;
    expect(equivalencePower(seeds, 0, 0.5, 0.05)).toBeGreaterThanOrEqual(0.8);
    expect(equivalencePower(seeds - 1, 0, 0.5, 0.05)).toBeLessThan(0.8);
    expect(seedsToDecide(0, 1, 0, 0.05)).toBeNull();
    expect(seedsToDecide(0.5, 1, 0.5, 0.05)).toBe(34);
  });

  test('a small difference inside of the margin takes more than none, and is decided by whichever test is quicker', () => {
    const seeds = seedsToDecide(0.05, 0.2, 0.1, 0.05) as number;
    expect(seeds).toBeGreaterThan(seedsToDecide(0, 0.2, 0.1, 0.05) as number);
    expect(seeds).toBeLessThan(seedsToDecide(0.05, 0.2, 0, 0.05) as number);
  });

  test('more comparisons take more seeds', () => {
    expect(seedsToDecide(0.5, 1, 0, 0.005)).toBeGreaterThan(34);
  });
});

test('both powers are what simulated studies decide', () => {
  const random = randomStream(11, 'power');
  const studies = 3000;
  let [found, equal] = [0, 0];
  for (let i = 0; i < studies; i++) {
    const draws = Array.from({ length: 12 }, () => random.normal());
    if ((pairedDifference(draws.map((draw) => draw + 0.8)).p as number) < 0.05) found++;
    if ((equivalenceP(pairedDifference(draws.map((draw) => draw + 0.1)), 1) as number) < 0.05) equal++;
  }
  expect(Math.abs(found / studies - differencePower(12, 0.8, 0.05))).toBeLessThan(0.03);
  expect(Math.abs(equal / studies - equivalencePower(12, 0.1, 1, 0.05))).toBeLessThan(0.03);
});
