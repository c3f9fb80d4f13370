/** Which batches the properties of hash kernels are held to: sizes around which groups of vectors and lanes end. */
import * as fc from 'fast-check';
import { seeds } from './check.ts';
import type { BatchShape } from './hash-batches.ts';

export const batchShapes: fc.Arbitrary<BatchShape & { readonly seed: number }> = fc.record({
  seed: seeds,
  width: fc.oneof(fc.constantFrom(8, 12, 63, 64, 65), fc.integer({ min: 8, max: 80 })),
  tailWidth: fc.nat({ max: 3 }),
  count: fc.oneof(fc.constantFrom(1, 3, 4, 5, 16, 17), fc.nat({ max: 20 })),
  sparse: fc.boolean(),
  listed: fc.boolean(),
});
