import { describe, expect, test } from 'vitest';
import { parseCount, parseNames, parsePositive, parseSeeds } from '../../src/cli/options.ts';

describe('options', () => {
  test('seeds are a number of them, or a list', () => {
    expect(parseSeeds('3')).toEqual([1, 2, 3]);
    expect(parseSeeds('7,0')).toEqual([7, 0]);
    expect(() => parseSeeds('0')).toThrow('whole number of at least 1');
    expect(() => parseSeeds('1,-2')).toThrow('"-2" is not a seed');
  });

  test('counts and rates', () => {
    expect(parseCount('12')).toBe(12);
    for (const text of ['0', '1.5', '-1', 'x', '', '1e3'])
      expect(() => parseCount(text)).toThrow('whole number');
    expect(parsePositive('1e-3')).toBe(0.001);
    for (const text of ['0', '-1', 'x', '', 'Infinity']) expect(() => parsePositive(text)).toThrow('above 0');
  });

  test('lists have no empty places', () => {
    expect(parseNames('dense, lsh')).toEqual(['dense', 'lsh']);
    expect(() => parseNames('dense,')).toThrow('list separated by commas');
  });
});
