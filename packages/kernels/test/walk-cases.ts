/** What the properties of the walks are tried on. */
import * as fc from 'fast-check';
import { dimensions, seeds } from './check.ts';

export interface WalkCase {
  readonly seed: number;
  /** Rows of weights. */
  readonly count: number;
  readonly batch: number;
  readonly width: number;
  readonly withBias: boolean;
}

/**
 * Up to `most` samples, one of them more often; now and then more rows than have their updates put off at a time, or rows of so many
 * bytes that fewer have.
 */
export function walkCases(most: number): fc.Arbitrary<WalkCase> {
  return fc.record({
    seed: seeds,
    count: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 1, arbitrary: fc.integer({ min: 17, max: 40 }) },
    ),
    batch: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: most })),
    width: fc.oneof({ weight: 30, arbitrary: dimensions }, { weight: 1, arbitrary: fc.constant(1100) }),
    withBias: fc.boolean(),
  });
}
