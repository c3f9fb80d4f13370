import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pointKey } from '../../src/analysis/runs.ts';
import { firstReach, reach } from '../../src/analysis/target.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { madeUp } from '../made-up.ts';

describe('firstReach', () => {
  test('on straight lines; at the first point; never', () => {
    expect(firstReach([1, 2, 4], [0.1, 0.5, 0.9], 0.7, 'higher')).toBeCloseTo(3, 12);
    expect(firstReach([1, 2, 4], [3, 2, 1], 2.5, 'lower')).toBeCloseTo(1.5, 12);
    expect(firstReach([1, 2], [0.8, 0.5], 0.7, 'higher')).toBe(1);
    expect(firstReach([1, 2], [0.1, 0.5], 0.7, 'higher')).toBeNull();
    expect(firstReach([], [], 0.7, 'higher')).toBeNull();
    expect(() => firstReach([1], [], 0, 'higher')).toThrow('got 1 and 0');
  });

  test('a higher target takes no less', () => {
    assert(
      property(array(integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }), (y) => {
        const place = (target: number): number => firstReach([...y.keys()], y, target, 'higher') ?? Infinity;
        for (let target = 0; target < 20; target++)
          expect(place(target + 1)).toBeGreaterThanOrEqual(place(target));
      }),
    );
  });
});

function run(arm: string, seed: number, loss: readonly number[]): TrialRecord {
  return madeUp({ arm }, seed, {}, { series: { seconds: [1, 2, 3], loss } });
}

describe('reach', () => {
  const facts = { metrics: ['loss'], seeds: [1, 2], baseline: { arm: 'full' } };

  test('without a value the target is where the baseline’s run of the same seed ends', () => {
    const found = reach(
      facts,
      [
        run('full', 1, [3, 2, 1]),
        run('full', 2, [3, 2, 2]),
        run('fast', 1, [2, 0, 0]),
        run('fast', 2, [4, 0, 0]),
      ],
      { metric: 'loss', over: 'seconds' },
    );
    expect(found.get(pointKey({ arm: 'fast' }))).toMatchObject({ n: 2, reached: 2, estimate: { mean: 1.5 } });
    expect(found.get(pointKey({ arm: 'full' }))).toMatchObject({ estimate: { mean: 2.5 } });
  });

  test('a mean is given only where all seeds reach it', () => {
    const list = [run('slow', 1, [3, 2, 1]), run('slow', 2, [3, 3, 3])];
    const target = { metric: 'loss', over: 'seconds', value: 1.5 };
    expect(reach(facts, list, target).get(pointKey({ arm: 'slow' }))).toEqual({
      n: 2,
      reached: 1,
      estimate: null,
    });
    expect(reach(facts, list, { metric: 'loss', over: 'seconds' }).size).toBe(0);
    expect(reach(facts, list, { ...target, over: 'step' }).size).toBe(0);
  });
});
