import { describe, expect, test } from 'vitest';
import { randomStream, type RandomStream } from '@hashgrad/kernels';
import { expandedTail, hierarchicalBootstrap } from '../../src/analysis/bootstrap.ts';
import { estimate } from '../../src/analysis/estimate.ts';

/** Values whose true mean is 0: an effect of the seed, one of the row that all seeds share or not, and noise. */
function groups(random: RandomStream, seeds: number, rows: number, shared: boolean): number[][] {
  const common = Array.from({ length: rows }, () => random.normal());
  return Array.from({ length: seeds }, () => {
    const ofSeed = 0.2 * random.normal();
    return common.map((row) => ofSeed + (shared ? row : random.normal()) + 0.3 * random.normal());
  });
}

function coverage(
  studies: number,
  draw: (random: RandomStream) => number[][],
  rows: 'shared' | 'own',
): number {
  const random = randomStream(2, 'groups');
  let covered = 0;
  for (let seed = 0; seed < studies; seed++) {
    const { low, high } = hierarchicalBootstrap(draw(random), { draws: 400, seed, rows });
    if (low <= 0 && 0 <= high) covered++;
  }
  return covered / studies;
}

describe('hierarchicalBootstrap', () => {
  test('covers the true mean in 95 ± 3.5 of 100 studies, rows shared by the seeds or not', () => {
    expect(Math.abs(coverage(400, (random) => groups(random, 10, 40, true), 'shared') - 0.95)).toBeLessThan(
      0.035,
    );
    // Rows of one's own are resampled within resampled seeds, which already vary by them: somewhat too wide.
    const own = coverage(400, (random) => groups(random, 5, 20, false), 'own');
    expect(own).toBeGreaterThan(0.93);
  });

  test('taking shared rows for own ones is too sure', () => {
    expect(coverage(120, (random) => groups(random, 10, 40, true), 'own')).toBeLessThan(0.85);
  });

  test('rows that do not vary leave Student’s interval over seeds, nearly', () => {
    const means = [0.3, 0.5, 0.1, 0.9, 0.4, 0.6, 0.2, 0.8, 0.45, 0.55];
    const { mean, low, high } = hierarchicalBootstrap(
      means.map((value) => [value, value, value]),
      { draws: 20_000 },
    );
    const student = estimate(means);
    expect(mean).toBeCloseTo(student.mean, 12);
    expect(low).toBeCloseTo(student.low as number, 1);
    expect(high).toBeCloseTo(student.high as number, 1);
  });

  test('is the same for the same seed, and not for another', () => {
    const values = groups(randomStream(1, 'x'), 4, 10, true);
    const first = hierarchicalBootstrap(values, { draws: 200, seed: 4 });
    expect(hierarchicalBootstrap(values, { draws: 200, seed: 4 })).toEqual(first);
    expect(hierarchicalBootstrap(values, { draws: 200, seed: 5 })).not.toEqual(first);
  });

  test('refuses one seed, no rows, and shared rows that are not', () => {
    expect(() => hierarchicalBootstrap([[1]])).toThrow('at least 2; got 1');
    expect(() => hierarchicalBootstrap([[1], []])).toThrow('at least 1 row');
    expect(() => hierarchicalBootstrap([[1], [1, 2]], { rows: 'shared' })).toThrow(
      'equally many for all seeds; got 1, 2',
    );
  });
});

test('the tail of many groups is the plain one, that of few is smaller', () => {
  expect(expandedTail(10_000, 0.95)).toBeCloseTo(0.025, 4);
  // For 10 groups t is 2.262 for 9 degrees of freedom, times √(10/9): a normal draw is below -2.384 in 0.86 of 100 cases.
  expect(expandedTail(10, 0.95)).toBeCloseTo(0.0086, 3);
});
