import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  linearOutput,
  lsh,
  network,
  Network,
  softmax,
  type EpochReport,
  type Evaluation,
  type FitOptions,
  type Metric,
  type Validation,
} from '../../src/index.ts';
import { blobs, halves, withTargets } from '../data.ts';
import { bits, create } from '../training.ts';

const [few, held] = halves(blobs({ rows: 90, columns: 12, classes: 4, apart: 0.4 }), 30);
const select = lsh({ count: 25, family: simHash({ bits: 3, tables: 6 }), transform: identity(), rehash: 3 });
const overfits = network(12, [hidden(60, select), softmax(4)], adam({ rate: 0.02 }));
const batchSize = 10;
const firstBatch = {
  ...few,
  rows: batchSize,
  inputs: few.inputs.slice(0, 12 * batchSize),
  labels: few.labels.slice(0, batchSize),
};
const restoring = { validation: { examples: held }, earlyStopping: { patience: 100, restoreBest: true } };

function lossOf({ validation }: EpochReport): number {
  return (validation as Evaluation).loss;
}

/** Trains, and whatever ends it is over then; the validation losses. */
async function train(net: Network, options: FitOptions, breakAt: number = Infinity): Promise<number[]> {
  const losses: number[] = [];
  try {
    for await (const report of net.fit(few, options)) {
      if (report.validation) losses.push(lossOf(report));
      if (report.epoch === breakAt) break;
    }
  } catch (error) {
    if ((error as Error).message !== 'enough') throw error;
  }
  return losses;
}

describe('a metric', () => {
  test.for<[Metric, string]>([
    [({ f1 }: Evaluation & { f1?: number }) => f1 as number, 'undefined'],
    [({ precision }) => precision[10]!, 'undefined'],
    [() => NaN, 'NaN'],
    [() => Infinity, 'Infinity'],
  ])('that is no finite number is refused after the first epoch: %#', async ([metric, got]) => {
    using net = await create(overfits, few, { batchSize });
    const options = { epochs: 9, validation: { examples: held }, earlyStopping: { patience: 3, metric } };
    await expect(net.train(few, options)).rejects.toThrow(
      `The metric of earlyStopping gave ${got} after epoch 1; it has to be a finite number.`,
    );
    // The epoch is done: with a metric that is one the run goes on.
    const { epochs } = await net.train(few, { epochs: 2, resume: true, validation: { examples: held } });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  test("'accuracy' of a linear output is refused at once", async () => {
    const numbers = withTargets(few, 2);
    using net = await create(network(12, [linearOutput(2)]), numbers);
    const earlyStopping = { patience: 3, metric: 'accuracy' } as const;
    expect(() => net.fit(numbers, { epochs: 9, validation: { examples: numbers }, earlyStopping })).toThrow(
      "earlyStopping: a linear output has no 'accuracy'; take 'loss', or ({ determination }) => determination.",
    );
  });

  test("'loss' of a sparse pass is refused where the output selects, and nowhere else", async () => {
    const sparse: Validation = { examples: held, pass: 'sparse' };
    const options = { epochs: 1, validation: sparse, earlyStopping: { patience: 1 } };
    const family = simHash({ bits: 2, tables: 3 });
    using net = await create(network(12, [hidden(8), softmax(4, lsh({ count: 2, family }))]), few);
    expect(() => net.fit(few, options)).toThrow(
      "earlyStopping: the 'loss' of a sparse pass leaves out the labels that were not active, so that it is lowest where none is found.",
    );
    await net.train(few, { ...options, earlyStopping: { patience: 1, metric: 'accuracy' } });
    using dense = await create(overfits, few);
    await dense.train(few, options);
  });
});

describe('restoreBest', () => {
  const steps = 3;
  test.for<[string, Partial<FitOptions>, number]>([
    ['epochs', { epochs: 12 }, Infinity],
    ['maxSteps', { maxSteps: 12 * steps }, Infinity],
    ['maxSteps within an epoch', { maxSteps: 12 * steps + 1 }, Infinity],
    ['a break', {}, 12],
    [
      'an error',
      {
        onStep({ step }) {
          if (step === 12 * steps + 2) throw new Error('enough');
        },
      },
      Infinity,
    ],
  ])(
    'brings the best weights back when %s ends the run, and `resume` goes on from the last',
    async (ending) => {
      const [, options, breakAt] = ending;
      using undisturbed = await create(overfits, few, { batchSize });
      await train(undisturbed, { epochs: 15, validation: { examples: held } });
      using net = await create(overfits, few, { batchSize });
      const losses = await train(net, { epochs: 200, ...restoring, ...options }, breakAt);
      const [best, last] = [Math.min(...losses.slice(0, 12)), losses[11]];
      expect(last).toBeGreaterThan(best);
      expect(net.evaluate(held).loss).toBe(best);
      // A checkpoint of then has both, too.
      using loaded = await Network.load(net.toBytes());
      for (const each of [net, loaded]) {
        expect(each.evaluate(held).loss).toBe(best);
        await train(each, { epochs: 15, resume: true, validation: { examples: held } });
        expect(bits(each)).toBe(bits(undisturbed));
      }
    },
  );

  test('brings them back when a signal ends the run, also while it validates', async () => {
    using net = await create(overfits, few, { batchSize });
    const controller = new AbortController();
    const losses: number[] = [];
    const onEpochEnd = (report: EpochReport): void => {
      losses.push(lossOf(report));
      if (report.epoch === 12) controller.abort();
    };
    const options = { epochs: 200, ...restoring, onEpochEnd, signal: controller.signal };
    await expect(net.train(few, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(net.evaluate(held).loss).toBe(Math.min(...losses));
  });

  test.for([1e20, Infinity])(
    'brings them back when weights become %d times what they were, and they can be saved',
    async (times) => {
      using net = await create(overfits, few, { batchSize });
      const losses: number[] = [];
      const ruin = ({ step }: { readonly step: number }): void => {
        if (step === 13) net.weights(1).values.forEach((w, i, all) => (all[i] = times * w));
      };
      const onEpochEnd = (report: EpochReport): void => void losses.push(lossOf(report));
      await expect(
        net.train(few, { epochs: 20, ...restoring, onStep: ruin, onEpochEnd }),
      ).rejects.toMatchObject({
        name: 'DivergenceError',
      });
      expect(net.evaluate(held).loss).toBe(Math.min(...losses));
      using loaded = await Network.load(net.toBytes());
      await loaded.train(few, { epochs: 6, resume: true });
    },
  );
});

test.for<[string, (net: Network) => void]>([
  ['a step of its own', (net) => void net.step(firstBatch)],
  [
    'weights from outside',
    (net) => net.setWeights(1, { weights: new Float32Array(240).fill(3), bias: [1, 2, 3, 4] }),
  ],
])('after %s the run goes on from there, not from where it ended', async ([, change]) => {
  using net = await create(overfits, few, { batchSize });
  await net.train(few, { epochs: 12, ...restoring });
  change(net);
  const stepped = bits(net);
  const ended = net.train(few, { epochs: 200, resume: true, signal: AbortSignal.abort() });
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(bits(net)).toBe(stepped);
});

test('a run that stopped early goes on with a larger patience, as if it had been that from the start', async () => {
  const validation = { examples: held };
  const stopping = (patience: number): FitOptions => ({
    epochs: 40,
    validation,
    earlyStopping: { patience, restoreBest: true },
  });
  using whole = await create(overfits, few, { batchSize });
  const expected = await whole.train(few, stopping(9));
  using net = await create(overfits, few, { batchSize });
  const first = await net.train(few, stopping(3));
  expect(first.stopped).toBe('earlyStopping');
  const again = await net.train(few, { ...stopping(3), resume: true });
  expect(again).toEqual({ epochs: [], stopped: 'earlyStopping' });
  const rest = await net.train(few, { ...stopping(9), resume: true });
  expect([...first.epochs, ...rest.epochs].map(lossOf)).toEqual(expected.epochs.map(lossOf));
  expect(bits(net)).toBe(bits(whole));
});
