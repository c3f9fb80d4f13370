import { expect, test } from 'vitest';
import {
  countJob,
  CROWDED_PATIENCE,
  makeControl,
  noteLate,
  PATIENCE,
  patienceOf,
} from '../../src/threads/control.ts';

test('after a thread came late the others are looked for only briefly, for some jobs', () => {
  const control = makeControl(2);
  const patience = (): number => {
    countJob(control);
    return patienceOf(control);
  };
  expect(patience()).toBe(PATIENCE);
  noteLate(control);
  let brief = 0;
  // Who is looked for briefly is often late: that says nothing.
  for (; patience() === CROWDED_PATIENCE && brief < 1000; brief++) noteLate(control);
  expect(brief).toBeGreaterThan(100);
  expect(brief).toBeLessThan(1000);
  expect(patience()).toBe(PATIENCE);
  noteLate(control);
  expect(patience()).toBe(CROWDED_PATIENCE);
});
