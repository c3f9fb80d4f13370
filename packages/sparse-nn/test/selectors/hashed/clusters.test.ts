import { describe, expect, test } from 'vitest';
import { clusters, hidden, network, sgd, softmax, type ClustersSpec } from '../../../src/index.ts';
import { dense, largest, shareFound, sums, train } from '../../hidden-choice.ts';
import { referenceOf, type ReferenceLayer } from '../../reference.ts';
import { estimate } from '../../moments.ts';
import { Spy, type Choice } from '../../spy.ts';
import { create, fit } from '../../training.ts';

/** The share of the exact top 20 of 400 that clusters find, the weights grown into groups of 20 along few directions. */
async function share(options: Partial<ClustersSpec>, steps: number = 0): Promise<number> {
  const spy = new Spy();
  const spec = network(
    20,
    [hidden(400, spy.on(clusters({ count: 20, clusters: 20, ...options }))), softmax(5)],
    sgd({ rate: 1e-30 }),
  );
  using net = await create(spec, dense);
  const { values, stride } = net.weights(0);
  for (let u = 0; u < 400; u++) {
    for (let k = 0; k < 20; k++) {
      const group = (u * 7) % 20;
      values[u * stride + k] = Math.sin(1 + group * 3.1 + k * (1 + group)) + 0.3 * Math.sin(17 * u * k + u);
    }
  }
  if (steps === 0) spy.selector?.rewritten?.();
  else for (let step = 0; step < steps; step++) await fit(net, dense);
  net.evaluate(dense, { pass: 'sparse' });
  const { inputs, active } = spy.last;
  const shares = inputs.map((input, s) => {
    const z = Array.from({ length: 400 }, (_, u) =>
      input.reduce((sum, x, k) => sum + x * values[u * stride + k], 0),
    );
    const best = new Set(largest(z, 20));
    return active[s].filter((u) => best.has(u)).length / 20;
  });
  return estimate(shares).mean;
}

/** Of each sample: the units above the lowest of those chosen, by more than integers of 8 bits may err; and which are not chosen. */
function highestOf(
  { inputs, active }: Choice,
  layer: ReferenceLayer,
): { highest: number[]; missed: number[] }[] {
  return inputs.map((input, s) => {
    const z = sums(layer, input);
    const lowest = Math.min(...active[s].map((u) => z[u]));
    // Weights are about 1 long.
    const near = 0.02 * Math.hypot(...input);
    const highest = [...z.keys()].filter((u) => z[u] > lowest + near);
    return { highest, missed: highest.filter((u) => !active[s].includes(u)) };
  });
}

describe('clusters', () => {
  test('of which all are looked through are the top k, as far as 8 bits tell', async () => {
    const { choice, layer } = await train(clusters({ count: 9, clusters: 5, probes: 5 }));
    for (const { highest, missed } of highestOf(choice, layer)) {
      expect(missed).toEqual([]);
      expect(highest.length).toBeGreaterThan(3);
    }
    for (const chosen of choice.active) expect(chosen).toHaveLength(9);
  });

  test('find most of the top k in few of them where weights lie in groups, the more the more are looked at', async () => {
    const [one, four] = [await share({ probes: 1 }), await share({ probes: 4 })];
    expect(one).toBeGreaterThan(0.4);
    expect(four).toBeGreaterThan(one);
    expect(four).toBeGreaterThan(0.85);
  });

  test('find more than chance among random weights', async () => {
    const found = shareFound(await train(clusters({ count: 40, clusters: 20, probes: 4 }), dense, 400), 40);
    // A fifth of the units is looked through.
    expect(estimate(found).mean).toBeGreaterThan(0.3);
  });

  test('see at once what steps have changed, wherever it is listed', async () => {
    const spy = new Spy();
    const select = clusters({ count: 9, clusters: 4, probes: 4, refreshEvery: 1000 });
    using net = await create(network(20, [hidden(60, spy.on(select)), softmax(5)], sgd({ rate: 1 })), dense);
    const before = net.weights(0).values.slice();
    await fit(net, dense, 5);
    net.evaluate(dense, { pass: 'sparse' });
    expect(net.weights(0).values.some((w, i) => Math.abs(w - before[i]) > 0.3)).toBe(true);
    for (const { missed } of highestOf(spy.last, referenceOf(net)[0])) expect(missed).toEqual([]);
  });

  test('follow weights that moved when they are refreshed, and not before', async () => {
    expect(await share({ probes: 4, refreshEvery: 1000 }, 1)).toBeLessThan(0.6);
    expect(await share({ probes: 4, refreshEvery: 1 }, 5)).toBeGreaterThan(0.8);
  });

  test('none of them has more than twice its share, and units are found where all weights are alike', async () => {
    const spy = new Spy();
    const select = clusters({ count: 40, clusters: 8, probes: 1, refreshEvery: 1 });
    const layers = [hidden(80, spy.on(select)), softmax(5)];
    using net = await create(network(20, layers, sgd({ rate: 1e-30 })), dense);
    net.weights(0).values.fill(0.5);
    await fit(net, dense);
    net.evaluate(dense, { pass: 'sparse' });
    for (const ids of spy.last.active) {
      expect(ids.length).toBeGreaterThan(0);
      expect(ids.length).toBeLessThanOrEqual(20);
    }
  });

  test.for<[Partial<ClustersSpec>, string]>([
    [{ clusters: 61 }, "clusters: clusters is an integer from 1 to the layer's 60 units; got 61."],
    [{ probes: 0 }, 'clusters: probes is a number of clusters, 1 or more; got 0.'],
    [{ refreshEvery: 0.5 }, 'clusters: refreshEvery is a number of steps, 1 or more; got 0.5.'],
  ])('nonsense is refused: %o', ([options, message]) => {
    expect(() => network(20, [hidden(60, clusters({ count: 5, ...options })), softmax(5)])).toThrow(
      `Layer 1: ${message}`,
    );
  });
});
