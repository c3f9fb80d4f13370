import { array, assert, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logTicks, metricAxis, tickText } from '../../src/report/plots/scales.ts';

const accuracy = { title: 'accuracy', unit: 'share' };

describe('metricAxis', () => {
  test('shares are shown in per cent; errors on a logarithmic scale whose ticks are the shares', () => {
    const linear = metricAxis(accuracy, [0.9, 0.95], 'linear', '↑');
    expect([linear.options.label, linear.place(0.9)]).toEqual(['↑ accuracy, %', 90]);
    const { options, place } = metricAxis(accuracy, [0.9, 0.99, 1], 'error', '↑');
    expect(place(0.99)).toBeCloseTo(1, 12);
    // An error of 0 has no place on the scale.
    expect(place(1)).toBe(0.01);
    const format = options.tickFormat as (error: number) => string;
    expect((options.ticks as number[]).map(format)).toContain('99');
  });

  test('every value lies within a logarithmic scale, and none that is not positive ends it', () => {
    const values = array(double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 6 });
    assert(
      property(values, (list) => {
        const { options, place } = metricAxis({ title: 'time', unit: 'seconds' }, list, 'log', '→');
        const [least, most] = (options.type === 'log' ? options.domain : [-Infinity, Infinity]) as number[];
        expect(options.type === 'log').toBe(list.some((value) => value > 0));
        for (const value of list) {
          expect(place(value)).toBeGreaterThanOrEqual(least as number);
          expect(place(value)).toBeLessThanOrEqual(most as number);
        }
      }),
    );
  });
});

test('ticks are round numbers in order, within the ends', () => {
  expect(logTicks(1, 1000, 4)).toEqual([1, 10, 100, 1000]);
  expect(logTicks(3, 30, 3)).toEqual([5, 10, 20]);
  expect([0.5, 120_000, 1_500_000].map((value) => tickText(value, 'count'))).toEqual([
    '0.5',
    '120 k',
    '1.5 M',
  ]);
  expect(tickText(-0.02, 'seconds')).toBe('−0.02');
  expect(tickText(0.1 + 0.2, 'nats')).toBe('0.3');
});
