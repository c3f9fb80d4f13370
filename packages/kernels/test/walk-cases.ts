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

/** Up to `most` samples, one of them more often. */
export function walkCases(most: number): fc.Arbitrary<WalkCase> {
  return fc.record({
    seed: seeds,
    count: fc.integer({ min: 1, max: 12 }),
    batch: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: most })),
    width: dimensions,
    withBias: fc.boolean(),
  });
}
