import { describe, expect, test } from 'vitest';
import { frontier, rateAtRecall } from '../../../src/benchmarks/mips/curve.ts';

const point = (recall: number, rate: number) => ({ recall, rate });

/** An exponential. */
function law(recall: number): number {
  return 1000 * Math.exp(-7 * recall);
}

describe('recall against rate', () => {
  test('on a curve that is exponential in the recall, what is read off is on the curve', () => {
    const points = [0.99, 0.8, 0.93].map((recall) => point(recall, law(recall)));
    for (const recall of [0.8, 0.85, 0.9, 0.93, 0.95, 0.99]) {
      expect(rateAtRecall(points, recall)).toBeCloseTo(law(recall), 9);
    }
  });

  test('points that another beats count for nothing', () => {
    const points = [point(0.9, 100), point(0.95, 120), point(0.92, 90), point(0.99, 50), point(0.99, 40)];
    expect(frontier(points)).toEqual([point(0.95, 120), point(0.99, 50)]);
    expect(rateAtRecall(points, 0.9)).toBe(120);
  });

  test('below the least recall it is the rate there, above the greatest there is none', () => {
    const points = [point(0.9, 100), point(0.95, 80)];
    expect(rateAtRecall(points, 0.5)).toBe(100);
    expect(rateAtRecall(points, 0.951)).toBeUndefined();
    expect(rateAtRecall([], 0.5)).toBeUndefined();
  });
});
