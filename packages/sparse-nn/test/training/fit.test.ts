import { setTimeout } from 'node:timers/promises';
import { simHash } from '@hashgrad/lsh';
import { identity } from '@hashgrad/mips';
import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  lsh,
  network,
  PARTS,
  sgd,
  softmax,
  topK,
  workOf,
  type EpochReport,
  type Evaluation,
  type FitOptions,
  type Network,
  type Spent,
  type StepReport,
} from '../../src/index.ts';
import { blobs, halves } from '../data.ts';
import { bits, create, fit } from '../training.ts';

const examples = blobs({ rows: 50, columns: 12, classes: 4 });
const spec = network(12, [hidden(30, topK({ count: 10 })), softmax(4)], adam({ rate: 0.01 }));
const batchSize = 20;

async function run(net: Network, options: FitOptions): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of net.fit(examples, options)) reports.push(report);
  return reports;
}

function lossOf(report: EpochReport): number {
  return (report.validation as Evaluation).loss;
}

function ndcg3(evaluation: Evaluation): number {
  return evaluation.ndcg[3];
}

/** What happens in an epoch of three steps, the first of which is the run's `step`-th. */
function eventsOf(epoch: number, step: number): string[] {
  const steps = [0, 1, 2].flatMap((i) => [`step ${step + i}`, 'waited']);
  return [...steps, `epoch ${epoch}`, `report ${epoch}`];
}

/** Fails at the run's fourth step. */
function failAt4({ step }: StepReport): void {
  if (step === 4) throw new Error('enough');
}

describe('callbacks', () => {
  test('are told of each step and epoch, in order, and are waited for', async () => {
    using net = await create(spec, examples, { batchSize });
    const events: string[] = [];
    const steps: StepReport[] = [];
    const onStep = async (report: StepReport): Promise<void> => {
      steps.push(report);
      events.push(`step ${report.step}`);
      await setTimeout(1);
      events.push('waited');
    };
    const onEpochEnd = async ({ epoch }: EpochReport): Promise<void> => {
      await setTimeout(1);
      events.push(`epoch ${epoch}`);
    };
    const reports: EpochReport[] = [];
    for await (const report of net.fit(examples, { epochs: 2, onStep, onEpochEnd })) {
      events.push(`report ${report.epoch}`);
      reports.push(report);
    }
    expect(events).toEqual([...eventsOf(1, 1), ...eventsOf(2, 4)]);
    expect(steps.map(({ samples }) => samples)).toEqual([20, 20, 10, 20, 20, 10]);
    expect(steps.map((step) => step.epoch)).toEqual([1, 1, 1, 2, 2, 2]);
    for (const { epoch: e, loss } of reports) {
      const parts = steps.filter((step) => step.epoch === e);
      const total = parts.reduce((sum, step) => sum + step.loss * step.samples, 0);
      expect(total / 50).toBeCloseTo(loss, 10);
    }
  });

  test('change nothing of the training', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    await run(a, { epochs: 3 });
    const [validation, onStep] = [{ examples }, () => void b.evaluate(examples, { pass: 'sparse' })];
    const reports = await run(b, { epochs: 3, validation, onStep, onEpochEnd: () => {}, diagnostics: {} });
    expect(bits(b)).toBe(bits(a));
    // Nor are evaluations counted as training.
    using c = await create(spec, examples, { batchSize });
    const plain = await run(c, { epochs: 3 });
    expect(reports.map(({ multiplyAdds }) => multiplyAdds)).toEqual(
      plain.map(({ multiplyAdds }) => multiplyAdds),
    );
  });

  test('that fail end the run between two steps, from where it resumes', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    await run(a, { epochs: 3 });
    await expect(run(b, { epochs: 3, onStep: failAt4 })).rejects.toThrow('enough');
    expect((await run(b, { epochs: 3, resume: true })).map(({ epoch }) => epoch)).toEqual([2, 3]);
    expect(bits(b)).toBe(bits(a));
  });
});

describe('a signal', () => {
  test('ends training after the step that runs, with its reason; `resume` goes on', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    await run(a, { epochs: 4 });
    const controller = new AbortController();
    let steps = 0;
    const onStep = ({ step }: StepReport): void => {
      steps++;
      if (step === 5) controller.abort();
    };
    const { signal } = controller;
    await expect(run(b, { epochs: 4, signal, onStep })).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(5);
    const left = await run(b, { epochs: 4, resume: true });
    expect(left.map(({ epoch, samples }) => [epoch, samples])).toEqual([
      [2, 50],
      [3, 50],
      [4, 50],
    ]);
    expect(bits(b)).toBe(bits(a));
  });

  test('that is aborted before the first step leaves the network as it was', async () => {
    using net = await create(spec, examples);
    const before = bits(net);
    const reason = new Error('changed my mind');
    await expect(run(net, { epochs: 1, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(bits(net)).toBe(before);
  });

  test('of a timer has its turn in the middle of a long epoch', async () => {
    const many = blobs({ rows: 400_000, columns: 12, classes: 4 });
    using net = await create(spec, many, { batchSize: 10 });
    const signal = AbortSignal.timeout(100);
    let steps = 0;
    const iterate = async (): Promise<void> => {
      for await (const _ of net.fit(many, { epochs: 1, signal, onStep: () => void steps++ }));
    };
    await expect(iterate()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(40_000);
  });
});

describe('the end', () => {
  test('maxSteps, in the middle of an epoch or at its end', async () => {
    using net = await create(spec, examples, { batchSize });
    const reports = await run(net, { epochs: 5, maxSteps: 4 });
    expect(reports.map(({ epoch, steps, samples, stopped }) => [epoch, steps, samples, stopped])).toEqual([
      [1, 3, 50, undefined],
      [2, 1, 20, 'maxSteps'],
    ]);
    const [whole] = await run(net, { epochs: 5, maxSteps: 3 });
    expect(whole).toMatchObject({ steps: 3, samples: 50, stopped: 'maxSteps' });
    expect((await run(net, { epochs: 1, maxSteps: 3 }))[0].stopped).toBeUndefined();
    expect(await run(net, { epochs: 1, maxSteps: 3, resume: true })).toEqual([]);
    const [more] = await run(net, { epochs: 2, resume: true });
    expect(more).toMatchObject({ epoch: 2, steps: 3 });
  });

  test('until, after the step for which it holds', async () => {
    using net = await create(spec, examples, { batchSize });
    const asked: Spent[] = [];
    const until = (spent: Spent): boolean => asked.push(spent) === 4;
    const reports = await run(net, { epochs: 5, until });
    expect(reports.map(({ epoch, steps, samples, stopped }) => [epoch, steps, samples, stopped])).toEqual([
      [1, 3, 50, undefined],
      [2, 1, 20, 'until'],
    ]);
    // What it is asked with is what the reports say.
    for (const [report, spent] of [
      [reports[0], asked[2]],
      [reports[1], asked[3]],
    ] as const) {
      const work = workOf(report!, PARTS);
      expect(work).toBeGreaterThan(Object.values(report!.multiplyAdds).reduce((sum, part) => sum + part, 0));
      expect(spent).toEqual({ epoch: report!.epoch, seconds: report!.seconds, work });
    }
    const [more] = await run(net, { epochs: 2, resume: true });
    expect(more).toMatchObject({ epoch: 2, steps: 3 });
  });

  test('until in a whole run: it says why it ended', async () => {
    using net = await create(spec, examples, { batchSize });
    let steps = 0;
    const { epochs, stopped } = await net.train(examples, { epochs: 5, until: () => ++steps === 2 });
    expect([epochs.length, epochs[0]?.steps, stopped]).toEqual([1, 2, 'until']);
    expect((await net.train(examples, { epochs: 1, until: () => false })).stopped).toBe('epochs');
  });

  test('of an iteration that is left: `resume` goes on with the next epoch', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    await run(a, { epochs: 3 });
    for await (const { epoch } of b.fit(examples, { epochs: 3 })) if (epoch === 2) break;
    expect((await run(b, { epochs: 3, resume: true })).map(({ epoch }) => epoch)).toEqual([3]);
    expect(bits(b)).toBe(bits(a));
  });

  test('of an iterator that another one has replaced', async () => {
    using net = await create(spec, examples, { batchSize });
    const first = net.fit(examples, { epochs: 3 });
    await first.next();
    await run(net, { epochs: 1 });
    await expect(first.next()).rejects.toThrow(
      'Another run of `fit` has begun on this network; this one is over.',
    );
  });

  test('of an iterator whose network was disposed', async () => {
    using net = await create(spec, examples, { batchSize });
    const iterator = net.fit(examples, { epochs: 3 });
    await iterator.next();
    net[Symbol.dispose]();
    await expect(iterator.next()).rejects.toThrow('This network is closed.');
  });
});

describe('early stopping', () => {
  const [few, held] = halves(blobs({ rows: 90, columns: 12, classes: 4, apart: 0.4 }), 30);
  const overfits = network(12, [hidden(60), softmax(4)], adam({ rate: 0.02 }));

  async function stop(net: Network, options: Partial<FitOptions>): Promise<EpochReport[]> {
    const reports: EpochReport[] = [];
    for await (const report of net.fit(few, { epochs: 60, validation: { examples: held }, ...options })) {
      reports.push(report);
    }
    return reports;
  }

  test('stops once `patience` epochs brought nothing better than the best', async () => {
    using net = await create(overfits, few);
    const reports = await stop(net, { earlyStopping: { patience: 4 } });
    expect(reports.length).toBeLessThan(60);
    expect(reports.map(({ stopped }) => stopped)).toEqual([
      ...reports.slice(1).map(() => undefined),
      'earlyStopping',
    ]);
    const losses = reports.map(lossOf);
    const best = losses.indexOf(Math.min(...losses));
    expect(reports).toHaveLength(best + 1 + 4);
    // No four epochs in a row before that were without a new best.
    for (let e = 4; e < losses.length - 1; e++) {
      const before = Math.min(...losses.slice(0, e - 3));
      expect(Math.min(...losses.slice(e - 3, e + 1))).toBeLessThan(before);
    }
    expect(net.evaluate(held).loss).toBe(losses.at(-1));
  });

  test('brings the best weights back, if asked; the tables are of them', async () => {
    using net = await create(overfits, few);
    const reports = await stop(net, { earlyStopping: { patience: 4, restoreBest: true } });
    expect(net.evaluate(held).loss).toBe(Math.min(...reports.map(lossOf)));
    // Also where the epochs run out first.
    using other = await create(overfits, few);
    const all = await stop(other, { epochs: 25, earlyStopping: { patience: 100, restoreBest: true } });
    expect(all).toHaveLength(25);
    expect(other.evaluate(held).loss).toBe(Math.min(...all.map(lossOf)));
  });

  test('with hash tables: these are made anew of the best weights', async () => {
    const family = simHash({ bits: 3, tables: 6 });
    const select = lsh({ count: 15, family, transform: identity(), rehash: 1 });
    using net = await create(network(12, [hidden(60, select), softmax(4)], adam({ rate: 0.02 })), few);
    const validation = { examples: held, pass: 'sparse' } as const;
    const reports = await stop(net, { validation, earlyStopping: { patience: 4, restoreBest: true } });
    const best = Math.min(...reports.map(lossOf));
    expect(lossOf(reports.at(-1) as EpochReport)).toBeGreaterThan(best);
    expect(net.evaluate(held, { pass: 'sparse' }).loss).toBe(best);
  });

  test('by accuracy, by a function, by more than minDelta', async () => {
    using a = await create(overfits, few);
    const byAccuracy = await stop(a, { earlyStopping: { patience: 3, metric: 'accuracy' } });
    const accuracies = byAccuracy.map(({ validation }) => (validation as Evaluation).accuracy);
    expect(byAccuracy).toHaveLength(accuracies.indexOf(Math.max(...accuracies)) + 1 + 3);
    using b = await create(overfits, few);
    const byFunction = await stop(b, { earlyStopping: { patience: 3, metric: ndcg3 } });
    const ndcgs = byFunction.map(({ validation }) => ndcg3(validation as Evaluation));
    expect(byFunction).toHaveLength(ndcgs.indexOf(Math.max(...ndcgs)) + 1 + 3);
    using c = await create(overfits, few);
    const byLeaps = await stop(c, { earlyStopping: { patience: 2, minDelta: 10 } });
    expect(byLeaps).toHaveLength(3);
  });
});

test.for<[Partial<FitOptions>, string]>([
  [{ epochs: 0 }, 'epochs is an integer of 1 or more; got 0.'],
  [{ epochs: 1.5 }, 'epochs is an integer of 1 or more; got 1.5.'],
  [{ maxSteps: 0 }, 'maxSteps is an integer of 1 or more; got 0.'],
  [
    { earlyStopping: { patience: 1 } },
    'earlyStopping needs `validation` or `validationSplit`, whose metric it follows.',
  ],
  [{ earlyStopping: { patience: 0 } }, "earlyStopping's patience is an integer of 1 or more; got 0."],
  [{ earlyStopping: { patience: 1, minDelta: -1 } }, 'minDelta is a finite number of 0 or more; got -1.'],
  [
    { earlyStopping: { patience: 1, metric: 'f1' as 'loss' } },
    "metric is 'loss', 'accuracy' or a function; got 'f1'.",
  ],
  [{ checkpoint: { path: '' } }, "A checkpoint's path is a file's; got ''."],
  [{ checkpoint: { path: 'x', everySteps: 0 } }, 'everySteps is an integer of 1 or more; got 0.'],
  [{ checkpoint: { path: 'x', everyEpochs: 0.5 } }, 'everyEpochs is an integer of 1 or more; got 0.5.'],
  [{ diagnostics: { rows: 0 } }, 'Diagnostics look at 1 or more rows; got 0.'],
  [
    { validation: { examples: blobs({ rows: 5, columns: 11, classes: 4 }) } },
    'The network has 12 inputs; the examples have 11.',
  ],
])('is refused: %o', async ([options, message]) => {
  using net = await create(spec, examples);
  const before = bits(net);
  await expect(run(net, { epochs: 1, ...options })).rejects.toThrow(message);
  expect(bits(net)).toBe(before);
});

test('a new run follows one that ended in an error', async () => {
  const wild = network(12, [hidden(30), softmax(4)], sgd({ rate: 1e30 }));
  using net = await create(wild, examples, { batchSize });
  await expect(fit(net, examples, 9)).rejects.toThrow(/^The loss became NaN at step \d/);
  await expect(fit(net, examples)).rejects.toThrow(/^The loss became NaN at step \d/);
});
