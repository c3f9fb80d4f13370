import { hidden, Network, network, OPERATIONS, softmax } from '@hashgrad/sparse-nn';
import type { DenseExamples, Examples, StepResult, WorkCounts } from '@hashgrad/sparse-nn';
import { expect, test } from 'vitest';
import { batchesOf } from '../../../src/benchmarks/lib/batches.ts';
import {
  otherMilliseconds,
  planSteps,
  Stepper,
  summarizeSteps,
  timeSteps,
} from '../../../src/benchmarks/lib/steps.ts';
import type { Step } from '../../../src/benchmarks/lib/steps.ts';

test('steps are divided into some to warm up and whole periods', () => {
  expect(planSteps(60, 50)).toEqual({ warmUp: 10, measured: 50 });
  expect(planSteps(210, 50)).toEqual({ warmUp: 10, measured: 200 });
  expect(planSteps(105, 50)).toEqual({ warmUp: 5, measured: 100 });
  expect(planSteps(101, 50)).toEqual({ warmUp: 10, measured: 50 });
  expect(planSteps(1, 50)).toEqual({ warmUp: 2, measured: 50 });
});

/** A step of so many milliseconds, some of them rehashing. */
function step(milliseconds: number, rehash: number): Step {
  const zeros = { hashing: 0, choose: 0, forward: 0, backward: 0, optimizer: 0, rehash: 0 };
  const report: StepResult = {
    step: 1,
    samples: 4,
    loss: 1,
    seconds: milliseconds / 1000,
    ...(Object.fromEntries(OPERATIONS.map((kind) => [kind, zeros])) as unknown as WorkCounts),
    multiplyAdds: { ...zeros, forward: 10, rehash: 2 * rehash },
    entries: { ...zeros, choose: rehash },
    partSeconds: { ...zeros, forward: 0.002, rehash: rehash / 1000 },
    activeShare: 0.5,
    paddedShare: 0.25,
  };
  return { report, batch: {} as Examples };
}

test('a rehash is spread over all steps', () => {
  const summary = summarizeSteps([step(4, 0), step(5, 0), step(106, 100), step(5, 0)]);
  expect(summary.milliseconds.median).toBeCloseTo(30, 9);
  expect(summary.milliseconds.low).toBeCloseTo(29.75, 9);
  expect(summary.meanMilliseconds).toBeCloseTo(30, 9);
  expect(summary.parts.rehash).toBeCloseTo(25, 9);
  expect(summary.work.multiplyAdds).toMatchObject({ forward: 10, rehash: 50 });
  expect(summary.work.entries).toMatchObject({ choose: 25, rehash: 0 });
  expect(otherMilliseconds(summary)).toBeCloseTo(3, 9);
  expect(summary).toMatchObject({ activeShare: 0.5, paddedShare: 0.25 });
});

test('runs take turns, each with its own number of steps', async () => {
  const examples: DenseExamples = {
    rows: 6,
    columns: 2,
    inputs: Float32Array.from({ length: 12 }, (_, i) => i % 3),
    labels: Int32Array.from([0, 1, 0, 1, 0, 1]),
  };
  const batches = batchesOf(examples, 2, 3);
  using one = await Network.create(network(2, [hidden(3), softmax(2)]), { batchSize: 2 });
  using two = await Network.create(network(2, [hidden(3), softmax(2)]), { batchSize: 2 });
  const turns: string[] = [];
  const steps = timeSteps(
    {
      long: { stepper: new Stepper(one, batches), plan: { warmUp: 2, measured: 40 } },
      short: { stepper: new Stepper(two, batches), plan: { warmUp: 1, measured: 5 } },
    },
    (turn, of) => turns.push(`${turn}/${of}`),
  );
  expect(turns).toEqual(['1/2', '2/2']);
  expect(steps.long).toHaveLength(40);
  expect(steps.short).toHaveLength(5);
  // After its warm-up each goes on with the next batch, and begins again after the last.
  expect(steps.long.slice(0, 3).map(({ batch }) => batches.indexOf(batch))).toEqual([2, 0, 1]);
  expect(steps.short.map(({ batch }) => batches.indexOf(batch))).toEqual([1, 2, 0, 1, 2]);
  expect(steps.short[0]?.report).toMatchObject({ step: 2, samples: 2 });
});
