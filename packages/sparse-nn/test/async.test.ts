import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FrozenNetwork, hidden, lsh, Network, network, signatures, softmax, topK } from '../src/index.ts';
import { simHash } from '@hashgrad/lsh';
import { blobs } from './data.ts';
import { bits, create } from './training.ts';

const rows = 4000;
const examples = blobs({ rows, columns: 300, classes: 10 });
const few = blobs({ rows: 20, columns: 300, classes: 10 });
const spec = network(300, [hidden(400), hidden(400), softmax(10)]);

/** Turns that others had, and the longest time without one, while the work was done. */
async function turnsIn<T>(work: Promise<T>): Promise<{ readonly result: T; readonly turns: number }> {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    return { result: await work, turns };
  } finally {
    clearInterval(timer);
  }
}

type Work = (net: Network | FrozenNetwork, signal?: AbortSignal) => Promise<unknown>;

const goal = { recall: 0.5, rows: 300, candidates: [topK({ count: 40 }), signatures({ count: 40 })] };

const works: [string, Work, (net: Network) => unknown][] = [
  [
    'predictAsync',
    (net, signal) => net.predictAsync(examples, { k: 2, signal }),
    (net) => net.predict(examples, { k: 2 }),
  ],
  ['outputsAsync', (net, signal) => net.outputsAsync(examples, { signal }), (net) => net.outputs(examples)],
  [
    'evaluateAsync',
    (net, signal) => (net as Network).evaluateAsync(examples, { signal }),
    (net) => net.evaluate(examples),
  ],
  [
    'tuneSelectorAsync',
    (net, signal) => (net as Network).tuneSelectorAsync(1, examples, { ...goal, signal }),
    (net) => net.tuneSelector(1, examples, goal),
  ],
];

// Each look at the clock finds that 60 ms have passed, so that turns are due however fast the machine is.
beforeEach(() => {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 60));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(works)('%s', (name, work, atOnce) => {
  test('gives the same, and others their turns meanwhile', async () => {
    using net = await create(spec, few, { batchSize: 32 });
    const { result, turns } = await turnsIn(work(net));
    expect(result).toEqual(atOnce(net));
    expect(turns).toBeGreaterThan(0);
  });

  test('ends when its signal says so, with its reason', async () => {
    using net = await create(spec, few, { batchSize: 32 });
    const signal = AbortSignal.timeout(1);
    await expect(work(net, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
    const reason = new Error('changed my mind');
    await expect(work(net, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(net.evaluate(few).rows).toBe(20);
  });

  test('ends when the network is closed meanwhile', async () => {
    const net = await create(spec, few, { batchSize: 32 });
    const working = work(net);
    setImmediate(() => net.close());
    await expect(working).rejects.toThrow('This network is closed.');
  });

  test.runIf(name in FrozenNetwork.prototype)('of a frozen network does the same', async () => {
    using net = await create(spec, few, { batchSize: 32 });
    using frozen = await net.freeze();
    const { result, turns } = await turnsIn(work(frozen));
    expect(result).toEqual(atOnce(net));
    expect(turns).toBeGreaterThan(0);
    await expect(work(frozen, AbortSignal.timeout(1))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

test('a network is trained while it is evaluated: each row is measured by the weights of its moment', async () => {
  using net = await create(spec, few, { batchSize: 32 });
  const evaluating = net.evaluateAsync(examples);
  await net.train(few, { epochs: 3 });
  expect((await evaluating).rows).toBe(rows);
});

test('the validation of `fit` gives turns, and hears the signal', async () => {
  using net = await create(spec, few, { batchSize: 32 });
  const { turns } = await turnsIn(net.train(few, { epochs: 1, validation: { examples } }));
  expect(turns).toBeGreaterThan(1);
  let validating = false;
  const controller = new AbortController();
  const onStep = (): void => {
    validating = true;
    setTimeout(() => controller.abort(), 1);
  };
  let ended = false;
  const onEpochEnd = (): void => void (ended = true);
  const options = { epochs: 1, validation: { examples }, onStep, onEpochEnd, signal: controller.signal };
  await expect(net.train(few, options)).rejects.toMatchObject({ name: 'AbortError' });
  expect([validating, ended]).toEqual([true, false]);
  // It goes on with the validation.
  const { epochs } = await net.train(few, { epochs: 1, validation: { examples }, resume: true });
  expect(epochs).toHaveLength(1);
  expect(epochs[0]).toMatchObject({ epoch: 1, steps: 1, validation: net.evaluate(examples) });
});

describe('Network.create', () => {
  const wide = network(300, [hidden(2000), softmax(10)]);

  test('gives others their turns while it draws, and the weights are those of the seed', async () => {
    const { result, turns } = await turnsIn(Network.create(wide));
    using net = result;
    expect(turns).toBeGreaterThan(2);
    using other = await Network.create(wide, { threads: 2 });
    expect(bits(other)).toBe(bits(net));
  });

  test('ends when its signal says so, with its reason', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const { signal } = controller;
    await expect(Network.create(wide, { threads: 2, signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('freeze', () => {
  const select = lsh({ count: 20, family: simHash({ bits: 4, tables: 10 }) });
  const hashed = network(300, [hidden(400), softmax(2000, select)]);

  test('gives others their turns, and what is frozen is what the network was when it began', async () => {
    using net = await create(hashed, few);
    using before = await net.freeze({ weights: 'int8' });
    const freezing = turnsIn(net.freeze({ weights: 'int8' }));
    await net.train(few, { epochs: 1 });
    const { result, turns } = await freezing;
    using frozen = result;
    expect(turns).toBeGreaterThan(0);
    expect(frozen.toBytes()).toEqual(before.toBytes());
    using after = await net.freeze({ weights: 'int8' });
    expect(after.toBytes()).not.toEqual(before.toBytes());
  });

  test('ends when its signal says so, or the network is closed', async () => {
    const net = await create(hashed, few);
    const used = net.memoryUsage();
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await expect(net.freeze({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(net.memoryUsage()).toBe(used);
    const freezing = net.freeze();
    setImmediate(() => net.close());
    await expect(freezing).rejects.toThrow('This network is closed.');
  });
});

test('selectors are not tried on weights that are trained meanwhile', async () => {
  using net = await create(spec, few, { batchSize: 32 });
  const tuning = net.tuneSelectorAsync(1, examples, goal);
  setImmediate(() => net.step(few));
  await expect(tuning).rejects.toThrow('This network was trained while selectors were tried');
});

test('a network that is trained while `use` makes it anew stays as it is', async () => {
  using net = await create(spec, few, { batchSize: 32 });
  const using = net.use({ batchSize: 64 });
  net.step(few);
  const after = bits(net);
  await expect(using).rejects.toThrow('This network was trained meanwhile; `use` has left it as it is.');
  expect([net.batchSize, bits(net)]).toEqual([32, after]);
});
