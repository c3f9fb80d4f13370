import { expect, test } from 'vitest';
import { sparseConnections } from '../../src/index.ts';
import { connectionCount, droppedAt } from '../../src/spec/sparse-connections.ts';

test('the share that is dropped falls along a half cosine, as RigL has it, and is 0 between and after', () => {
  const spec = sparseConnections({ density: 0.1, every: 100, dropFraction: 0.3, until: 1000 });
  const [alpha, end, count] = [0.3, 1000, 5000];
  for (let step = 1; step <= 1200; step++) {
    const share = step % 100 === 0 && step < end ? (alpha / 2) * (1 + Math.cos((step * Math.PI) / end)) : 0;
    expect(droppedAt(spec, step, count)).toBe(Math.round(share * count));
  }
  expect(droppedAt(spec, 100, count)).toBeGreaterThan(1400);
});

test('without an end it stays, and of connections that never regrow none is dropped', () => {
  const { until: _, ...endless } = sparseConnections({ density: 0.1, every: 2, dropFraction: 1 });
  expect([1, 2, 3, 4].map((step) => droppedAt(endless, step, 7))).toEqual([0, 7, 0, 7]);
  expect(droppedAt(sparseConnections({ density: 0.1, regrow: 'never' }), 100, 7)).toBe(0);
});

test('defaults are those of RigL, and left out where nothing regrows', () => {
  expect(sparseConnections({ density: 0.1 })).toEqual({
    density: 0.1,
    regrow: 'gradient',
    every: 100,
    dropFraction: 0.3,
  });
  expect(sparseConnections({ density: 0.1, regrow: 'never' })).toEqual({ density: 0.1, regrow: 'never' });
});

test('there are as many connections as the share says, and one at the least', () => {
  const counts = [0.25, 0.1, 1, 1e-9].map((density) => connectionCount(sparseConnections({ density }), 30));
  expect(counts).toEqual([8, 3, 30, 1]);
});
