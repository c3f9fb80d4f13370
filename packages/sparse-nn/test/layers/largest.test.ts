import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Largest } from '../../src/layers/largest.ts';

test('the largest are those that sorting gives, of equal ones the first', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(values, fc.nat({ max: 20 }), (offered, count) => {
      const largest = new Largest(count);
      for (const [place, value] of offered.entries()) largest.offer(value, place);
      const order = [...offered.keys()].toSorted((a, b) => offered[b]! - offered[a]! || a - b);
      const expected = order.slice(0, count).filter((place) => offered[place]! > -Infinity);
      expect([...largest.places()]).toEqual(expected.toSorted((a, b) => a - b));
    }),
  );
});

test('what is no number is none of them', () => {
  const largest = new Largest(2);
  for (const [place, value] of [NaN, 1, NaN].entries()) largest.offer(value, place);
  expect([...largest.places()]).toEqual([1]);
});
