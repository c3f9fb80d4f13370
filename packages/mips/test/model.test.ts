import { expect, test } from 'vitest';
import { KINDS } from './kinds.ts';
import { runModel } from './model.ts';

const operations = 30_000;
const most = 6000;

test.each(KINDS)('$name: what random operations leave is what plain arrays hold', (kind) => {
  const report = runModel({ kind, operations, seed: 1, most, capacity: 2 ** 26 });
  expect(report.searches).toBeGreaterThan(3);
  expect(report.loads).toBeGreaterThan(0);
  expect(report.refused).toBe(0);
});

test.each(KINDS.filter(({ ordered }) => ordered))('$name: in a memory that is full now and then', (kind) => {
  const report = runModel({ kind, operations, seed: 2, most, capacity: kind.tight });
  expect(report.refused).toBeGreaterThan(3);
});

test.each(KINDS.filter(({ name }) => name === 'signatures'))(
  '$name: so many vectors that full blocks of alike lengths get more at once',
  (kind) => {
    for (const seed of [3, 4]) {
      const report = runModel({ kind, operations: 60_000, seed, most: 30_000, capacity: 2 ** 27 });
      expect(report.refused).toBe(0);
    }
  },
);
