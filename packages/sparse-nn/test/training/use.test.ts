import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  cosineDecay,
  hidden,
  inBatch,
  lsh,
  momentum,
  Network,
  network,
  random,
  sgd,
  softmax,
  type NetworkSpec,
  type SelectorSpec,
  type UseOptions,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { bits, create } from '../training.ts';

const examples = blobs({ rows: 60, columns: 12, classes: 4 });
const layers = [hidden(30), softmax(4)];
const ended = network(12, layers, adam({ rate: 0.01, schedule: cosineDecay({ steps: 6 }) }));
const batchSize = 20;

/** Either way to give a network other options. */
type Way = (net: Network, options: UseOptions) => Promise<Network>;
const ways: [string, Way][] = [
  ['Network.load', (net, options) => Network.load(net.toBytes(), options)],
  [
    'use',
    async (net, options) => {
      await net.use(options);
      return net;
    },
  ],
];

function wide(select: SelectorSpec): NetworkSpec {
  return network(200, [hidden(16), softmax(90, select)]);
}

describe.each(ways)('%s', (_name, give) => {
  test('with another optimizer trains on: it starts as in a new network of the same weights', async () => {
    using before = await create(ended, examples, { batchSize });
    await before.train(examples, { epochs: 2 });
    const optimizer = momentum({ rate: 0.03, schedule: cosineDecay({ steps: 6 }), weightDecay: 0.01 });
    using fresh = await create(network(12, layers, optimizer), examples, { batchSize });
    for (const l of [0, 1]) {
      fresh.weights(l).values.set(before.weights(l).values);
      fresh.weights(l).bias.set(before.weights(l).bias);
    }
    using net = await give(before, { optimizer });
    expect(net.spec.optimizer).toEqual(optimizer);
    const options = { epochs: 2, shuffle: false };
    await fresh.train(examples, options);
    await net.train(examples, options);
    expect(bits(net)).toBe(bits(fresh));
  });

  test('with another batch size has batches of that, and the optimizer goes on', async () => {
    using before = await create(network(12, layers), examples, { batchSize });
    await before.train(examples, { epochs: 2 });
    using expected = await Network.load(before.toBytes());
    using net = await give(before, { batchSize: 30 });
    expect(net.batchSize).toBe(30);
    const { epochs } = await net.train(examples, { epochs: 1, shuffle: false });
    expect(epochs[0].steps).toBe(2);
    // The moments are there: a first step on the same rows is the same.
    using again = await Network.load(before === net ? expected.toBytes() : before.toBytes(), {
      batchSize: 30,
    });
    const part = {
      ...examples,
      rows: 20,
      inputs: examples.inputs.slice(0, 240),
      labels: examples.labels.slice(0, 20),
    };
    again.step(part);
    expected.step(part);
    expect(bits(again)).toBe(bits(expected));
  });

  test('keeps the run that is under way', async () => {
    using before = await create(network(12, layers), examples, { batchSize });
    await before.train(examples, { epochs: 4, maxSteps: 7 });
    using net = await give(before, { optimizer: sgd({ rate: 0.1 }) });
    const { epochs } = await net.train(examples, { epochs: 4, resume: true });
    expect(epochs.map(({ epoch, samples }) => [epoch, samples])).toEqual([
      [3, 60],
      [4, 60],
    ]);
  });

  const family = simHash({ bits: 4, tables: 5 });
  test.for<[string, SelectorSpec]>([
    ['lsh', lsh({ count: 15, family, rehash: 3, pad: 'uniform' })],
    ['random', random({ count: 15, logQ: true })],
    ['inBatch', inBatch({ count: 15 })],
  ])('takes larger batches of sparse rows, too: %s', async ([, select]) => {
    const sparse = bags({ rows: 60, columns: 200, classes: 90, mostLabels: 3 });
    using before = await create(wide(select), sparse, { batchSize: 10 });
    await before.train(sparse, { epochs: 1 });
    using net = await give(before, { batchSize: 30, optimizer: adam({ skipped: 'catchUp' }) });
    const { epochs } = await net.train(sparse, { epochs: 2 });
    expect(epochs[1].steps).toBe(2);
  });
});

test('after a second change the optimizer counts from there, also in a checkpoint', async () => {
  const optimizer = sgd({ rate: 0.1, schedule: cosineDecay({ steps: 6 }) });
  using net = await create(ended, examples, { batchSize });
  await net.train(examples, { epochs: 2 });
  await net.use({ optimizer });
  await net.train(examples, { epochs: 1 });
  using loaded = await Network.load(net.toBytes());
  await net.train(examples, { epochs: 1 });
  await loaded.train(examples, { epochs: 1 });
  expect(bits(loaded)).toBe(bits(net));
  const before = bits(net);
  await net.train(examples, { epochs: 1, onWarning: () => {} });
  expect(bits(net)).toBe(before);
});

test('use that is refused leaves the network as it was, and one that works ends a `fit` that is under way', async () => {
  using net = await create(ended, examples, { batchSize });
  const before = bits(net);
  await expect(net.use({ batchSize: 0 })).rejects.toThrow('A batch has 1 or more samples; got 0.');
  await expect(net.use({ optimizer: sgd({ rate: -1 }) })).rejects.toThrow(
    'sgd: rate is a positive number; got -1.',
  );
  await expect(net.use({ rate: 1 } as UseOptions)).rejects.toThrow(
    "use has no option 'rate'; its options are optimizer, batchSize, nonZeros, signal.",
  );
  expect(bits(net)).toBe(before);
  const run = net.fit(examples, { epochs: 3 });
  await run.next();
  await net.use({ batchSize: 30 });
  await expect(run.next()).rejects.toThrow(
    'This network was given to `use`; this run of `fit` is over: `resume` it.',
  );
  await net.train(examples, { epochs: 3, resume: true });
});
