import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { simHash } from '@hashgrad/lsh';
import { expect, test, vi } from 'vitest';
import { adam, hidden, lsh, Network, network, random, sgd, softmax, topK } from '../src/index.ts';
import { bags, blobs } from './data.ts';
import { create, fit } from './training.ts';

const dense = blobs({ rows: 64, columns: 300, classes: 10 });
const sparse = bags({ rows: 64, columns: 3000, classes: 500, mostLabels: 4 });
const tables = { family: simHash({ bits: 8, tables: 20 }), rehash: 2 };

const mixed = network(300, [
  hidden(400),
  hidden(300, topK({ count: 20 })),
  hidden(300, random({ count: 20 })),
  hidden(300, lsh({ count: 20, pad: 'uniform', ...tables })),
  softmax(10),
]);
const wide = network(3000, [hidden(64), softmax(500, lsh({ count: 50, ...tables }))]);

/** Threads of this process, where the system tells. */
function threads(): number {
  return readdirSync('/proc/self/task').length;
}

async function trainOn3Threads(): Promise<void> {
  using net = await create(mixed, dense, { threads: 3, batchSize: 16 });
  await fit(net, dense);
}

test.skipIf(process.platform !== 'linux')(
  'networks that are made and disposed leave no threads',
  async () => {
    await trainOn3Threads();
    await setTimeout(100);
    const before = threads();
    for (let i = 0; i < 6; i++) await trainOn3Threads();
    // Nor do networks that cannot be made.
    const huge = network(100_000, [hidden(20_000), softmax(5)]);
    for (let i = 0; i < 3; i++) {
      await expect(Network.create(huge, { threads: 3 })).rejects.toThrow('No room');
    }
    // A thread ends some time after it is told to.
    for (let i = 0; threads() > before && i < 50; i++) await setTimeout(100);
    expect(threads()).toBeLessThanOrEqual(before);
  },
);

test('networks that are made and disposed do not fill the process, though nothing collects them', async () => {
  // 30 networks of 32 MB each, nearly all of it room for batches.
  const spec = network(2000, [softmax(10)], sgd({ rate: 0.1 }));
  const rows = blobs({ rows: 8, columns: 2000, classes: 10 });
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 30; i++) {
    using net = await create(spec, rows, { batchSize: 4000 });
    await fit(net, rows);
    expect(net.memoryUsage()).toBeGreaterThan(32e6);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
});

test.for([
  { spec: mixed, examples: dense },
  { spec: wide, examples: sparse },
])(
  'training and evaluating take no more memory as they go on ($examples.columns inputs)',
  async ({ spec, examples }) => {
    using net = await create(spec, examples, { batchSize: 16 });
    await fit(net, examples);
    net.evaluate(examples);
    const after = net.memoryUsage();
    for (let i = 0; i < 3; i++) {
      await fit(net, examples, 2);
      net.evaluate(examples);
      net.evaluate(examples, { pass: 'sparse' });
    }
    expect(net.memoryUsage()).toBe(after);
  },
);

test('memory is that of the weights, twice again for Adam, and what batches need', async () => {
  const spec = network(300, [hidden(400), softmax(10)]);
  using net = await create(spec, dense, { batchSize: 1 });
  const weights = [0, 1].reduce((total, l) => total + net.weights(l).values.byteLength, 0);
  // Weights, two moments and the gradient; the table of bias corrections and the rest is small.
  expect(net.memoryUsage()).toBeGreaterThan(4 * weights);
  expect(net.memoryUsage()).toBeLessThan(4 * weights + 300_000);
  const small = adam({ firstMoment: 'bfloat16', secondMoment: 'row' });
  using other = await create({ ...spec, optimizer: small }, dense, { batchSize: 1 });
  expect(Math.abs(net.memoryUsage() - 1.5 * weights - other.memoryUsage())).toBeLessThan(3000);
});

test('a network is disposed once, however often that is asked for', async () => {
  const net = await create(mixed, dense);
  net[Symbol.dispose]();
  expect(() => net[Symbol.dispose]()).not.toThrow();
});

// Unshared memory is emptied, and of shared memory the next network has another buffer.
test.each([
  [true, 121_600],
  [false, 0],
])("weights of a closed network are never the next one's (shared: %s)", async (isolated, length) => {
  vi.stubGlobal('crossOriginIsolated', isolated);
  const net = await create(mixed, dense);
  const { values, stride, width, rows } = net.weights(0);
  expect([rows, width, stride]).toEqual([400, 300, 304]);
  net[Symbol.dispose]();
  expect(values).toHaveLength(length);
  using next = await create(mixed, dense);
  expect(next.weights(0).values.buffer).not.toBe(values.buffer);
  vi.unstubAllGlobals();
});
