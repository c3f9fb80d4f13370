import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hidden, network, softmax, type FrozenNetwork, type Network } from '../src/index.ts';
import { blobs } from './data.ts';
import { create } from './training.ts';

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

  test.runIf(name !== 'evaluateAsync')('of a frozen network does the same', async () => {
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
