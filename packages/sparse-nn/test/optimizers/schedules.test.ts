import { describe, expect, test } from 'vitest';
import {
  constant,
  cosineDecay,
  exponentialDecay,
  rateAt,
  sgd,
  stepDecay,
  warmUp,
  type ScheduleSpec,
} from '../../src/index.ts';

/** Rates of a schedule on 0.5 at some steps. */
function rates(schedule: ScheduleSpec | undefined, steps: readonly number[]): number[] {
  const spec = sgd(schedule ? { rate: 0.5, schedule } : { rate: 0.5 });
  const copy = JSON.parse(JSON.stringify(spec)) as typeof spec;
  expect(copy).toEqual(spec);
  return steps.map((t) => rateAt(copy, t));
}

describe('the rate', () => {
  test.for<[string, ScheduleSpec | undefined, readonly (readonly [number, number])[]]>([
    [
      'without a schedule',
      undefined,
      [
        [0, 0.5],
        [1000, 0.5],
      ],
    ],
    [
      'constant',
      constant(),
      [
        [0, 0.5],
        [1000, 0.5],
      ],
    ],
    [
      'by steps',
      stepDecay({ every: 10, factor: 0.5 }),
      [
        [0, 0.5],
        [9, 0.5],
        [10, 0.25],
        [35, 0.0625],
      ],
    ],
    [
      'exponential',
      exponentialDecay({ every: 10 }),
      [
        [0, 0.5],
        [5, 0.5 / Math.sqrt(10)],
        [20, 0.005],
      ],
    ],
    [
      'cosine',
      cosineDecay({ steps: 20, end: 0.1 }),
      [
        [0, 0.5],
        [10, 0.275],
        [20, 0.05],
        [99, 0.05],
      ],
    ],
    [
      'cosine to 0',
      cosineDecay({ steps: 30 }),
      [
        [0, 0.5],
        [10, 0.375],
        [30, 0],
      ],
    ],
    [
      'warm-up',
      warmUp({ steps: 4 }),
      [
        [0, 0.125],
        [1, 0.25],
        [3, 0.5],
        [4, 0.5],
        [99, 0.5],
      ],
    ],
    [
      'warm-up, then by steps',
      warmUp({ steps: 4, next: stepDecay({ every: 3 }) }),
      [
        [3, 0.5],
        [4, 0.5],
        [6, 0.5],
        [7, 0.05],
      ],
    ],
  ])('%s', ([, schedule, points]) => {
    const made = rates(
      schedule,
      points.map(([t]) => t),
    );
    for (const [i, [, rate]] of points.entries()) expect(made[i]).toBeCloseTo(rate, 12);
  });
});
