import { expect, test } from 'vitest';
import { overallRatio, recall } from '../src/index.ts';

test.each([
  [[1, 2, 3], [3, 2, 1], 1],
  [[1, 2, 9], [1, 2, 3, 4], 0.5],
  [[5, 6], [1, 2], 0],
  [[], [1], 0],
  [[1, 2, 3, 4], [1], 1],
  // An id that comes twice counts once, found or wanted.
  [[1, 1, 1], [1, 2], 0.5],
  [[1], [1, 1, 2], 0.5],
  [[1], [], 1],
])('found %j of %j', (found, wanted, expected) => {
  expect(recall(found, wanted)).toBe(expected);
  expect(recall(Int32Array.from(found), Uint32Array.from(wanted))).toBe(expected);
});

test.each([
  [[4, 2], [4, 2], 1],
  [[2, 1], [4, 2], 0.5],
  [[4], [4, 2], 0.5],
  [[-1], [-1], 1],
  [[3, -5], [6, -1], 0.5],
])('scores %j of %j', (found, wanted, expected) => {
  expect(overallRatio(found, wanted)).toBe(expected);
});
