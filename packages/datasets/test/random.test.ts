import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomIndex, randomPermutation, randomSource } from '../src/random.ts';

function start(seed: number, stream: string): string {
  const source = randomSource(seed, stream);
  return [source(), source(), source()].join();
}

describe('randomSource', () => {
  it('is uniform on [0, 1), for neighbouring seeds and from the first number on', () => {
    const firsts = Array.from({ length: 10_000 }, (_, seed) => randomSource(seed, 'test')());
    expect(firsts.every((value) => value >= 0 && value < 1)).toBe(true);
    const bins = new Int32Array(100);
    for (const value of firsts) bins[Math.floor(100 * value)]!++;
    // Chi squared with 99 degrees of freedom: mean 99, standard deviation 14.
    const chi = bins.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    expect(Math.abs(chi - 99)).toBeLessThan(4 * 14);
  });

  it('gives every seed and every name a stream of its own', () => {
    expect(start(1, 'a')).toBe(start(1, 'a'));
    const starts = [1, 2, 2 ** 32 - 1].flatMap((seed) =>
      ['a', 'b', 'ab', 'ba'].map((name) => start(seed, name)),
    );
    expect(new Set(starts).size).toBe(12);
  });

  it('stays as it is from version to version', () => {
    const source = randomSource(1, 'golden');
    expect([source(), source(), source()].map((value) => value * 2 ** 32)).toEqual([
      3_396_875_615, 2_288_853_367, 2_659_015_559,
    ]);
  });
});

it('draws indices below the count', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 1000 }), (seed, count) => {
      const index = randomIndex(randomSource(seed, 'test'), count);
      expect(Number.isInteger(index) && index >= 0 && index < count).toBe(true);
    }),
  );
});

it('draws permutations, each about as often', () => {
  const counts = new Map<string, number>();
  const source = randomSource(5, 'test');
  for (let i = 0; i < 6_000; i++) {
    const key = randomPermutation(source, 3).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(4 * Math.sqrt(1_000));
});
