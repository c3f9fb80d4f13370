import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueAtCost } from '../../src/analysis/equal-cost.ts';
import { paretoFront } from '../../src/analysis/pareto.ts';

const priced = record({ cost: integer({ min: 1, max: 9 }), value: integer({ min: 0, max: 9 }) });

describe('paretoFront', () => {
  test('by hand: accuracy higher, loss lower', () => {
    const points = [
      { cost: 3, value: 5 },
      { cost: 1, value: 2 },
      { cost: 2, value: 2 },
      { cost: 3, value: 4 },
      { cost: 4, value: 5 },
    ];
    expect(paretoFront(points, 'higher')).toEqual([points[1], points[0]]);
    expect(paretoFront(points, 'lower')).toEqual([points[1]]);
  });

  test('nothing beats a point of the front; every other point is beaten, or equalled by an earlier one', () => {
    assert(
      property(array(priced), (points) => {
        const front = paretoFront(points, 'higher');
        const beats = (a: (typeof points)[0], b: (typeof points)[0]): boolean =>
          a.cost <= b.cost && a.value >= b.value && (a.cost < b.cost || a.value > b.value);
        const equals = (a: (typeof points)[0], b: (typeof points)[0]): boolean =>
          a.cost === b.cost && a.value === b.value;
        for (const point of points) {
          const stays = front.includes(point);
          expect(stays && points.some((other) => beats(other, point))).toBe(false);
          expect(stays || front.some((other) => beats(other, point) || equals(other, point))).toBe(true);
        }
      }),
    );
  });
});

describe('valueAtCost', () => {
  const curve = [
    { cost: 100, value: 0.9 },
    { cost: 1, value: 0.5 },
    { cost: 10, value: 0.7 },
  ];

  test('goes through the points, and straight over the logarithm between them', () => {
    expect(curve.map(({ cost }) => valueAtCost(curve, cost))).toEqual([0.9, 0.5, 0.7]);
    expect(valueAtCost(curve, Math.sqrt(10))).toBeCloseTo(0.6, 12);
    expect(valueAtCost(curve, 10 ** 1.25)).toBeCloseTo(0.75, 12);
  });

  test('says nothing beyond what was measured', () => {
    expect(valueAtCost(curve, 0.99)).toBeNull();
    expect(valueAtCost(curve, 101)).toBeNull();
    expect(valueAtCost([], 1)).toBeNull();
  });

  test('takes the mean of points of equal cost, and refuses a cost of 0', () => {
    const twice = [
      { cost: 2, value: 1 },
      { cost: 2, value: 3 },
    ];
    expect(valueAtCost(twice, 2)).toBe(2);
    expect(() => valueAtCost([{ cost: 0, value: 1 }], 1)).toThrow('above 0; got 0');
  });
});
