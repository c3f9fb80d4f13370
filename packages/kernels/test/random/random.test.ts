import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream, resumeStream } from '../../src/index.ts';
import type { RandomStream } from '../../src/index.ts';
import { check } from '../check.ts';

const DRAWS: Record<string, (stream: RandomStream) => number> = {
  uniform: (stream) => stream.uniform(),
  integer: (stream) => stream.integer(1000),
  normal: (stream) => stream.normal(),
};

function first(stream: RandomStream, count: number = 20): number[] {
  return Array.from({ length: count }, () => stream.uniform());
}

/** The means of the first four powers of 100,000 numbers. */
function moments(draw: () => number): number[] {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < 100_000; i++) {
    const x = draw();
    for (let power = 0; power < 4; power++) sums[power] += x ** (power + 1) / 100_000;
  }
  return sums;
}

describe('a random stream', () => {
  test('is the same at every call, and another for another name or seed', () => {
    const seeds = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    check(fc.tuple(seeds, fc.string()), ([seed, name]) => {
      const numbers = first(randomStream(seed, name));
      expect(first(randomStream(seed, name))).toEqual(numbers);
      expect(first(randomStream(seed, `${name}x`))).not.toEqual(numbers);
      expect(first(randomStream(seed === 0 ? 1 : -seed, name))).not.toEqual(numbers);
    });
  });

  // These numbers are part of the contract: results that were published with a seed must come out again.
  test('gives the numbers that it always gave', () => {
    const stream = randomStream(42, 'weights');
    expect(first(stream, 3)).toEqual([0.47335837249871837, 0.4485466640543778, 0.9712043928259381]);
    expect(Array.from({ length: 5 }, () => stream.integer(1000))).toEqual([219, 644, 203, 407, 389]);
  });

  test('goes on after its saved state, whatever was drawn before and is drawn then', () => {
    const names = fc.array(fc.constantFrom(...Object.keys(DRAWS)), { maxLength: 9 });
    check(fc.tuple(names, names), ([before, after]) => {
      const stream = randomStream(7, 'resumed');
      for (const name of before) DRAWS[name](stream);
      const saved = JSON.stringify(stream.state());
      const resumed = resumeStream(JSON.parse(saved) as number[]);
      expect(after.map((name) => DRAWS[name](resumed))).toEqual(after.map((name) => DRAWS[name](stream)));
    });
  });

  // The seed is fixed; the bounds are some four standard errors for 100,000 numbers.
  test('has the moments of its distributions', () => {
    const stream = randomStream(1, 'moments');
    const [mean, square, cube, fourth] = moments(() => stream.normal());
    expect(Math.abs(mean)).toBeLessThan(0.013);
    expect(Math.abs(square - 1)).toBeLessThan(0.018);
    expect(Math.abs(cube)).toBeLessThan(0.05);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.13);
    const uniform = moments(() => stream.uniform());
    uniform.forEach((moment, power) => expect(Math.abs(moment - 1 / (power + 2))).toBeLessThan(0.004));
  });

  test('draws integers below the bound, all alike', () => {
    const stream = randomStream(2, 'integers');
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]++;
    expect(counts.reduce((sum, count) => sum + count)).toBe(70_000);
    // Chi squared with 6 degrees of freedom: 22.5 is exceeded once in a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
    expect(stream.integer(1)).toBe(0);
  });

  test.each([0, -5, 2.5, NaN, 2 ** 53])('refuses an integer below %d', (below) => {
    expect(() => randomStream(1, 'x').integer(below)).toThrow(
      `An integer below ${below} was asked for: the bound must be an integer of 1 or more.`,
    );
  });

  test.each([1.5, NaN, Infinity, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => randomStream(seed, 'x')).toThrow(`A seed is an integer; got ${seed}.`);
  });

  test('refuses a state that is none', () => {
    expect(() => resumeStream([1, 2, 3])).toThrow('must have been produced by');
  });
});
