import { expect, test } from 'vitest';
import {
  countJob,
  CROWDED_PATIENCE,
  makeControl,
  noteWait,
  PATIENCE,
  patienceOf,
} from '../../src/threads/control.ts';

test('after a thread came late the others are looked for only briefly, for some jobs', () => {
  const control = makeControl(2);
  const patience = (): number => {
    countJob(control);
    return patienceOf(control);
  };
  noteWait(control, 0.3);
  expect(patience()).toBe(PATIENCE);
  noteWait(control, 3);
  let brief = 0;
  while (patience() === CROWDED_PATIENCE) brief++;
  expect(brief).toBeGreaterThan(100);
  expect(patience()).toBe(PATIENCE);
  noteWait(control, 3);
  expect(patience()).toBe(CROWDED_PATIENCE);
});
