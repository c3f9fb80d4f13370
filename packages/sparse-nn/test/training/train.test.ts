import { describe, expect, test, vi } from 'vitest';
import {
  adam,
  cosineDecay,
  hidden,
  linearOutput,
  Network,
  network,
  sgd,
  softmax,
  splitExamples,
  topK,
  type EpochReport,
  type Examples,
  type FitOptions,
} from '../../src/index.ts';
import { blobs, halves, withTargets } from '../data.ts';
import { bits, create, fit } from '../training.ts';

const [examples, held] = halves(blobs({ rows: 70, columns: 12, classes: 4 }), 50);
const spec = network(12, [hidden(30, topK({ count: 10 })), softmax(4)], adam({ rate: 0.01 }));
const batchSize = 20;

/** The report without its seconds, which differ. */
function withoutTime(report: EpochReport): object {
  return { ...report, seconds: 0, partSeconds: {} };
}

describe('train', () => {
  test('trains to the end and gives what `fit` gives, and why it ended', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    const history = await a.train(examples, { epochs: 3 });
    expect(history.epochs.map(withoutTime)).toEqual((await fit(b, examples, 3)).map(withoutTime));
    expect(history.stopped).toBe('epochs');
    expect(bits(a)).toBe(bits(b));
  });

  test.for<[Partial<FitOptions>, string, number]>([
    [{ maxSteps: 4 }, 'maxSteps', 2],
    [{ validation: { examples: held }, earlyStopping: { patience: 2, metric: () => 1 } }, 'earlyStopping', 3],
  ])('says what ended it: %o', async ([options, stopped, epochs]) => {
    using net = await create(spec, examples, { batchSize });
    const history = await net.train(examples, { epochs: 9, ...options });
    expect([history.stopped, history.epochs.length]).toEqual([stopped, epochs]);
    // Nothing is left of it.
    const more = await net.train(examples, { epochs: 9, resume: true, ...options });
    expect(more).toEqual({ epochs: [], stopped });
  });

  test('holds back the rows that validationSplit says, as splitExamples draws them by the seed', async () => {
    const weighted = { ...examples, sampleWeights: Float32Array.from({ length: 50 }, (_, row) => row / 25) };
    const [rest, validation] = splitExamples(weighted, 0.3, { seed: 5 });
    using a = await create(spec, weighted, { batchSize, seed: 5 });
    using b = await create(spec, weighted, { batchSize, seed: 5 });
    const split = await a.train(weighted, {
      epochs: 3,
      validationSplit: 0.3,
      earlyStopping: { patience: 9 },
    });
    const given = await b.train(rest, { epochs: 3, validation: { examples: validation } });
    expect(split.epochs.map(withoutTime)).toEqual(given.epochs.map(withoutTime));
    expect(split.epochs[0]).toMatchObject({ samples: 35, validation: { rows: 15 } });
    expect(bits(a)).toBe(bits(b));
  });

  test('that is resumed holds the same rows back, and is refused without the split', async () => {
    const options: FitOptions = { epochs: 4, validationSplit: 0.3 };
    using whole = await create(spec, examples, { batchSize });
    using parts = await create(spec, examples, { batchSize });
    await whole.train(examples, options);
    await parts.train(examples, { ...options, maxSteps: 3 });
    using resumed = await Network.load(parts.toBytes());
    await resumed.train(examples, { ...options, resume: true });
    expect(bits(resumed)).toBe(bits(whole));
    await expect(parts.train(examples, { epochs: 4, resume: true })).rejects.toThrow(
      'The run to resume was on 35 rows',
    );
  });

  test('is rejected as `fit` throws', async () => {
    using net = await create(spec, examples, { batchSize });
    await expect(net.train(examples, { epochs: 0 })).rejects.toThrow(
      'epochs is an integer of 1 or more; got 0.',
    );
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(net.train(examples, { epochs: 1, signal })).rejects.toBe(reason);
  });
});

describe('fit', () => {
  test('that is awaited is refused, and nothing was trained', async () => {
    using net = await create(spec, examples, { batchSize });
    const before = bits(net);
    const wait = async (): Promise<unknown> => net.fit(examples, { epochs: 1 });
    await expect(wait()).rejects.toThrow(
      '`fit` trains as it is iterated: `for await (const report of net.fit(...))`. ' +
        'To train to the end and get all reports, `await net.train(...)`.',
    );
    expect(bits(net)).toBe(before);
  });

  test('that nobody iterates is pointed out; one that is iterated is not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      using net = await create(spec, examples, { batchSize });
      const onWarning = vi.fn<(message: string) => void>();
      for await (const _ of net.fit(examples, { epochs: 1, onWarning }));
      vi.runAllTimers();
      expect(onWarning).not.toHaveBeenCalled();
      net.fit(examples, { epochs: 1, onWarning });
      vi.runAllTimers();
      expect(onWarning).toHaveBeenCalledExactlyOnceWith(
        expect.stringContaining('Nothing was trained: `fit` trains as it is iterated'),
      );
    } finally {
      vi.useRealTimers();
    }
  });

  const nobody = undefined as unknown as FitOptions;
  const nan = { ...examples, inputs: examples.inputs.with(3, NaN) };
  test.for<[Examples, object, string]>([
    [examples, nobody, 'fit takes an object of options; got undefined.'],
    [examples, { epochs: -1 }, 'epochs is an integer of 1 or more; got -1.'],
    [nan, { epochs: 1 }, 'The value of row 0, column 3 is NaN; values are finite numbers.'],
    [
      examples,
      { epochs: 1, batchSize: 8 },
      "fit has no option 'batchSize': it is one of Network.create, Network.load and net.use.",
    ],
    [
      examples,
      { epochs: 1, classWeight: [1, 2] },
      "fit has no option 'classWeight': the last layer has it: `softmax(classes, select, { classWeights })`.",
    ],
    [
      examples,
      { epochs: 1, validation: { examples: held }, validationSplit: 0.2 },
      'Give either `validation` or `validationSplit`; got both.',
    ],
    [
      examples,
      { epochs: 1, validationSplit: 1 },
      'The share of rows that is held back is above 0 and below 1; got 1.',
    ],
    [
      examples,
      { epochs: 1, earlyStopping: { patience: 1 } },
      'earlyStopping needs `validation` or `validationSplit`, whose metric it follows.',
    ],
    [
      examples,
      { epochs: 1, onEpoch: () => {} },
      "fit has no option 'onEpoch'; its options are epochs, maxSteps, until, resume, shuffle, signal, validation, ",
    ],
    [examples, { epochs: 1, onStep: true }, 'onStep is a function; got true.'],
    [
      examples,
      { epochs: 1, validation: { examples: held, passes: 'full' } },
      "validation has no option 'passes'; its options are examples, pass, at, ",
    ],
    [
      examples,
      { epochs: 1, validation: { examples: held }, earlyStopping: { patience: 1, monitor: 'loss' } },
      "earlyStopping has no option 'monitor'; its options are patience, metric, minDelta, restoreBest.",
    ],
    [
      examples,
      { epochs: 1, checkpoint: { path: '/no/such/folder/run.safetensors' } },
      '/no/such/folder/run.safetensors: there is no folder /no/such/folder.',
    ],
    [
      examples,
      { epochs: 1, evaluateTraining: { rows: 0 } },
      "evaluateTraining's rows is an integer of 1 or more; got 0.",
    ],
  ])('refuses what it is given when it is called: %#', async ([rows, options, message]) => {
    using net = await create(spec, examples, { batchSize });
    expect(() => net.fit(rows, options as FitOptions)).toThrow(message);
  });
});

/** The loss of each row, in the order in which they come; batches are of one. */
async function seen(net: Network, options: FitOptions): Promise<number[]> {
  const rows: number[] = [];
  for await (const _ of net.fit(examples, { ...options, onStep: ({ loss }) => void rows.push(loss) }));
  return rows;
}

describe('shuffle', () => {
  // A rate at which the weights stay, so that a row is known by its loss.
  const still = network(12, [softmax(4)], sgd({ rate: 1e-30 }));

  test('false takes the rows as they come, true in an order of each epoch', async () => {
    using net = await create(still, examples, { batchSize: 1 });
    const inOrder = await seen(net, { epochs: 2, shuffle: false });
    expect(inOrder.slice(0, 50)).toEqual(inOrder.slice(50));
    const one = {
      ...examples,
      rows: 1,
      inputs: examples.inputs.slice(0, 12),
      labels: examples.labels.slice(0, 1),
    };
    expect(inOrder[0]).toBe(net.evaluate(one).loss);
    const shuffled = await seen(net, { epochs: 2 });
    expect(shuffled.slice(0, 50)).not.toEqual(shuffled.slice(50));
    expect(shuffled.slice(0, 50).toSorted()).toEqual(inOrder.slice(0, 50).toSorted());
  });

  test('an epoch that was interrupted keeps its order, whatever is said then', async () => {
    using net = await create(still, examples, { batchSize: 1 });
    const start = await seen(net, { epochs: 1, maxSteps: 20, shuffle: false });
    const rest = await seen(net, { epochs: 1, resume: true });
    expect([...start, ...rest]).toEqual(await seen(net, { epochs: 1, shuffle: false }));
  });
});

describe('evaluateTraining', () => {
  test('measures the training rows after each epoch, and changes nothing', async () => {
    using a = await create(spec, examples, { batchSize });
    using b = await create(spec, examples, { batchSize });
    for await (const { training } of a.fit(examples, { epochs: 2, evaluateTraining: {} })) {
      expect(training).toEqual(a.evaluate(examples));
    }
    await fit(b, examples, 2);
    expect(bits(a)).toBe(bits(b));
  });

  test('of the first rows, and by the measures that are asked for', async () => {
    const [first] = halves(examples, 8);
    using net = await create(spec, examples, { batchSize });
    const { epochs } = await net.train(examples, { epochs: 1, evaluateTraining: { rows: 8, at: [2] } });
    expect(epochs[0].training).toEqual(net.evaluate(first, { at: [2] }));
  });

  test('of targets', async () => {
    const numbers = withTargets(examples, 2);
    using net = await create(network(12, [linearOutput(2)]), numbers);
    const { epochs } = await net.train(numbers, { epochs: 1, evaluateTraining: { rows: 99 } });
    expect(epochs[0].training).toEqual(net.evaluate(numbers));
  });
});

describe('a rate that has ended at 0', () => {
  const ending = network(12, [softmax(4)], adam({ rate: 0.01, schedule: cosineDecay({ steps: 6 }) }));

  test('is said once a call, from the first step on at which it is 0', async () => {
    using net = await create(ending, examples, { batchSize });
    const onWarning = vi.fn<(message: string) => void>();
    await net.train(examples, { epochs: 2, onWarning });
    expect(onWarning).not.toHaveBeenCalled();
    const before = bits(net);
    await net.train(examples, { epochs: 2, onWarning });
    expect(bits(net)).toBe(before);
    expect(onWarning).toHaveBeenCalledExactlyOnceWith(
      'The learning rate is 0 from step 7 on, where the schedule {"kind":"cosine","steps":6,"end":0} has ended: nothing more is ' +
        'learned. `net.use({ optimizer })` gives the network another one, whose schedule starts anew.',
    );
  });

  test('goes to the console, if nobody takes it', async () => {
    using net = await create(ending, examples, { batchSize });
    const console = vi.spyOn(globalThis.console, 'warn').mockImplementation(() => {});
    await net.train(examples, { epochs: 3 });
    expect(console).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('The learning rate is 0 from step 7'),
    );
    console.mockRestore();
  });
});
