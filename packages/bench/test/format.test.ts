import { expect, test } from 'vitest';
import { count, duration, percent, significant } from '../src/format.ts';

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
