import { expect, test } from 'vitest';
import { batchesOf } from '../../../src/benchmarks/lib/batches.ts';
import { stepVisits } from '../../../src/benchmarks/wide/least.ts';
import { wideData } from '../../../src/benchmarks/wide/task.ts';
import { TINY } from '../tiny.ts';

test('what a step visits is what uniform draws visit: rows of labels by expectation, those of features as they are', () => {
  const size = { ...TINY, batchSize: 32 };
  const batches = batchesOf(wideData(size).train, size.batchSize, 2);
  const visits = stepVisits(size, batches, 2);
  // Two groups of samples have drawn 40 labels of 100 each: of those of the second, four in ten are known.
  expect(visits.visitedLabels).toBe(64);
  const [first, second] = batches.map((batch) => new Set((batch as { ids: Int32Array }).ids).size) as [
    number,
    number,
  ];
  expect(visits.visitedFeatures).toBe(Math.round((first + second) / 2));
  const nonZeros = batches.reduce((sum, batch) => sum + (batch as { ids: Int32Array }).ids.length, 0);
  expect(visits.nonZeros).toBe(Math.round(nonZeros / 64));
});
