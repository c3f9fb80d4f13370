import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adagrad,
  adam,
  all,
  cosineDecay,
  fixed,
  hidden,
  linearOutput,
  lsh,
  momentum,
  Network,
  network,
  random,
  sgd,
  sigmoidOutput,
  softmax,
  topK,
  type Examples,
  type LayerSpec,
  type OptimizerSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { bags, blobs, withLabelSets, withTargets } from '../data.ts';
import { distance } from '../distance.ts';
import { bits, create, fit, snapshot } from '../training.ts';

const dense = blobs({ rows: 75, columns: 37, classes: 10 });
const sparse = bags({ rows: 75, columns: 120, classes: 90, mostLabels: 3 });

/** A network after an epoch (of four batches of 20 at most, if not said otherwise) and the start of another. */
async function trained<T>(
  examples: Examples,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec,
  order: UpdateMode,
  look: (net: Network) => T,
  options: { readonly batchSize?: number; readonly threads?: number; readonly seed?: number } = {},
): Promise<T> {
  const spec = network(examples.columns, layers, optimizer, { updateMode: order });
  using net = await create(spec, examples, { batchSize: 20, ...options });
  await fit(net, examples);
  for await (const _ of net.fit(examples, { epochs: 1, maxSteps: 1 })) break;
  return look(net);
}

/** The same rows in the same order, one at a time. */
async function ones(
  examples: Examples,
  layers: readonly LayerSpec[],
  optimizer: OptimizerSpec,
): Promise<Float32Array[]> {
  using net = await create(network(examples.columns, layers, optimizer), examples, { batchSize: 1 });
  await fit(net, examples);
  for await (const _ of net.fit(examples, { epochs: 1, maxSteps: 20 })) break;
  return snapshot(net);
}

interface Case {
  readonly name: string;
  readonly examples: Examples;
  readonly layers: readonly LayerSpec[];
  /** Whether every product is summed in the same order, so that bits agree. */
  readonly exact: boolean;
}

/**
 * What is chosen depends on no weight: it is the same before a batch and in the midst of it. Sums differ by their order in
 * dense layers, and with a batch of one in what flows back from 32 units or more.
 */
const cases: readonly Case[] = [
  { name: 'dense', examples: dense, layers: [hidden(61), hidden(50), softmax(10)], exact: false },
  {
    name: 'fixed after a dense input, then a bag',
    examples: dense,
    layers: [hidden(61, fixed({ count: 30 })), softmax(10)],
    exact: true,
  },
  {
    name: 'fixed after fixed, walked sparse',
    examples: dense,
    layers: [
      hidden(99, fixed({ count: 9 })),
      hidden(50, fixed({ count: 30 })),
      softmax(10, fixed({ count: 9 })),
    ],
    exact: true,
  },
  {
    name: 'fixed after fixed, made dense; many labels, some rows without',
    examples: withLabelSets(dense, 30, 3),
    layers: [hidden(61, fixed({ count: 20 })), softmax(30, fixed({ count: 17 }))],
    exact: true,
  },
  {
    name: 'activations, sigmoid output',
    examples: withLabelSets(dense, 30, 3),
    layers: [
      hidden(61, fixed({ count: 30 }), { activation: 'tanh' }),
      hidden(31, fixed({ count: 20 }), { activation: 'sigmoid' }),
      sigmoidOutput(30, fixed({ count: 17 })),
    ],
    exact: true,
  },
  {
    name: 'sparse input, bag, fixed softmax',
    examples: sparse,
    layers: [hidden(33), softmax(90, fixed({ count: 40 }))],
    exact: false,
  },
  {
    name: 'sparse input, fixed, linear output',
    examples: withTargets(sparse, 21),
    layers: [hidden(50, fixed({ count: 12 }), { activation: 'linear' }), linearOutput(21)],
    exact: true,
  },
  {
    name: 'dropout in all kinds of layers',
    examples: sparse,
    layers: [
      hidden(33, all(), { dropout: 0.2 }),
      hidden(34, all(), { dropout: 0.3, activation: 'tanh' }),
      hidden(50, fixed({ count: 20 }), { dropout: 0.4, activation: 'sigmoid' }),
      softmax(90, fixed({ count: 40 })),
    ],
    exact: false,
  },
  { name: 'sparse input to a softmax', examples: sparse, layers: [softmax(90)], exact: true },
];

const schedule = cosineDecay({ steps: 100 });
const optimizers: readonly OptimizerSpec[] = [
  sgd({ rate: 0.05, schedule }),
  momentum({ rate: 0.01, velocity: 'bfloat16', weightDecay: 0.1, schedule }),
  adagrad({ rate: 0.02, sums: 'row', clipValue: 0.05 }),
  adam(),
  adam({ secondMoment: 'bfloat16', skipped: 'catchUp', weightDecay: 0.1 }),
];

describe("order 'sample' is training with batches of one", () => {
  test.for(cases)('$name', async ({ examples, layers, exact }) => {
    for (const optimizer of optimizers) {
      const bySample = await trained(examples, layers, optimizer, 'sample', snapshot);
      const byOne = await ones(examples, layers, optimizer);
      const furthest = bySample.map((array, i) =>
        array.some((x) => x !== 0) ? distance(array, byOne[i]) : 0,
      );
      expect(Math.max(...furthest)).toBeLessThanOrEqual(exact ? 0 : 1e-3);
    }
  });
});

const tables = { family: simHash({ bits: 4, tables: 7 }), rehash: 2 };
/** What is chosen depends on weights, or is drawn. */
const choosing: readonly Pick<Case, 'name' | 'examples' | 'layers'>[] = [
  {
    name: 'all selectors',
    examples: dense,
    layers: [
      hidden(61),
      hidden(70, topK({ count: 9 })),
      hidden(81, random({ count: 20 }), { activation: 'tanh' }),
      hidden(50, lsh({ count: 12, pad: 'uniform', ...tables })),
      softmax(10),
    ],
  },
  {
    name: 'sparse input, sampled softmax with corrections',
    examples: sparse,
    layers: [hidden(33), softmax(700, lsh({ count: 60, pad: 'uniform', logQ: true, ...tables }))],
  },
  {
    name: 'sparse input, sampled sigmoid output with corrections',
    examples: sparse,
    layers: [hidden(33, topK({ count: 12 })), sigmoidOutput(90, random({ count: 30, logQ: true }))],
  },
];

describe('samples that update by themselves', () => {
  test.for(choosing)(
    '$name: the same seed, the same bits; hogwild on one thread is the same',
    async (given) => {
      for (const optimizer of [adagrad({ clipNorm: 0.1 }), momentum({ rate: 0.01 })]) {
        const train = (order: UpdateMode, threads: number, seed: number = 1): Promise<string> =>
          trained(given.examples, given.layers, optimizer, order, bits, { threads, seed });
        const once = await train('sample', 1);
        expect(await train('sample', 1)).toBe(once);
        expect(await train('sample', 3)).toBe(once);
        expect(await train('hogwild', 1)).toBe(once);
        expect(await train('sample', 1, 2)).not.toBe(once);
      }
    },
  );

  test('the norm of each gradient is clipped', async () => {
    const layers = [hidden(31, fixed({ count: 12 }), { activation: 'tanh' }), softmax(10)];
    const optimizer = sgd({ rate: 0.5, clipNorm: 0.05 });
    const loose = sgd({ rate: 0.5, clipNorm: 100 });
    const bySample = await trained(dense, layers, optimizer, 'sample', snapshot);
    const byOne = await ones(dense, layers, optimizer);
    expect(Math.max(...bySample.map((array, i) => distance(array, byOne[i])))).toBeLessThan(1e-5);
    const unclipped = await trained(dense, layers, loose, 'sample', snapshot);
    expect(Math.max(...bySample.map((array, i) => distance(array, unclipped[i])))).toBeGreaterThan(0.1);
    // A limit that is never reached changes nothing.
    expect(unclipped).toEqual(await trained(dense, layers, sgd({ rate: 0.5 }), 'sample', snapshot));
  });

  test('hogwild on two threads learns as well', async () => {
    const examples = blobs({ rows: 600, columns: 30, classes: 8, apart: 0.5 });
    const layers = [hidden(100, lsh({ count: 20, pad: 'uniform', ...tables })), softmax(8)];
    const accuracy = async (order: UpdateMode, threads: number): Promise<number> => {
      const spec = network(30, layers, adagrad({ rate: 0.02 }), { updateMode: order });
      using net = await create(spec, examples, { threads, batchSize: 50 });
      await fit(net, examples, 3);
      return net.evaluate(examples).accuracy;
    };
    const alone = await accuracy('sample', 1);
    expect(alone).toBeGreaterThan(0.7);
    expect(await accuracy('hogwild', 2)).toBeGreaterThan(alone - 0.1);
  });

  test('a loss that is no number stops at its sample, before its update', async () => {
    const examples = { ...dense, inputs: dense.inputs.slice() };
    const spec = network(37, [hidden(20), softmax(10)], sgd({ rate: 1 }), { updateMode: 'sample' });
    using net = await create(spec, examples, { batchSize: 75 });
    net.weights(0).values.fill(1e38);
    const before = bits(net);
    await expect(fit(net, examples)).rejects.toThrow(
      /The loss became (NaN|Infinity) at step 1, in the relu of layer 1/,
    );
    expect(bits(net)).toBe(before);
  });
});

describe("order 'union'", () => {
  const unions: readonly (Pick<Case, 'name' | 'examples' | 'layers'> & {
    readonly same: readonly LayerSpec[];
  })[] = [
    // A union of what is the same for all is what it was.
    {
      name: 'fixed, dense input',
      examples: dense,
      layers: [
        hidden(61, fixed({ count: 30 })),
        hidden(50, fixed({ count: 20 }), { activation: 'tanh' }),
        softmax(10),
      ],
      same: [
        hidden(61, fixed({ count: 30 })),
        hidden(50, fixed({ count: 20 }), { activation: 'tanh' }),
        softmax(10),
      ],
    },
    // Many draws from few units leave out none.
    {
      name: 'all units drawn by some sample',
      examples: dense,
      layers: [
        hidden(40, random({ count: 30 })),
        hidden(30, topK({ count: 28 })),
        linearOutput(10, topK({ count: 8 })),
      ],
      same: [hidden(40), hidden(30), linearOutput(10)],
    },
    {
      name: 'sparse input, all labels of a batch',
      examples: bags({ rows: 75, columns: 120, classes: 4, mostLabels: 2 }),
      layers: [hidden(33), softmax(4, random({ count: 3 }))],
      same: [hidden(33), softmax(4)],
    },
    {
      name: 'sparse input, selected; sigmoid output',
      examples: bags({ rows: 75, columns: 120, classes: 9, mostLabels: 2 }),
      layers: [hidden(33, random({ count: 25 })), sigmoidOutput(9, random({ count: 8 }))],
      // All units chosen, and not all computed: else the output's weights would lie by input, and start otherwise.
      same: [hidden(33, fixed({ count: 33 })), sigmoidOutput(9, fixed({ count: 9 }))],
    },
  ];

  test.for(unions)('$name: as if each sample had the whole set', async ({ examples, layers, same }) => {
    const given = same.at(-1)!.activation === 'linear' ? withTargets(examples, 10) : examples;
    for (const optimizer of [
      sgd({ rate: 0.05 }),
      momentum({ rate: 0.02, clipNorm: 0.2, weightDecay: 0.1 }),
    ]) {
      const union = await trained(given, layers, optimizer, 'union', snapshot, { batchSize: 25 });
      const whole = await trained(given, same, optimizer, 'neuron', snapshot, { batchSize: 25 });
      expect(union.length).toBe(whole.length);
      for (const [i, array] of union.entries()) expect(distance(array, whole[i])).toBeLessThan(1e-4);
    }
  });

  test.for(choosing.slice(0, 1))(
    '$name: the same bits on any number of threads',
    async ({ examples, layers }) => {
      const train = (threads: number): Promise<string> =>
        trained(examples, layers, adam(), 'union', bits, { threads });
      const once = await train(1);
      for (const threads of [2, 3]) expect(await train(threads)).toBe(once);
    },
  );
});

describe('what cannot be is refused by name', () => {
  const layers = [hidden(10), softmax(5, random({ count: 3, logQ: true }))];

  test('another order, adam by hogwild, corrections in a union', async () => {
    expect(() => network(7, layers, sgd({ rate: 1 }), { updateMode: 'batch' as UpdateMode })).toThrow(
      'Update modes are neuron, sample, hogwild, union; got "batch".',
    );
    expect(() => network(7, layers, adam(), { updateMode: 'hogwild' })).toThrow(
      "adam cannot be trained in the update mode 'hogwild'",
    );
    expect(() => network(7, layers, adam(), { updateMode: 'union' })).toThrow(
      "Layer 2: random with logQ cannot be trained in the update mode 'union'",
    );
    const json = { ...network(7, layers), updateMode: 3 };
    await expect(Network.fromSpec(json)).rejects.toThrow('spec.updateMode is a string; got 3.');
  });

  test('a checkpoint carries the order, and training goes on with the same bits', async () => {
    const spec = network(37, [hidden(31, topK({ count: 9 })), softmax(10)], adam(), { updateMode: 'sample' });
    using whole = await create(spec, dense, { batchSize: 20 });
    await fit(whole, dense, 2);
    using net = await create(spec, dense, { batchSize: 20 });
    for await (const _ of net.fit(dense, { epochs: 2, maxSteps: 3 })) break;
    using resumed = await Network.load(net.toBytes());
    expect(resumed.spec.updateMode).toBe('sample');
    for await (const _ of resumed.fit(dense, { epochs: 2, resume: true }));
    expect(bits(resumed)).toBe(bits(whole));
  });

  test('the units that were active are told', async () => {
    const spec = network(
      37,
      [hidden(31, topK({ count: 9 })), hidden(20, topK({ count: 5 })), softmax(10)],
      adam(),
      {
        updateMode: 'union',
      },
    );
    using net = await create(spec, dense, { batchSize: 20 });
    for await (const _ of net.fit(dense, { epochs: 1, maxSteps: 1 })) break;
    const { offsets, ids } = net.active(0)!;
    expect(offsets).toHaveLength(21);
    const first = ids.slice(0, offsets[1]);
    expect(first.length).toBeGreaterThan(9);
    for (let s = 0; s < 20; s++) expect(ids.slice(offsets[s], offsets[s + 1])).toEqual(first);
    expect(net.active(2)).toBeUndefined();
    expect(() => net.active(3)).toThrow('The network has layers 0 to 2; got 3.');
  });
});
