import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  adam,
  hidden,
  Network,
  network,
  signatures,
  softmax,
  topK,
  type Abortable,
  type Examples,
  type ExampleStream,
} from '../../src/index.ts';
import { blobs, halves } from '../data.ts';
import { bits, create } from '../training.ts';

const [train, held] = halves(blobs({ rows: 60, columns: 12, classes: 4 }), 40);
const spec = network(12, [hidden(30, topK({ count: 10 })), softmax(4)], adam({ rate: 0.01 }));

afterEach(() => {
  vi.restoreAllMocks();
});

/** Gives `examples`, and then waits for ever; what became of it. */
function stuck(examples: Examples): { readonly stream: ExampleStream; readonly waits: Promise<void> } {
  const { promise: waits, resolve: begins } = Promise.withResolvers<void>();
  const stream = async function* (): AsyncGenerator<Examples> {
    yield examples;
    begins();
    await new Promise(() => {});
  };
  return { stream, waits };
}

describe('a stream that waits for its next piece', () => {
  test.for<[string, (net: Network, stream: ExampleStream, signal: AbortSignal) => Promise<unknown>]>([
    ['train', (net, stream, signal) => net.train(stream, { epochs: 2, shuffle: false, signal })],
    [
      'train with a window',
      (net, stream, signal) => net.train(stream, { epochs: 2, shuffle: { window: 7 }, signal }),
    ],
    [
      'a validation',
      (net, stream, signal) => net.train(train, { epochs: 2, validation: { examples: stream }, signal }),
    ],
    ['evaluateAsync', (net, stream, signal) => net.evaluateAsync(stream, { signal })],
  ])('ends by its signal: %s', async ([, work]) => {
    using net = await create(spec, train, { batchSize: 10 });
    const { stream, waits } = stuck(train);
    const controller = new AbortController();
    const working = work(net, stream, controller.signal);
    await waits;
    const reason = new Error('changed my mind');
    setTimeout(() => controller.abort(reason), 1);
    await expect(working).rejects.toBe(reason);
    // The network is free for others.
    expect(net.evaluate(held).rows).toBe(20);
    await net.train(train, { epochs: 1 });
  });

  test('and goes on from there to the bit', async () => {
    using undisturbed = await create(spec, train, { batchSize: 10 });
    await undisturbed.train(train, { epochs: 2, shuffle: false });
    using net = await create(spec, train, { batchSize: 10 });
    const { stream, waits } = stuck(train);
    const controller = new AbortController();
    const training = net.train(stream, { epochs: 2, shuffle: false, signal: controller.signal });
    await waits;
    controller.abort();
    await expect(training).rejects.toMatchObject({ name: 'AbortError' });
    await net.train([train], { epochs: 2, shuffle: false, resume: true });
    expect(bits(net)).toBe(bits(undisturbed));
  });

  test('is closed once what it waits for has come', async () => {
    using net = await create(spec, train, { batchSize: 10 });
    const { promise: coming, resolve: comes } = Promise.withResolvers<void>();
    const controller = new AbortController();
    let closed = false;
    const stream = async function* (): AsyncGenerator<Examples> {
      try {
        controller.abort();
        await coming;
        yield train;
      } finally {
        closed = true;
      }
    };
    const options = { epochs: 1, shuffle: false, signal: controller.signal };
    await expect(net.train(stream, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toBe(false);
    comes();
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  test('leaves nothing behind at its signal', async () => {
    using net = await create(spec, train, { batchSize: 10 });
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
    await net.train([train, held, train], { epochs: 2, shuffle: false, signal });
    expect(add.mock.calls.length).toBeGreaterThan(6);
    expect(remove.mock.calls).toHaveLength(add.mock.calls.length);
  });
});

/** Everything that takes a signal. */
const takers: readonly [string, (net: Network, signal: Abortable) => Promise<unknown>][] = [
  ['fit', async (net, signal) => net.fit(train, { epochs: 1, signal }).next()],
  ['train', (net, signal) => net.train(train, { epochs: 1, signal })],
  ['train on a stream', (net, signal) => net.train([train], { epochs: 1, shuffle: false, signal })],
  ['evaluateAsync', (net, signal) => net.evaluateAsync(train, { signal })],
  ['evaluateAsync of a stream', (net, signal) => net.evaluateAsync([train], { signal })],
  ['predictAsync', (net, signal) => net.predictAsync(train, { signal })],
  ['outputsAsync', (net, signal) => net.outputsAsync(train, { signal })],
  [
    'tuneSelectorAsync',
    (net, signal) =>
      net.tuneSelectorAsync(0, train, { recall: 0.5, candidates: [signatures({ count: 10 })], signal }),
  ],
  ['freeze', (net, signal) => net.freeze({ signal })],
  ['use', (net, signal) => net.use({ optimizer: adam(), signal })],
  ['Network.create', (_, signal) => Network.create(spec, { signal })],
  ['Network.load', (net, signal) => Network.load(net.toBytes(), { signal })],
  [
    'predictAsync of a frozen network',
    async (net, signal) => {
      using frozen = await net.freeze();
      return frozen.predictAsync(train, { signal });
    },
  ],
];

describe.each(takers)('%s', (_, work) => {
  test.for<[unknown, string]>([
    [true, 'signal is an AbortSignal; got true.'],
    [{}, 'signal is an AbortSignal; got Object.'],
    [null, 'signal is an AbortSignal; got null.'],
    [new AbortController(), "signal is an AbortSignal; got AbortController: give the controller's `signal`."],
    [{ throwIfAborted: () => {} }, 'signal is an AbortSignal; got Object.'],
  ])('refuses what is no signal: %o', async ([signal, message]) => {
    using net = await create(spec, train, { batchSize: 10 });
    const before = bits(net);
    await expect(work(net, signal as Abortable)).rejects.toThrow(new TypeError(message));
    expect(bits(net)).toBe(before);
  });

  test('ends at once if its signal was aborted before, and changes nothing', async () => {
    using net = await create(spec, train, { batchSize: 10 });
    const before = bits(net);
    const reason = new Error('changed my mind');
    await expect(work(net, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(bits(net)).toBe(before);
    expect(net.spec.optimizer).toEqual(spec.optimizer);
  });
});
