import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { estimate, halfWidth } from '../../src/analysis/estimate.ts';

describe('estimate', () => {
  test('is what R says of Student’s sleep data: t.test(extra[group == 2])', () => {
    const { n, mean, deviation, low, high } = estimate([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
    expect([n, mean]).toEqual([10, 2.33]);
    expect(deviation).toBeCloseTo(2.002249, 6);
    expect(low).toBeCloseTo(0.8976775, 6);
    expect(high).toBeCloseTo(3.7623225, 6);
  });

  test('one value has neither deviation nor interval, none is refused', () => {
    const one = estimate([3]);
    expect(one).toEqual({ n: 1, mean: 3, deviation: null, low: null, high: null });
    expect(halfWidth(one)).toBeNull();
    expect(() => estimate([])).toThrow('at least one value');
  });

  test.each([
    [2, 0.95],
    [5, 0.95],
    [5, 0.9],
  ])('of %d normal values covers the true mean as often as it says: %d ± 0.01', (n, level) => {
    const random = randomStream(7, `coverage ${n} ${level}`);
    const draws = 8000;
    let covered = 0;
    for (let i = 0; i < draws; i++) {
      const values = Array.from({ length: n }, () => 10 + 3 * random.normal());
      const { low, high } = estimate(values, level);
      if ((low as number) <= 10 && 10 <= (high as number)) covered++;
    }
    expect(Math.abs(covered / draws - level)).toBeLessThan(0.01);
  });
});
