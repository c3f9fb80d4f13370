import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  hidden,
  momentum,
  Network,
  network,
  sgd,
  softmax,
  sparseConnections,
  topK,
  type EpochReport,
  type Examples,
  type LayerSpec,
  type NetworkSpec,
  type OptimizerSpec,
  type SparseConnectionsSpec,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { step } from '../gradient-step.ts';
import { numericGradient } from '../reference.ts';
import { bits, create, fit } from '../training.ts';

/** Nine samples: the kernels' fours, twice, and one more. */
const few = blobs({ rows: 9, columns: 11, classes: 7 });
const fewSparse = bags({ rows: 9, columns: 45, classes: 7 });
const dense = blobs({ rows: 75, columns: 37, classes: 10 });
const sparse = bags({ rows: 75, columns: 120, classes: 10 });

const never = (density: number): SparseConnectionsSpec => sparseConnections({ density, regrow: 'never' });
const layer = (units: number, connections: SparseConnectionsSpec): LayerSpec =>
  hidden(units, all(), { connections });

/** Where the weights of a layer are connections, unit * inputs + input. */
function connected(net: Network, l: number): number[] {
  const { offsets, ids } = net.connections(l)!;
  const { width } = net.weights(l);
  return [...ids].map((id, at) => width * offsets.findLastIndex((offset) => offset <= at) + id);
}

describe('a step of SGD with rate 1 goes by minus the gradient, of the connections only', () => {
  test.for<[string, Examples, readonly LayerSpec[]]>([
    ['first and second', few, [layer(13, never(0.4)), layer(18, never(0.3)), softmax(7)]],
    [
      'tanh, dropped',
      few,
      [hidden(13), { ...layer(18, never(0.3)), activation: 'tanh' }, softmax(7, topK({ count: 7 }))],
    ],
    ['sparse rows', fewSparse, [layer(16, never(0.3)), softmax(7)]],
    [
      'after a selector, walked dense',
      few,
      [hidden(20, topK({ count: 9 })), layer(12, never(0.5)), softmax(7)],
    ],
    ['one connection', few, [hidden(5), layer(4, never(0.001)), softmax(7)]],
    ['all connections', few, [layer(13, never(1)), softmax(7)]],
  ])('%s', async ([, examples, layers]) => {
    const { reference, gradients, loss, meanLoss } = await step(examples, layers);
    expect(Math.abs(loss - meanLoss())).toBeLessThan(1e-5);
    for (const [l, { weights, bias }] of reference.entries()) {
      const { connections } = layers[l]!;
      const there = [...weights.keys()].filter((i) => !connections || weights[i] !== 0);
      const { density } = connections ?? { density: 1 };
      expect(there).toHaveLength(Math.max(1, Math.round(density * weights.length)));
      const expected = numericGradient(weights, meanLoss);
      const [moved, wanted] = [gradients[l]!.weights, expected].map((each) => there.map((i) => each[i]!));
      expect(distance(moved!, wanted!)).toBeLessThan(1e-5);
      // Nothing moves where there is no connection.
      expect(gradients[l]!.weights.every((move, i) => move === 0 || weights[i] !== 0)).toBe(true);
      expect(distance(gradients[l]!.bias, numericGradient(bias, meanLoss))).toBeLessThan(1e-5);
      expect(largest(wanted!)).toBeGreaterThan(1e-4);
    }
  });
});

const OPTIMIZERS: readonly OptimizerSpec[] = [
  sgd({ rate: 0.1, weightDecay: 0.01 }),
  momentum({ rate: 0.05, clipNorm: 0.5 }),
  adagrad({ initial: 0.1 }),
  adam({ firstMoment: 'bfloat16' }),
];

test.for(OPTIMIZERS)('with all connections it is a dense layer, by $kind', async (optimizer) => {
  const train = async (connections: SparseConnectionsSpec | undefined): Promise<Network> => {
    const made = [
      hidden(41, all(), { connections, dropout: 0.2 }),
      hidden(30, all(), { connections }),
      softmax(10),
    ];
    const net = await create(network(37, made, optimizer), dense, { batchSize: 20 });
    await fit(net, dense, 2);
    return net;
  };
  // That all are dropped at random and grow again changes nothing either: what grows again keeps its weight.
  using exact = await train(undefined);
  using same = await train(never(1));
  for (const l of [0, 1]) {
    expect(distance(same.copyWeights(l).weights, exact.copyWeights(l).weights)).toBeLessThan(1e-3);
    expect(distance(same.copyWeights(l).bias, exact.copyWeights(l).bias)).toBeLessThan(1e-3);
  }
});

const exchanged = { every: 3, dropFraction: 0.4 };
const SPECS: Readonly<Record<string, SparseConnectionsSpec>> = {
  gradient: sparseConnections({ density: 0.2, ...exchanged }),
  'gradient, until': sparseConnections({ density: 0.2, ...exchanged, until: 7 }),
  random: sparseConnections({ density: 0.2, regrow: 'random', ...exchanged }),
  never: never(0.2),
};
const networkOf = (connections: SparseConnectionsSpec, optimizer: OptimizerSpec, inputs = 37): NetworkSpec =>
  network(inputs, [layer(61, connections), layer(50, connections), softmax(10)], optimizer);

describe.each(Object.entries(SPECS))('regrow: %s', (name, spec) => {
  test.for([
    ['dense rows, adam', dense, networkOf(spec, adam({ firstMoment: 'bfloat16', secondMoment: 'bfloat16' }))],
    [
      'sparse rows, momentum',
      sparse,
      networkOf(spec, momentum({ rate: 0.05, clipNorm: 1, weightDecay: 0.01 }), 120),
    ],
  ] as const)(
    '%s: the same bits on 1, 2 and 4 threads, and from any checkpoint',
    async ([, examples, net]) => {
      const results: string[] = [];
      for (const threads of [1, 2, 4]) {
        using trained = await create(net, examples, { batchSize: 20, threads });
        await fit(trained, examples, 2);
        results.push(bits(trained));
      }
      expect(new Set(results).size).toBe(1);
      for (const maxSteps of [2, 3, 6]) {
        using first = await create(net, examples, { batchSize: 20 });
        for await (const _ of first.fit(examples, { epochs: 2, maxSteps })) void _;
        using second = await Network.load(first.toBytes());
        expect(second.spec).toEqual(net);
        expect(connected(second, 1)).toEqual(connected(first, 1));
        for await (const _ of second.fit(examples, { epochs: 2, resume: true })) void _;
        expect(bits(second)).toBe(results[0]);
      }
    },
  );

  test('the share of the weights is kept exactly, and is exchanged when it should be', async () => {
    using net = await create(networkOf(spec, sgd({ rate: 0.1 })), dense, { batchSize: 20 });
    const changed: boolean[] = [];
    let before = String(connected(net, 1));
    for (let at = 0; at < 9; at++) {
      net.step({
        ...dense,
        rows: 20,
        inputs: dense.inputs.slice(0, 20 * 37),
        labels: dense.labels.slice(0, 20),
      });
      const now = connected(net, 1);
      expect(now).toHaveLength(Math.round(0.2 * 61 * 50));
      expect(new Set(now).size).toBe(now.length);
      changed.push(String(now) !== before);
      before = String(now);
    }
    const steps = name === 'never' ? [] : name === 'gradient, until' ? [3, 6] : [3, 6, 9];
    expect(changed).toEqual(Array.from({ length: 9 }, (_, at) => steps.includes(at + 1)));
  });
});

/** A step of a network whose layer exchanges at once, and the dense gradient of that step. */
async function exchange(regrow: 'gradient' | 'random') {
  const density = 0.25;
  const connections = sparseConnections({ density, regrow, every: 1, dropFraction: 0.3 });
  const spec = network(37, [hidden(20), layer(16, connections), softmax(10)], sgd({ rate: 1 }));
  const net = await create(spec, dense, { batchSize: 75 });
  const before = { weights: net.copyWeights(1).weights, connected: connected(net, 1) };
  // A dense layer of the same weights, whose step by a rate of 1 is the gradient with respect to all of them.
  const dense1 = network(37, [hidden(20), hidden(16), softmax(10)], sgd({ rate: 1 }));
  using other = await create(dense1, dense, { batchSize: 75 });
  for (const l of [0, 1, 2]) other.setWeights(l, net.copyWeights(l));
  other.step(dense);
  const gradient = other.copyWeights(1).weights.map((after, i) => Math.abs(before.weights[i]! - after));
  net.step(dense);
  return { net, before, gradient };
}

describe('an exchange', () => {
  test('drops the smallest weights, grows the largest gradients from 0, and updates no other', async () => {
    const { net, before, gradient } = await exchange('gradient');
    using _ = net;
    const count = before.connected.length;
    const dropped = Math.round(0.3 * count);
    const size = (i: number): number => Math.abs(before.weights[i]!);
    const stays = before.connected.toSorted((a, b) => size(b) - size(a)).slice(0, count - dropped);
    const now = connected(net, 1);
    expect(now).toHaveLength(count);
    for (const i of stays) expect(now).toContain(i);
    const grown = now.filter((i) => !stays.includes(i));
    const least = Math.min(...grown.map((i) => gradient[i]!));
    const rest = [...gradient.keys()].filter((i) => !now.includes(i));
    // Within rounding: the gradients were computed by other products.
    expect(Math.max(...rest.map((i) => gradient[i]!))).toBeLessThan(least + 1e-6);
    const after = net.copyWeights(1).weights;
    for (const i of grown) expect(after[i]).toBe(before.connected.includes(i) ? before.weights[i] : 0);
    for (const i of stays) expect(after[i]).toBe(before.weights[i]);
    // The products of all gradients, and a look at each and at each weight.
    const { counts } = { counts: net.step(dense) };
    expect(counts.multiplyAdds.choose).toBe(75 * 20 * 16);
    expect(counts.comparisons.choose).toBe(count + 20 * 16);
  });

  test('draws what grows, where it is to be random', async () => {
    const { net, before, gradient } = await exchange('random');
    using _ = net;
    const now = connected(net, 1);
    const grown = now.filter((i) => !before.connected.includes(i));
    expect(grown.length).toBeGreaterThan(5);
    const sorted = gradient.toSorted();
    const median = sorted[sorted.length / 2]!;
    expect(grown.some((i) => gradient[i]! < median)).toBe(true);
  });
});

test('multiply-adds are those of the connections', async () => {
  const connections = never(0.25);
  const layers = [hidden(20), layer(16, connections), softmax(10)];
  using net = await create(network(37, layers), dense, { batchSize: 20 });
  const [report] = (await fit(net, dense)) as [EpochReport];
  const [others, own] = [37 * 20 + 16 * 10, 80];
  expect(report.multiplyAdds).toEqual({
    hashing: 0,
    choose: 0,
    forward: 75 * (others + own),
    backward: 75 * (others + own + own + 16 * 10),
    optimizer: 4 * 8 * (others + own),
    rehash: 0,
  });
});

test('a frozen network, another optimizer and the best epoch have the same connections', async () => {
  const net = await create(networkOf(SPECS['gradient']!, adam()), dense, { batchSize: 20 });
  using _ = net;
  await fit(net, dense, 2);
  using frozen = await net.freeze();
  expect(distance(frozen.outputs(dense), net.outputs(dense))).toBeLessThan(1e-5);
  const before = connected(net, 0);
  await net.use({ optimizer: momentum({ rate: 0.01 }) });
  expect(connected(net, 0)).toEqual(before);
  await fit(net, dense, 1);
  // Other rows than these are told apart the worse the longer it learns: the first epoch is the best.
  const others = blobs({ rows: 75, columns: 37, classes: 10, seed: 2 });
  const latest: string[] = [];
  const { epochs } = await net.train(dense, {
    epochs: 12,
    validation: { examples: others },
    earlyStopping: { patience: 3, restoreBest: true },
    onEpochEnd: () => void latest.push(String(connected(net, 1))),
  });
  expect(epochs.length).toBeLessThan(12);
  expect(connected(net, 1)).toHaveLength(610);
  // The best weights are brought back before the last epoch is reported.
  expect(latest.slice(0, -2)).toContain(String(connected(net, 1)));
  expect(latest.at(-2)).not.toBe(String(connected(net, 1)));
  using loaded = await Network.load(net.toBytes());
  expect(bits(loaded)).toBe(bits(net));
  const batch = {
    ...dense,
    rows: 20,
    inputs: dense.inputs.slice(0, 20 * 37),
    labels: dense.labels.slice(0, 20),
  };
  for (const each of [net, loaded]) each.step(batch);
  expect(bits(loaded)).toBe(bits(net));
});

test('weights from outside are taken where there are connections, and refused elsewhere', async () => {
  using net = await create(networkOf(never(0.2), sgd({ rate: 0.1 })), dense, { batchSize: 20 });
  const { weights, bias } = net.copyWeights(0);
  const doubled = { weights: weights.map((x) => 2 * x), bias: bias.map(() => 1) };
  net.setWeights(0, doubled);
  expect(net.copyWeights(0)).toEqual(doubled);
  const at = weights.indexOf(0);
  const wrong = { weights: doubled.weights.with(at, 5), bias };
  expect(() => net.setWeights(0, wrong)).toThrow(
    `layer 1: unit ${Math.floor(at / 37)} is not connected to input ${at % 37}, so their weight is 0; got 5.`,
  );
  expect(net.copyWeights(0)).toEqual(doubled);
  expect(net.connections(2)).toBeUndefined();
});

test('another seed draws others, and training takes no more memory as it goes on', async () => {
  using a = await create(networkOf(never(0.2), sgd({ rate: 0.1 })), dense, { seed: 1 });
  using b = await create(networkOf(never(0.2), sgd({ rate: 0.1 })), dense, { seed: 2 });
  expect(connected(a, 0)).not.toEqual(connected(b, 0));
  using net = await create(networkOf(SPECS['gradient']!, adam()), dense, { batchSize: 20 });
  await fit(net, dense, 2);
  const before = net.memoryUsage();
  await fit(net, dense, 2);
  expect(net.memoryUsage()).toBe(before);
});

/** A network whose first layer has such connections. */
const with1 = (connections: object, others: object = {}): (() => NetworkSpec) => {
  const own = { density: 0.5, regrow: 'gradient', ...connections } as SparseConnectionsSpec;
  return () => network(10, [{ ...hidden(8), connections: own, ...others }, softmax(5)], sgd({ rate: 0.1 }));
};

describe('refused is', () => {
  test.for<[() => unknown, string]>([
    [with1({ density: 0 }), 'Layer 1: sparse connections: density is above 0 and at most 1; got 0.'],
    [with1({ density: NaN }), 'density is above 0 and at most 1; got NaN.'],
    [
      with1({ regrow: 'best' }),
      "Layer 1: sparse connections: regrow is 'gradient', 'random' or 'never'; got 'best'.",
    ],
    [with1({ every: 0.5 }), 'every is a number of steps, 1 or more; got 0.5.'],
    [with1({ dropFraction: 1.5 }), 'dropFraction is above 0 and at most 1; got 1.5.'],
    [with1({ until: 0 }), 'until is a number of steps, 1 or more; got 0.'],
    [
      with1({ regrow: 'never', every: 3 }),
      "every is for connections that regrow, not for regrow: 'never'; got 3.",
    ],
    [
      with1({ share: 0.5 }),
      "Layer 1: connections has no option 'share'; its options are density, regrow, every, dropFraction, until.",
    ],
    [
      () => sparseConnections({ density: 0.5, fraction: 1 } as { density: number }),
      "has no option 'fraction'",
    ],
    [
      with1({}, { select: topK({ count: 2 }) }),
      "Layer 1: sparse connections are for layers all of whose units fire; its selector is 'topK'.",
    ],
    [
      () => network(10, [hidden(8), { ...softmax(5), connections: never(0.5) }]),
      'Layer 2 is the last: no sparse connections, which are for hidden layers.',
    ],
    [
      () => network(10, [layer(8, never(0.5)), softmax(5)], sgd({ rate: 0.1 }), { updateMode: 'sample' }),
      "Layer 1: sparse connections are trained batch by batch, in the update modes neuron and union; got 'sample'.",
    ],
  ])('%#', ([make, message]) => {
    expect(make).toThrow(message);
  });

  test('a checkpoint whose connections are none of the layer', async () => {
    using net = await create(networkOf(never(0.2), sgd({ rate: 0.1 })), dense, { batchSize: 20 });
    net.connections(0)!.ids[3] = 99;
    await expect(Network.load(net.toBytes())).rejects.toThrow(
      /: the connections of layer 1 are none: inputs of unit 0 ascend from 0 to 36; got 99 after \d+\.$/,
    );
  });
});
