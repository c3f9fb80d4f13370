import { randomStream } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  hidden,
  inBatch,
  lsh,
  Network,
  network,
  PARTS,
  sgd,
  softmax,
  topK,
  type DenseExamples,
  type EpochReport,
  type NetworkSpec,
  type UpdateMode,
  type StepResult,
} from '../../src/index.ts';
import { shuffled } from '../../src/training/run.ts';
import { blobs } from '../data.ts';
import { bits, fit } from '../training.ts';

const ROWS = 50;
const BATCH = 20;
const SEED = 5;
const examples = blobs({ rows: ROWS, columns: 12, classes: 4 });

/** The rows of an epoch of `fit`, as it takes them: batches, and one of what is left. */
function epochOf(stream: ReturnType<typeof randomStream>): DenseExamples[] {
  const order = shuffled(ROWS, stream);
  return [0, BATCH, 2 * BATCH].map((from) => {
    const rows = order.subarray(from, from + BATCH);
    return {
      rows: rows.length,
      columns: 12,
      inputs: Float32Array.from(
        [...rows].flatMap((row) => [...examples.inputs.subarray(row * 12, row * 12 + 12)]),
      ),
      labels: Int32Array.from(rows, (row) => examples.labels[row]),
    };
  });
}

function create(spec: NetworkSpec): Promise<Network> {
  return Network.create(spec, { seed: SEED, batchSize: BATCH });
}

function total(reports: readonly StepResult[], of: (report: StepResult) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

describe('a step', () => {
  const select = lsh({ count: 10, family: simHash({ bits: 3, tables: 4 }), pad: 'uniform', rehash: 2 });
  const layers = [hidden(30, select, { dropout: 0.2 }), softmax(4, topK({ count: 3 }))];

  test.for<UpdateMode>(['neuron', 'sample', 'hogwild', 'union'])(
    'is what fit takes a batch by: %s',
    async (order) => {
      const spec = network(12, layers, adagrad({ rate: 0.05 }), { updateMode: order });
      using whole = await create(spec);
      const reports = await fit(whole, examples, 2);
      using stepped = await create(spec);
      const stream = randomStream(SEED, 'shuffle');
      const steps = [1, 2].map(() => epochOf(stream).map((batch) => stepped.step(batch)));
      expect(bits(stepped)).toBe(bits(whole));
      for (const [e, { loss, multiplyAdds, activeShare, paddedShare }] of reports.entries()) {
        const own = steps[e];
        const mean = (key: keyof EpochReport & keyof StepResult): number =>
          total(own, (step) => (step[key] as number) * step.samples) / ROWS;
        expect(mean('loss')).toBeCloseTo(loss, 10);
        expect(mean('activeShare')).toBeCloseTo(activeShare, 10);
        expect(mean('paddedShare')).toBeCloseTo(paddedShare, 10);
        expect(paddedShare).toBeGreaterThan(0);
        for (const part of PARTS) {
          expect(total(own, (step) => step.multiplyAdds[part])).toBe(multiplyAdds[part]);
        }
      }
      const perBatch = order === 'neuron' || order === 'union';
      expect(steps.flat().map(({ step }) => step)).toEqual(
        perBatch ? [1, 2, 3, 4, 5, 6] : [20, 40, 50, 70, 90, 100],
      );
    },
  );

  test('takes its time, and no more', async () => {
    using net = await create(network(12, layers));
    const start = performance.now();
    const { seconds, partSeconds } = net.step({
      ...examples,
      rows: 1,
      inputs: examples.inputs.slice(0, 12),
      labels: examples.labels.slice(0, 1),
    });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual((performance.now() - start) / 1000);
    expect(PARTS.reduce((sum, part) => sum + partSeconds[part], 0)).toBeLessThanOrEqual(seconds);
  });

  test('in the midst of a run lets the run go on', async () => {
    using net = await create(network(12, [hidden(8), softmax(4)], sgd({ rate: 0.1 })));
    const [batch] = epochOf(randomStream(1, 'any'));
    const run = net.fit(examples, { epochs: 3 });
    await run.next();
    expect(net.step(batch).step).toBe(4);
    const { value } = await run.next();
    expect(value).toMatchObject({ epoch: 2, steps: 3, samples: ROWS });
  });

  test('refuses what is no batch', async () => {
    using net = await create(network(12, [hidden(8), softmax(4, inBatch({ count: 2 }))]));
    expect(() => net.step(examples)).toThrow(
      "A step takes at most 20 rows, the network's batch size; got 50.",
    );
    const none = { rows: 0, columns: 12, inputs: new Float32Array(0), labels: new Int32Array(0) };
    expect(() => net.step(none)).toThrow('There are no examples.');
    const wrong = { rows: 1, columns: 12, inputs: new Float32Array(12), labels: Int32Array.of(4) };
    expect(() => net.step(wrong)).toThrow('The label of row 0 is 4; classes are 0 to 3.');
    const many = { ...wrong, labels: Int32Array.of(0, 1, 2), labelOffsets: Int32Array.of(0, 3) };
    expect(() => net.step(many)).toThrow('Row 0 has 3 labels, which are always active');
  });
});
