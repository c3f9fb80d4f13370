import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { hidden, Network, network, softmax } from '../src/index.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const MEBIBYTE = 2 ** 20;
const spec = network(784, [hidden(1000), softmax(1000)]);

function create(mebibytes: number): Promise<Network> {
  return Network.create(spec, { capacity: mebibytes * MEBIBYTE, threads: 4 });
}

test('on a page that is not isolated a network takes what it is given, says so when that is full, and has one thread', async () => {
  vi.stubGlobal('crossOriginIsolated', false);
  await expect(create(8)).rejects.toThrow(
    /^No room for a network of \d+ MiB in the 8 MiB that memory has here, .* \(a larger `capacity` gives more\): layer 1 \(784 x 1000\)/,
  );
  using net = await create(40);
  expect(net.threads).toBe(1);
  expect(net.reason).toBe('the page is not cross-origin isolated (it needs COOP and COEP headers)');
  expect(net.memoryUsage()).toBeGreaterThan(8 * MEBIBYTE);
  const bytes = net.toBytes();
  await expect(Network.load(bytes, { capacity: 8 * MEBIBYTE })).rejects.toThrow('No room');
  using loaded = await Network.load(bytes, { capacity: 40 * MEBIBYTE });
  expect(loaded.memoryUsage()).toBe(net.memoryUsage());
  using frozen = await net.freeze({ threads: 2 });
  expect(frozen.reason).toBe(net.reason);
});

test('a network starts its threads as it is told', async () => {
  const createWorker = vi.fn<(source: string) => Worker>((source) => new Worker(source, { eval: true }));
  using net = await Network.create(network(4, [softmax(2)]), { threads: 3, createWorker });
  expect([net.threads, net.reason]).toEqual([3, undefined]);
  using loaded = await Network.load(net.toBytes(), { threads: 2, createWorker });
  expect(loaded.threads).toBe(2);
  expect(createWorker).toHaveBeenCalledTimes(3);
});
