import { describe, expect, test } from 'vitest';
import { estimate } from '../../src/analysis/estimate.ts';
import { metricInfo } from '../../src/analysis/metrics.ts';
import {
  bareDifference,
  differenceText,
  estimateText,
  intervalText,
  pText,
  unitText,
  valueText,
} from '../../src/analysis/numbers.ts';

const accuracy = metricInfo('accuracy.sparse');
const seconds = metricInfo('secondsPerEpoch');
const loss = metricInfo('loss');

describe('values', () => {
  test.each([
    [0.9412, 'share', '94.1'],
    [-0.5, 'share', '−50.0'],
    [-0.00001, 'share', '0.0'],
    [1_234_567, 'multiply-adds', '1.23 M'],
    [0.01234, 'seconds', '0.0123'],
    [2.5, 'nats', '2.500'],
  ])('%d of unit %s is %s', (value, unit, text) => {
    expect(valueText(value, unit)).toBe(text);
  });

  test('units of one’s own stand behind the number', () => {
    expect(['share', 'count', 'furlongs'].map(unitText)).toEqual([' %', '', ' furlongs']);
  });
});

describe('estimates', () => {
  test('have as many decimals as their interval is worth', () => {
    expect(estimateText(estimate([0.94, 0.95, 0.96]), accuracy)).toBe('95.0 ± 2.5');
    expect(estimateText(estimate([0.95, 0.9501, 0.9502]), accuracy)).toBe('95.01 ± 0.02');
    expect(estimateText(estimate([0.05, 0.05000001]), accuracy)).toBe('5.0');
    expect(estimateText(estimate([3.4, 3.5, 3.6]), seconds)).toBe('3.50 ± 0.25');
    expect(estimateText(estimate([3.4]), seconds)).toBe('3.40');
  });
});

describe('differences', () => {
  test('are points of shares, and ratios of times', () => {
    expect(differenceText(0.021, accuracy)).toBe('2.10 points');
    expect(differenceText(-0.021, accuracy)).toBe('−2.10 points');
    expect(differenceText(Math.log(1.3), seconds)).toBe('1.30 times');
    expect(differenceText(0.03, loss)).toBe('0.0300 nats');
    expect(intervalText(-0.01, 0.02, accuracy)).toBe('−1.00 to 2.00');
    expect(bareDifference(0, accuracy)).toBe('0.00');
  });

  test('p-values have three digits', () => {
    expect([0.0004, 0.0126, 1].map(pText)).toEqual(['<0.001', '0.013', '1.000']);
    // What decides does not read as what does not.
    expect([0.0496, 0.0504].map(pText)).toEqual(['0.0496', '0.050']);
  });
});
