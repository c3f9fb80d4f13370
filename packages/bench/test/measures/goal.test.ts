import { expect, test } from 'vitest';
import { costsAt, foundWithin } from '../../src/measures/goal.ts';

const found = [0.2, 0.6, 0.55, 0.9];
const work = [10, 100, 200, 800];

test('the cost of a goal lies between two efforts, on a line in its logarithm', () => {
  const { workAt40, workAt60, workAt75 } = costsAt(found, [0.4, 0.6, 0.75], { work });
  // Half of the way from 0.2 to 0.6, and from 10 to 100.
  expect(workAt40).toBeCloseTo(Math.sqrt(10 * 100), 6);
  expect(workAt60).toBeCloseTo(100, 6);
  expect(workAt75).toBeCloseTo(200 * 4 ** (0.2 / 0.35), 6);
});

test('costs of the first effort are told for all that it reaches, and none for what no effort reaches', () => {
  expect(costsAt(found, [0.1, 0.2, 0.95], { work })).toEqual({ workAt10: 10, workAt20: 10 });
});

test('costs may fall, as a rate does', () => {
  const { rateAt40 } = costsAt([0.2, 0.6], [0.4], { rate: [100, 1] });
  expect(rateAt40).toBeCloseTo(10, 6);
});

test('the most that is found within a cost', () => {
  expect(foundWithin(found, work, 250)).toBe(0.6);
  expect(foundWithin(found, work, 9)).toBeUndefined();
});
