import { describe, expect, test } from 'vitest';
import { parseCount, parseFractions, parseNames, parsePositive, parseSeeds } from '../src/options.ts';

describe('options', () => {
  test('fractions are per cent values', () => {
    expect(parseFractions('5,25')).toEqual([0.05, 0.25]);
    expect(parseFractions(' 0.5 %, 100')).toEqual([0.005, 1]);
    expect(() => parseFractions('5,0')).toThrow('"0" is not a per cent value above 0 and up to 100.');
    expect(() => parseFractions('5,x')).toThrow('"x" is not a per cent value');
    expect(() => parseFractions('101')).toThrow('"101"');
  });

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
