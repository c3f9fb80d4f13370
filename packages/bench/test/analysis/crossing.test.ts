import { describe, expect, test } from 'vitest';
import { randomStream } from '@hashgrad/kernels';
import { estimate } from '../../src/analysis/estimate.ts';
import { crossing, crossingOf } from '../../src/analysis/crossing.ts';

const widths = [1000, 2000, 4000, 8000, 16_000, 32_000];

/** Differences by seed. Doubling the width is worth 1; the true crossing is at 5,657. */
function study(stream: string, seeds: number): number[][] {
  const random = randomStream(9, stream);
  return Array.from({ length: seeds }, () => {
    const ofSeed = 0.5 * random.normal();
    return widths.map((_, i) => i - 2.5 + ofSeed + 0.2 * random.normal());
  });
}

/** Eight seeds, moved. */
function shifted(by: number): number[][] {
  return study('x', 8).map((row) => row.map((difference) => difference + by));
}

describe('crossingOf', () => {
  test('is on a straight line over the logarithm, and the last one', () => {
    expect(crossingOf(widths, [-3, -2, -1, 1, 2, 3])).toBeCloseTo(4000 * Math.SQRT2, 6);
    expect(crossingOf(widths, [1, -1, -1, -1, -1, 3])).toBeCloseTo(16_000 * 2 ** 0.25, 6);
  });

  test('lies beyond what was measured where the curve does not rise through zero', () => {
    expect(crossingOf(widths, [1, 1, 1, 1, 1, 1])).toBeNull();
    expect(crossingOf(widths, [1, 1, 1, 1, 1, 0])).toBeNull();
  });
});

describe('crossing', () => {
  test.each([3, 8])('of %d seeds covers the true one in 95 ± 2 of 100 studies', (seeds) => {
    let covered = 0;
    for (let i = 0; i < 1500; i++) {
      const { low, high, everywhere } = crossing(widths, study(`study ${i}`, seeds));
      const truth = 4000 * Math.SQRT2;
      if (everywhere === null && (low ?? 0) <= truth && truth <= (high ?? Infinity)) covered++;
    }
    expect(Math.abs(covered / 1500 - 0.95)).toBeLessThan(0.02);
  });

  test('its ends are where Student’s interval of the interpolated difference touches zero', () => {
    const bySeed = study('x', 4);
    const { at, low, high } = crossing(widths, bySeed);
    const at0 = (place: number) => {
      const segment = widths.findLastIndex((width) => width <= place);
      const share = Math.log2(place / (widths[segment] as number));
      return estimate(bySeed.map((row) => row[segment]! + share * (row[segment + 1]! - row[segment]!)));
    };
    expect(at0(at as number).mean).toBeCloseTo(0, 9);
    expect(at0(low as number).high).toBeCloseTo(0, 6);
    expect(at0(high as number).low).toBeCloseTo(0, 6);
  });

  test('an end beyond the measured widths is null', () => {
    expect(crossing(widths, shifted(-100))).toEqual({ at: null, low: null, high: null, everywhere: 'below' });
    expect(crossing(widths, shifted(100))).toEqual({ at: null, low: null, high: null, everywhere: 'above' });
    const nearly = crossing(widths, shifted(-2.3));
    expect(nearly).toMatchObject({ high: null, everywhere: null });
    expect(nearly.low).toBeGreaterThan(16_000);
  });

  test('seeds that agree leave no doubt; one seed has no interval', () => {
    const sure = crossing(
      [1, 4],
      [
        [-1, 1],
        [-1, 1],
      ],
    );
    expect([sure.at, sure.low, sure.high]).toEqual([2, 2, 2].map((place) => expect.closeTo(place, 9)));
    expect(() => crossing([1, 2], [[-1, 1]])).toThrow('at least 2; got 1');
  });
});
