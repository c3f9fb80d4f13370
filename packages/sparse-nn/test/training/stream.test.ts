import { describe, expect, test } from 'vitest';
import {
  adam,
  hidden,
  linearOutput,
  Network,
  network,
  nonZerosOf,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  type EpochReport,
  type Examples,
  type ExampleStream,
  type FitOptions,
  type NetworkSpec,
} from '../../src/index.ts';
import { bags, blobs, halves, withTargets } from '../data.ts';
import { cut, cutLater, part } from '../pieces.ts';
import { bits, create } from '../training.ts';

const batchSize = 10;
const dense = blobs({ rows: 47, columns: 12, classes: 4 });
const held = halves(blobs({ rows: 77, columns: 12, classes: 4, apart: 0.4 }), 47)[1];
const spec = network(12, [hidden(30, topK({ count: 10 })), softmax(4)], adam({ rate: 0.01 }));
const asTheyCome: FitOptions = { epochs: 2, shuffle: false };

/** Other pieces in every second epoch. */
const alternating: ExampleStream = (epoch) => (epoch % 2 === 0 ? cutLater(dense) : cut(dense, [20, 5]));

/** Fails after the last step of an epoch. */
const failAtEnd: FitOptions['onStep'] = ({ step }) => {
  if (step % 5 === 0) throw new Error('enough');
};

async function run(
  net: Network,
  examples: Examples | ExampleStream,
  options: FitOptions,
): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  for await (const report of net.fit(examples, options))
    reports.push({ ...report, seconds: 0, partSeconds: {} as never });
  return reports;
}

describe('a stream of pieces', () => {
  const sets = bags({ rows: 47, columns: 60, classes: 20, mostLabels: 3 });
  const weighted = { ...dense, sampleWeights: Float32Array.from({ length: 47 }, (_, row) => row % 3) };
  const yesOrNo = { ...dense, labels: dense.labels.map((label) => label % 2) };
  test.for<[string, Examples, NetworkSpec]>([
    ['dense rows', dense, spec],
    ['dense rows that weigh differently', weighted, spec],
    ['sparse rows, sets of labels', sets, network(60, [hidden(30), softmax(20)])],
    ['sparse rows, sigmoid outputs', sets, network(60, [hidden(30), sigmoidOutput(20)])],
    ['targets', withTargets(dense, 3), network(12, [hidden(30), linearOutput(3)])],
    ['one output', yesOrNo, network(12, [hidden(30), sigmoidOutput(1)])],
  ])('trains as its rows in one array do: %s', async ([, examples, of]) => {
    using whole = await create(of, examples, { batchSize });
    const expected = await run(whole, examples, asTheyCome);
    const streams: ExampleStream[] = [() => cutLater(examples), () => cut(examples), [...cut(examples)]];
    for (const stream of streams) {
      using net = await create(of, examples, { batchSize });
      expect(await run(net, stream, asTheyCome)).toEqual(expected);
      expect(bits(net)).toBe(bits(whole));
    }
  });

  test('may have classes in one piece and sets of labels, or weights, in another', async () => {
    const [first, second] = [part(dense, 0, 24), part(dense, 24, 47)];
    const { labels, ...inputs } = second as typeof dense;
    const labelOffsets = Int32Array.from({ length: 24 }, (_, i) => i);
    const mixed = { ...inputs, labels, labelOffsets, sampleWeights: new Float32Array(23).fill(1) };
    using whole = await create(spec, dense, { batchSize });
    using net = await create(spec, dense, { batchSize });
    await whole.train(dense, asTheyCome);
    await net.train([first, mixed], asTheyCome);
    expect(bits(net)).toBe(bits(whole));
  });

  test('may have pieces that weigh nothing, if others weigh something', async () => {
    const nothing = { ...part(dense, 0, 24), sampleWeights: new Float32Array(24) };
    const rest = { ...part(dense, 24, 47), sampleWeights: new Float32Array(23).fill(1) };
    const whole = {
      ...dense,
      sampleWeights: Float32Array.from({ length: 47 }, (_, row) => Number(row >= 24)),
    };
    using a = await create(spec, dense, { batchSize });
    using b = await create(spec, dense, { batchSize });
    const expected = await run(a, whole, asTheyCome);
    expect(await run(b, [nothing, rest], asTheyCome)).toEqual(expected);
    expect(bits(b)).toBe(bits(a));
    await expect(b.train([nothing, nothing], asTheyCome)).rejects.toThrow(
      new RangeError('All 48 sampleWeights of the stream are 0: no row counts.'),
    );
  });

  test('is asked for each epoch, and pieces without rows are passed over', async () => {
    const epochs: number[] = [];
    using net = await create(spec, dense, { batchSize });
    const empty = part(dense, 0, 0);
    const reports = await run(net, (epoch) => (epochs.push(epoch), [empty, dense, empty]), asTheyCome);
    expect(epochs).toEqual([1, 2]);
    expect(reports.map(({ samples, steps }) => [samples, steps])).toEqual([
      [47, 5],
      [47, 5],
    ]);
  });

  test('that is no function and was begun does for one epoch', async () => {
    using net = await create(spec, dense, { batchSize });
    expect(await run(net, cutLater(dense), { ...asTheyCome, epochs: 1 })).toHaveLength(1);
  });

  test.for<[string, Partial<FitOptions>]>([
    ['maxSteps', { maxSteps: 1 }],
    ['until', { until: () => true }],
    ['an error', { onStep: failAtEnd }],
  ])('is closed where %s ends the run', async ([, options]) => {
    let closed = 0;
    const pieces = async function* (): AsyncGenerator<Examples> {
      try {
        yield* cut(dense);
        yield dense;
        yield dense;
      } finally {
        closed++;
      }
    };
    using net = await create(spec, dense, { batchSize });
    await net.train(pieces, { ...asTheyCome, ...options }).catch((error: Error) => error);
    expect(closed).toBe(1);
  });

  test('that took so long that another run has begun trains nothing more', async () => {
    using net = await create(spec, dense, { batchSize });
    let after = '';
    const pieces = async function* (): AsyncGenerator<Examples> {
      yield* cut(dense);
      await net.train(dense, { epochs: 1 });
      after = bits(net);
      yield* cut(dense);
    };
    await expect(net.train(pieces, asTheyCome)).rejects.toThrow('Another run of `fit` has begun');
    expect(bits(net)).toBe(after);
  });

  test('whose reading is aborted ends so, though nothing was trained yet', async () => {
    const controller = new AbortController();
    const pieces = function* (): Generator<Examples> {
      controller.abort(new Error('enough'));
      yield* cut(dense);
    };
    using net = await create(spec, dense, { batchSize });
    const before = bits(net);
    await expect(net.train(pieces, { ...asTheyCome, signal: controller.signal })).rejects.toThrow('enough');
    expect(bits(net)).toBe(before);
  });
});

describe('shuffle: { window }', () => {
  // A rate at which the weights stay, so that a row is known by its loss.
  const still = network(12, [softmax(4)], sgd({ rate: 1e-30 }));

  async function order(stream: ExampleStream, shuffle: FitOptions['shuffle']): Promise<number[]> {
    const losses: number[] = [];
    using net = await create(still, dense, { batchSize: 1 });
    const rowOf = Array.from({ length: 47 }, (_, row) => net.evaluate(part(dense, row, row + 1)).loss);
    const onStep: FitOptions['onStep'] = ({ loss }) => void losses.push(rowOf.indexOf(loss));
    await net.train(stream, { epochs: 2, shuffle: shuffle!, onStep });
    return losses;
  }

  test('takes each row once an epoch, at most the window less one place early, in an order of each epoch', async () => {
    const inOrder = Array.from({ length: 47 }, (_, row) => row);
    for (const window of [2, 10, 100]) {
      const rows = await order(() => cut(dense), { window });
      const [first, second] = [rows.slice(0, 47), rows.slice(47)];
      for (const epoch of [first, second]) {
        expect(epoch.toSorted((a, b) => a - b)).toEqual(inOrder);
        expect(Math.max(...epoch.map((row, place) => row - place))).toBeLessThan(window);
        expect(epoch).not.toEqual(inOrder);
      }
      expect(second).not.toEqual(first);
      // However the rows are cut, and though those that wait are copied now and then.
      expect(await order([dense], { window })).toEqual(rows);
    }
    expect(await order([dense], { window: 1 })).toEqual([...inOrder, ...inOrder]);
  });

  test('draws each row of the window equally often', async () => {
    const counts = [0, 0, 0];
    using net = await create(still, dense, { batchSize: 1 });
    const three = part(dense, 0, 3);
    const rowOf = [0, 1, 2].map((row) => net.evaluate(part(dense, row, row + 1)).loss);
    const losses: number[] = [];
    await net.train([three], {
      epochs: 600,
      shuffle: { window: 3 },
      onStep: ({ loss }) => void losses.push(loss),
    });
    for (let first = 0; first < losses.length; first += 3) counts[rowOf.indexOf(losses[first])]++;
    // Five deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt((600 * 2) / 9));
  });
});

describe('resume', () => {
  const options: FitOptions = { epochs: 3, shuffle: { window: 12 } };

  test('goes on with the same bits after any step, in the order that the epoch has', async () => {
    using undisturbed = await create(spec, dense, { batchSize });
    const expected = await run(undisturbed, alternating, options);
    for (let maxSteps = 1; maxSteps < 15; maxSteps += 3) {
      using first = await create(spec, dense, { batchSize });
      await run(first, alternating, { ...options, maxSteps });
      using second = await Network.load(first.toBytes(), { threads: 2 });
      // What is said of the order counts from the next epoch on.
      const one: FitOptions = { epochs: Math.ceil(maxSteps / 5), shuffle: false };
      await run(second, alternating, { ...one, resume: true });
      const rest = await run(second, alternating, { ...options, resume: true });
      expect(rest).toEqual(expected.slice(expected.length - rest.length));
      expect(bits(second)).toBe(bits(undisturbed));
    }
  });

  test('after an error of the stream, which comes once the best weights are back', async () => {
    const best: FitOptions = {
      epochs: 12,
      shuffle: { window: 12 },
      validation: { examples: held },
      earlyStopping: { patience: 100, restoreBest: true },
    };
    const failing = async function* (epoch: number): AsyncGenerator<Examples> {
      for (const [i, piece] of [...cut(dense)].entries()) {
        if (epoch === 12 && i === 6) throw new Error('the disk is gone');
        yield piece;
      }
    };
    const overfits = network(12, [hidden(60), softmax(4)], adam({ rate: 0.03 }));
    using undisturbed = await create(overfits, dense, { batchSize });
    await undisturbed.train(() => cut(dense), best);
    using net = await create(overfits, dense, { batchSize });
    const losses: number[] = [];
    const onEpochEnd: FitOptions['onEpochEnd'] = ({ validation }) => void losses.push(validation!.loss);
    await expect(net.train(failing, { ...best, onEpochEnd })).rejects.toThrow('the disk is gone');
    expect(losses).toHaveLength(11);
    expect(losses.at(-1)).toBeGreaterThan(Math.min(...losses));
    expect(net.evaluate(held).loss).toBe(Math.min(...losses));
    using loaded = await Network.load(net.toBytes());
    await loaded.train(() => cut(dense), { ...best, resume: true });
    expect(bits(loaded)).toBe(bits(undisturbed));
  });

  test('an epoch whose last step was taken has only to be ended', async () => {
    using net = await create(spec, dense, { batchSize });
    await expect(net.train(alternating, { ...options, onStep: failAtEnd })).rejects.toThrow('enough');
    const before = bits(net);
    const [report] = await run(net, alternating, { ...options, epochs: 1, resume: true });
    expect(report).toMatchObject({ epoch: 1, samples: 47, steps: 5 });
    expect(bits(net)).toBe(before);
  });

  test('is refused on other examples, as far as that is seen', async () => {
    using net = await create(spec, dense, { batchSize });
    await run(net, alternating, { ...options, maxSteps: 4 });
    await expect(net.train([part(dense, 0, 39)], { ...options, resume: true })).rejects.toThrow(
      'The run to resume was at row 40 of epoch 1; the stream has ended after 39 rows.',
    );
    await expect(net.train(dense, { epochs: 3, resume: true })).rejects.toThrow(
      'The run to resume was on a stream of examples; got 47 rows with 564 values and 47 labels or targets.',
    );
  });
});

describe('refusals', () => {
  const [first, rest] = halves(dense, 12);
  test.for<[ExampleStream, Partial<FitOptions>, string]>([
    [
      [dense],
      { shuffle: true },
      'A stream of examples cannot be shuffled as a whole: say `shuffle: { window: rows }`',
    ],
    [[dense], { shuffle: { window: 0 } }, "shuffle's window is an integer of 1 or more; got 0."],
    [[dense], { shuffle: { size: 5 } as never }, "shuffle has no option 'size'; its options are window."],
    [
      cut(dense),
      {},
      'This stream can be read once, and 2 epochs are to be trained. Give a function that makes it anew',
    ],
    [cutLater(dense), {}, 'This stream can be read once, and 2 epochs are to be trained.'],
    [[dense], { validationSplit: 0.1 }, 'A stream of examples cannot be split: give `validation`'],
    [[dense], { evaluateTraining: {} }, 'A stream of examples is not kept for `evaluateTraining`'],
    [[dense], { diagnostics: {} }, 'Diagnostics of a stream of examples need rows to look at'],
  ])('at once: %#', async ([stream, options, message]) => {
    using net = await create(spec, dense, { batchSize });
    expect(() => net.fit(stream, { ...asTheyCome, ...options })).toThrow(message);
  });

  test('of a window for examples that are all here', async () => {
    using net = await create(spec, dense, { batchSize });
    expect(() => net.fit(dense, { epochs: 1, shuffle: { window: 9 } })).toThrow(
      'shuffle: { window } is for a stream of examples; those that are all here are shuffled as a whole',
    );
  });

  const once = cut(dense);
  test.for<[ExampleStream, string]>([
    [[], 'Examples are an object of typed arrays, { rows, columns, inputs, ... }; got an array of 0'],
    [() => [], 'The stream has no examples.'],
    [
      () => once,
      'The stream has no examples in epoch 2: it has to begin anew for each epoch. Give a function',
    ],
    [
      (() => dense) as never,
      'The function that gives the examples of an epoch gives an iterable of pieces; got Object.',
    ],
    [
      [first, blobs({ rows: 5, columns: 13, classes: 4 })],
      'Piece 2 of epoch 1: The network has 12 inputs; the examples have 13.',
    ],
    [
      [first, { ...rest, labels: rest.labels.with(3, 4) }],
      'Piece 2 of epoch 1: The label of row 3 is 4; classes are 0 to 3.',
    ],
    [[first, withTargets(rest, 4)], 'Piece 2 of epoch 1: The network has a softmax output'],
    [
      [first, bags({ rows: 5, columns: 12, classes: 4 })],
      'Piece 2 of epoch 1: The network was made for dense examples',
    ],
    [
      (epoch) => [epoch === 2 ? { ...dense, inputs: dense.inputs.with(13, NaN) } : dense],
      'Piece 1 of epoch 2: The value of row 1, column 1 is NaN; values are finite numbers.',
    ],
    [() => [[1, 2]] as never, 'Piece 1 of epoch 1: Examples are an object of typed arrays'],
  ])('when it comes: %#', async ([stream, message]) => {
    using net = await create(spec, dense, { batchSize });
    await expect(net.train(stream, asTheyCome)).rejects.toThrow(message);
  });

  test('of a batch of more non-zeros than the network has room for, though its pieces have fewer', async () => {
    const rows = bags({ rows: 12, columns: 60, classes: 20 });
    const pieces = [...cut(rows, [4])];
    const room = nonZerosOf(pieces, batchSize);
    const most = nonZerosOf([rows], batchSize);
    using net = await Network.create(network(60, [softmax(20)]), { batchSize, nonZeros: room });
    await expect(net.train(pieces, asTheyCome)).rejects.toThrow(
      `non-zeros; the network was made for ${room}: \`nonZeros\` for a stream is the batch size times the most that a row has.`,
    );
    // The run goes on in a larger room.
    await net.use({ nonZeros: most });
    await net.train(pieces, { ...asTheyCome, resume: true });
  });
});
