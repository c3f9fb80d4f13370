import { array, assert, float, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { equivalenceP, holm, intervalAt, pairedDifference } from '../../src/analysis/paired.ts';

const number = float({ noNaN: true, min: -100, max: 100 });
const probability = float({ noNaN: true, min: 0, max: 1 });

describe('pairedDifference', () => {
  test('is what R says of Student’s sleep data: t.test(group 1, group 2, paired = TRUE)', () => {
    const one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { mean, low, high, p } = pairedDifference(one.map((value, i) => value - (two[i] as number)));
    expect(mean).toBeCloseTo(-1.58, 10);
    expect(low).toBeCloseTo(-2.4598858, 6);
    expect(high).toBeCloseTo(-0.7001142, 6);
    expect(p).toBeCloseTo(0.00283289, 7);
  });

  test('one pair has no p-value, equal differences leave no doubt', () => {
    expect(pairedDifference([1]).p).toBeNull();
    expect(pairedDifference([0, 0]).p).toBe(1);
    expect(pairedDifference([0.5, 0.5]).p).toBe(0);
  });

  test('p is below 0.05 exactly where the 95 % interval leaves zero out', () => {
    assert(
      property(array(number, { minLength: 2, maxLength: 8 }), (differences) => {
        const { p, low, high, deviation } = pairedDifference(differences);
        if (deviation === 0 || Math.abs((p as number) - 0.05) < 1e-6) return;
        expect((p as number) < 0.05).toBe((low as number) > 0 || (high as number) < 0);
      }),
    );
  });
});

describe('equivalenceP', () => {
  test('is below 0.05 exactly where the 90 % interval lies within the margin', () => {
    assert(
      property(array(number, { minLength: 2, maxLength: 8 }), (differences) => {
        const difference = pairedDifference(differences);
        if (difference.deviation === 0) return;
        for (const margin of [0.5, 20, 60]) {
          const { low, high } = intervalAt(difference, 0.9) as { low: number; high: number };
          const p = equivalenceP(difference, margin) as number;
          expect(p < 0.05 || Math.abs(p - 0.05) < 1e-6).toBe(
            (low > -margin && high < margin) || Math.abs(p - 0.05) < 1e-6,
          );
        }
      }),
    );
  });

  test('arms that are just the margin apart are called equivalent in 5 of 100 studies, not more', () => {
    const random = randomStream(3, 'equivalence');
    let called = 0;
    for (let i = 0; i < 4000; i++) {
      const difference = pairedDifference(Array.from({ length: 8 }, () => 0.5 + 0.2 * random.normal()));
      if ((equivalenceP(difference, 0.5) as number) < 0.05) called++;
    }
    expect(Math.abs(called / 4000 - 0.05)).toBeLessThan(0.012);
  });

  test('one pair says nothing; no margin is refused', () => {
    expect(equivalenceP(pairedDifference([0]), 0.5)).toBeNull();
    expect(equivalenceP(pairedDifference([0.1, 0.1]), 0.5)).toBe(0);
    expect(equivalenceP(pairedDifference([0.5, 0.5]), 0.5)).toBe(1);
    expect(() => equivalenceP(pairedDifference([0, 1]), 0)).toThrow('above 0; got 0');
  });
});

describe('holm', () => {
  test('is R’s p.adjust(c(0.01, 0.04, 0.03, 0.02), "holm")', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.02]);
    for (const [index, p] of [0.04, 0.06, 0.06, 0.06].entries()) expect(corrected[index]).toBeCloseTo(p, 12);
  });

  test('lies between the p-value and Bonferroni’s, and keeps the order', () => {
    assert(
      property(array(probability, { maxLength: 10 }), (ps) => {
        const corrected = holm(ps);
        expect(corrected).toHaveLength(ps.length);
        for (const [i, p] of ps.entries()) {
          expect(corrected[i]).toBeGreaterThanOrEqual(p);
          expect(corrected[i]).toBeLessThanOrEqual(Math.min(1, ps.length * p));
          for (const [j, other] of ps.entries()) {
            expect(p >= other || (corrected[i] as number) <= (corrected[j] as number)).toBe(true);
          }
        }
      }),
    );
  });

  test('five comparisons of equal arms find something in 5 of 100 studies; uncorrected in 23', () => {
    const random = randomStream(5, 'holm');
    let [corrected, plain] = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const ps = Array.from({ length: 5 }, () => random.uniform());
      if (holm(ps).some((p) => p < 0.05)) corrected++;
      if (ps.some((p) => p < 0.05)) plain++;
    }
    expect(Math.abs(corrected / 4000 - 0.05)).toBeLessThan(0.012);
    expect(Math.abs(plain / 4000 - (1 - 0.95 ** 5))).toBeLessThan(0.025);
  });
});
