import { expect, test } from 'vitest';
import { checkRoom, listsSpan, rowsSpan } from '../../src/ops/room.ts';

test('room is enough or refused with both numbers', () => {
  checkRoom('dotRows', 'out', new Float32Array(4), 4);
  expect(() => checkRoom('dotRows', 'out', new Float32Array(3), 4)).toThrow(
    new RangeError('dotRows: out has 3 elements, and 4 are needed.'),
  );
  expect(() => checkRoom('dotRows', 'out', undefined, 1)).toThrow('out has 0 elements');
  expect(() => checkRoom('dotRows', 'out', new Float32Array(3), NaN)).toThrow('NaN are needed');
});

test('the last of some rows needs its width only', () => {
  expect(rowsSpan(3, 8, 5)).toBe(21);
  expect(rowsSpan(1, 8, 5)).toBe(5);
  expect(rowsSpan(0, 8, 5)).toBe(0);
  expect(rowsSpan(3, 8, 0)).toBe(0);
});

test('lists have one more offset than there are samples', () => {
  expect(listsSpan('dotRows', Int32Array.of(0, 2, 5), 2)).toBe(5);
  expect(() => listsSpan('dotRows', Int32Array.of(0, 2), 2)).toThrow('offsets has 2 elements, and 3 are');
});
