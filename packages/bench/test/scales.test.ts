import { describe, expect, test } from 'vitest';
import { count, duration, percent, significant } from '../src/format.ts';
import { accuracyScale, errorBand, logTicks } from '../src/plots/scales.ts';

describe('scales', () => {
  test('ticks are round numbers within the range', () => {
    expect(logTicks(2, 100, 4)).toEqual([2, 5, 10, 20, 50, 100]);
    expect(logTicks(0.01, 100, 4)).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(logTicks(3, 6, 4)).toEqual([3, 3.5, 4, 4.5, 5, 6]);
  });

  test('accuracies: the worst at the bottom, a tick above the best', () => {
    const { domain, ticks, tickFormat } = accuracyScale([2.4, 40], 'accuracy');
    const [bottom, top] = domain as [number, number];
    expect(bottom).toBeGreaterThan(40);
    expect(top).toBeLessThan(2.4);
    expect(ticks).toContain(top);
    expect((tickFormat as (error: number) => string)(2.5)).toBe('97.5');
  });

  test('an accuracy of 100 % and a spread beyond it stay on the scale', () => {
    const { error, low, high } = errorBand({ mean: 1, deviation: 0.01 });
    expect(low).toBe(error);
    expect(error).toBeGreaterThan(0);
    expect(high).toBeCloseTo(1, 12);
  });
});

test('numbers for people', () => {
  expect([0, 0.00001, 0.0012, 0.0512, 0.9999999, 1.5].map(percent)).toEqual([
    '0',
    '<0.01',
    '0.12',
    '5.1',
    '100',
    '150',
  ]);
  expect([0, 0.01234, 1.234, 12.34, 1234].map(significant)).toEqual(['0', '0.0123', '1.23', '12.3', '1234']);
  expect([4.4, 59.6, 125, 3600].map(duration)).toEqual(['4 s', '1 min 00 s', '2 min 05 s', '1 h 00 min']);
  expect([999, 89_700, 1_794_000].map(count)).toEqual(['999', '89.7 k', '1.79 M']);
});
