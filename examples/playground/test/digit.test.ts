import { expect, test } from 'vitest';
import { inkOf } from '../src/train/digit.ts';

test('ink has its box and its centre of mass, in pixels from the corner', () => {
  // Two pixels of ink in a row of a 5 x 4 drawing, the right one twice as dark.
  const grey = new Uint8Array(20);
  grey[2 * 5 + 1] = 100;
  grey[2 * 5 + 3] = 200;
  const ink = inkOf(grey, 5)!;
  expect(ink).toMatchObject({ left: 1, top: 2, width: 3, height: 1, y: 2.5 });
  expect(ink.x).toBeCloseTo((1.5 + 2 * 3.5) / 3, 9);
});

test('an empty drawing has none', () => {
  expect(inkOf(new Uint8Array(20), 5)).toBeUndefined();
});
