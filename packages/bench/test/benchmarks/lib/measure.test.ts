import { describe, expect, test } from 'vitest';
import { alternate, ratio, sample, timeFunctions } from '../../../src/benchmarks/lib/measure.ts';

function fails(): void {
  throw new Error('broken kernel');
}

describe('measuring', () => {
  test('median and quartiles', () => {
    expect(sample([5, 1, 3, 2, 4])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
    expect(sample([7])).toEqual({ median: 7, low: 7, high: 7, count: 1 });
  });

  test('a ratio’s range is from the quartiles that are the farthest apart', () => {
    expect(ratio(sample([2, 4, 6]), sample([1, 2, 3]))).toEqual({
      median: 2,
      low: 3 / 2.5,
      high: 5 / 1.5,
      count: 3,
    });
  });

  test('functions are timed in seconds a call', () => {
    let calls = 0;
    const wait = (milliseconds: number) => (): void => {
      calls += 1;
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const times = timeFunctions({ short: wait(2), long: wait(6) }, { rounds: 2, seconds: 0.05 });
    expect(calls).toBeGreaterThan(10);
    expect(times.short.length).toBeGreaterThanOrEqual(6);
    // A busy machine makes waits longer, never shorter; one call in seconds rather than milliseconds is far below 1.
    for (const [name, least] of [
      ['short', 0.002],
      ['long', 0.006],
    ] as const) {
      expect(Math.min(...times[name])).toBeGreaterThanOrEqual(least);
      expect(Math.min(...times[name])).toBeLessThan(1);
    }
  });

  test('an error in a timed function is not lost', () => {
    expect(() => timeFunctions({ fails })).toThrow('broken kernel');
  });

  test('whole runs alternate', async () => {
    const order: string[] = [];
    const run = (name: string, value: number) => async (): Promise<number> => {
      order.push(name);
      return value + order.length;
    };
    const values = await alternate({ a: run('a', 10), b: run('b', 20) }, 3);
    expect(order.join('')).toBe('ababab');
    expect(values).toEqual({ a: [11, 13, 15], b: [22, 24, 26] });
  });
});
