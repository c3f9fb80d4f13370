import { afterEach, expect, test, vi } from 'vitest';
import { measureBandwidth } from '../../../src/benchmarks/lib/bandwidth.ts';

afterEach(() => vi.restoreAllMocks());

test('bandwidth is that of the fastest round and pass, on one thread and on two', async () => {
  // Passes take milliseconds in this order: 10 rounds of add on one thread and on two by turns, then those of update.
  const add = Array.from({ length: 10 }, (_, round) => [round === 4 ? 8 : 9, round === 7 ? 2 : 6]);
  const update = Array.from({ length: 10 }, () => [4, 3]);
  const ends = [...add, ...update].flat();
  let calls = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (calls++ % 2 === 0 ? 0 : (ends.shift() as number)));
  const bytes = 2 ** 16;
  expect(await measureBandwidth(bytes)).toEqual({
    passes: [
      { name: 'add', oneThread: (3 * bytes) / 0.008, twoThreads: (3 * bytes) / 0.002 },
      { name: 'update', oneThread: (3 * bytes) / 0.004, twoThreads: (3 * bytes) / 0.003 },
    ],
    oneThread: (3 * bytes) / 0.004,
    twoThreads: (3 * bytes) / 0.002,
  });
  expect(ends).toEqual([]);
});
