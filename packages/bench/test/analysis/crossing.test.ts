import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { crossing, crossingOf } from '../../src/analysis/crossing.ts';

const widths = [1000, 2000, 4000, 8000, 16_000, 32_000];

/** Differences by seed. Doubling the width is worth 1; the true crossing is at 5,657. */
function study(stream: string): number[][] {
  const random = randomStream(9, stream);
  return Array.from({ length: 8 }, () => {
    const ofSeed = 0.5 * random.normal();
    return widths.map((_, i) => i - 2.5 + ofSeed + 0.2 * random.normal());
  });
}

describe('crossingOf', () => {
  test('is on a straight line over the logarithm, and the last one', () => {
    expect(crossingOf(widths, [-3, -2, -1, 1, 2, 3])).toBeCloseTo(4000 * Math.SQRT2, 6);
    expect(crossingOf(widths, [1, -1, -1, -1, -1, 3])).toBeCloseTo(16_000 * 2 ** 0.25, 6);
  });

  test('lies beyond what was measured where the curve does not rise through zero', () => {
    expect(crossingOf(widths, [1, 1, 1, 1, 1, 1])).toBe(-Infinity);
    expect(crossingOf(widths, [1, 1, 1, 1, 1, 0])).toBe(Infinity);
  });
});

describe('crossing', () => {
  test('covers the true one in 95 ± 3.5 of 100 studies', () => {
    let covered = 0;
    for (let i = 0; i < 400; i++) {
      const { low, high } = crossing(widths, study(`study ${i}`), { draws: 400 });
      if ((low ?? 0) <= 4000 * Math.SQRT2 && 4000 * Math.SQRT2 <= (high ?? Infinity)) covered++;
    }
    expect(Math.abs(covered / 400 - 0.95)).toBeLessThan(0.035);
  });

  test('an end beyond the measured widths is null, and the shares say how often', () => {
    const below = study('x').map((row) => row.map((difference) => difference - 100));
    expect(crossing(widths, below)).toEqual({
      at: null,
      low: null,
      high: null,
      shares: { crosses: 0, always: 0, never: 1 },
    });
    const nearly = study('x').map((row) => row.map((difference) => difference - 2.4));
    const { high, shares } = crossing(widths, nearly);
    expect(high).toBeNull();
    expect(shares.never).toBeGreaterThan(0.02);
    expect(shares.crosses + shares.always + shares.never).toBeCloseTo(1, 12);
  });

  test('one seed has no interval', () => {
    expect(() => crossing([1, 2], [[-1, 1]])).toThrow('at least 2; got 1');
  });
});
