import { expect, test } from 'vitest';
import { measureBandwidth } from '../src/benchmarks/bandwidth.ts';

test('bandwidth is measured on one thread and on two', async () => {
  const { passes, oneThread, twoThreads } = await measureBandwidth(2 ** 16);
  expect(passes.map(({ name }) => name)).toEqual(['add', 'update']);
  expect(oneThread).toBe(Math.max(...passes.map((pass) => pass.oneThread)));
  expect(twoThreads).toBe(Math.max(...passes.map((pass) => pass.twoThreads)));
  expect(Math.min(oneThread, twoThreads)).toBeGreaterThan(0);
});
