import { describe, expect, test } from 'vitest';
import {
  noncentralCdf,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from '../../src/analysis/distributions.ts';

describe('Student’s t', () => {
  test.each([
    [0.975, 1, 12.70620474],
    [0.975, 2, 4.30265273],
    [0.975, 3, 3.18244631],
    [0.975, 4, 2.77644511],
    [0.975, 9, 2.26215716],
    [0.975, 29, 2.04522964],
    [0.995, 10, 3.16927267],
    [0.95, 5, 2.01504837],
    [0.9995, 3, 12.92397864],
  ])('the quantile of %d with %d degrees of freedom, as printed in tables', (p, df, t) => {
    expect(studentQuantile(p, df) / t).toBeCloseTo(1, 6);
    expect(studentQuantile(1 - p, df) / t).toBeCloseTo(-1, 6);
  });

  test('has its closed forms for 1 and 2 degrees of freedom, far out on both sides too', () => {
    for (const t of [-1000, -40, -2, -0.1, 0, 0.5, 3, 100]) {
      // The left tail of Cauchy's distribution without the loss of digits of 1/2 - atan.
      const cauchy = t < 0 ? Math.atan(-1 / t) / Math.PI : 1 / 2 + Math.atan(t) / Math.PI;
      expect(studentCdf(t, 1) / cauchy).toBeCloseTo(1, 7);
    }
    for (const t of [-50, -2, 0, 0.5, 3]) {
      expect(studentCdf(t, 2)).toBeCloseTo(1 / 2 + t / (2 * Math.sqrt(2 + t * t)), 9);
    }
    expect([studentCdf(Infinity, 3), studentCdf(-Infinity, 3)]).toEqual([1, 0]);
  });

  test('quantile and distribution function undo each other', () => {
    for (const df of [1, 2, 4, 9, 19, 99, 999]) {
      for (const p of [0.001, 0.025, 0.3, 0.5, 0.9, 0.999]) {
        expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 7);
      }
    }
  });

  test('refuses what is no probability or no degrees of freedom', () => {
    expect(() => studentQuantile(1, 4)).toThrow('between 0 and 1; got 1');
    expect(() => studentQuantile(0.5, 0)).toThrow('more than 0 degrees of freedom; got 0');
    expect(() => studentCdf(1, NaN)).toThrow('got NaN');
  });
});

test('the noncentral t is Student’s without a shift, and its mean moves with one', () => {
  for (const t of [-3, -1, 0, 2]) expect(noncentralCdf(t, 7, 0)).toBeCloseTo(studentCdf(t, 7), 7);
  // The power of 10 pairs for an effect of one deviation, 0.803 in R's power.t.test and in Cohen's tables.
  expect(1 - noncentralCdf(2.262157, 9, Math.sqrt(10))).toBeCloseTo(0.8031, 3);
});

test('the normal distribution, as printed in tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 6);
  expect(normalCdf(1)).toBeCloseTo(0.841344746, 7);
});
