import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  hidden,
  lsh,
  Network,
  network,
  random,
  sgd,
  softmax,
  topK,
  type DenseExamples,
  type LayerSpec,
  type SgdSpec,
  type UpdateMode,
} from '../../src/index.ts';
import { bags, blobs } from '../data.ts';
import { distance, largest } from '../distance.ts';
import { loss, numericGradient, referenceOf } from '../reference.ts';
import { Spy } from '../spy.ts';
import { bits } from '../training.ts';

const ROWS = 9;
const COLUMNS = 11;
const examples = blobs({ rows: ROWS, columns: COLUMNS, classes: 7 });
const table = { family: simHash({ bits: 3, tables: 9 }), rehash: 1000 };

interface Case {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly optimizer?: Partial<SgdSpec>;
  readonly updateMode?: UpdateMode;
}

const cases: readonly Case[] = [
  { name: 'a dense softmax', layers: [softmax(7)] },
  { name: 'a softmax of chosen classes', layers: [softmax(7, lsh({ count: 4, ...table }))] },
  {
    name: 'corrected logits of drawn classes',
    layers: [softmax(7, random({ count: 5, logQ: true }))],
  },
  { name: 'a softmax wide enough for partial sums', layers: [softmax(300, lsh({ count: 25, ...table }))] },
  { name: 'hidden layers', layers: [hidden(18, topK({ count: 6 })), hidden(9), softmax(7)] },
  { name: 'the union of what was chosen', layers: [softmax(7, topK({ count: 2 }))], updateMode: 'union' },
  {
    name: 'gradients that are clipped',
    layers: [softmax(300, lsh({ count: 25, ...table }))],
    optimizer: { clipNorm: 0.01 },
  },
  {
    name: 'weights that are not trained, below those that are',
    layers: [hidden(8, topK({ count: 5 }), { trainable: false }), softmax(7)],
  },
];

/** The network of a case, with a spy on each selector. */
async function watch({ layers, optimizer, updateMode = 'neuron' }: Case): Promise<{
  readonly net: Network;
  readonly spies: readonly Spy[];
}> {
  const spies = layers.map(() => new Spy());
  const watched = layers.map((layer, l) =>
    layer.select.kind === 'all' ? layer : { ...layer, select: spies[l].on(layer.select) },
  );
  const spec = network(COLUMNS, watched, sgd({ rate: 0.1, ...optimizer }), { updateMode });
  return { net: await Network.create(spec, { seed: 3, batchSize: ROWS }), spies };
}

describe('the gradients of a step with respect to its inputs', () => {
  test.for(cases)('are those of the mean loss by differences: $name', async (given) => {
    const { net, spies } = await watch(given);
    using _ = net;
    // Biases of 0 put units whose inputs are all 0 on ReLU's kink.
    for (const l of given.layers.keys())
      net.weights(l).bias.forEach((__, u, bias) => (bias[u] = 0.01 * (1 + (u % 5))));
    const reference = referenceOf(net);
    const begun = net.beginStep(examples);
    const inputs = Float64Array.from(examples.inputs);
    const together = [...new Set(spies.at(-1)!.choices.at(-1)?.active.flat())];
    const meanLoss = (): number => {
      const losses = Array.from({ length: ROWS }, (__, row) => {
        const active = spies.map(({ choices }) =>
          given.updateMode === 'union' ? together : choices.at(-1)?.active[row],
        );
        const corrections = spies.at(-1)!.choices.at(-1)?.corrections?.[row];
        const input = inputs.subarray(row * COLUMNS, (row + 1) * COLUMNS);
        return loss('softmax', reference, input, [examples.labels[row]], active, corrections);
      });
      return losses.reduce((sum, value) => sum + value, 0) / ROWS;
    };
    expect(Math.abs(begun.loss - meanLoss())).toBeLessThan(1e-5);
    const inputGradients = new Float32Array(ROWS * COLUMNS);
    begun.finish({ inputGradients });
    const expected = numericGradient(inputs, meanLoss);
    expect(distance(inputGradients, expected)).toBeLessThan(1e-5);
    expect(largest(expected)).toBeGreaterThan(1e-3);
  });
});

describe('a step in two halves', () => {
  const layers = [
    hidden(30, lsh({ count: 10, family: simHash({ bits: 3, tables: 4 }), pad: 'uniform', rehash: 2 })),
    softmax(7, random({ count: 3, logQ: true })),
  ];
  const create = (updateMode: UpdateMode = 'neuron', batchSize = ROWS): Promise<Network> =>
    Network.create(network(COLUMNS, layers, sgd({ rate: 0.1 }), { updateMode }), { batchSize });

  test.for([{ wanted: false }, { wanted: true }])(
    'leaves the bits and the counts of a whole one, gradients wanted: $wanted',
    async ({ wanted }) => {
      using whole = await create();
      using halved = await create();
      const inputGradients = wanted ? new Float32Array(ROWS * COLUMNS) : undefined;
      for (let i = 0; i < 3; i++) {
        const expected = whole.step(examples);
        const { loss: first, finish } = halved.beginStep(examples);
        const report = finish({ inputGradients });
        expect(first).toBe(expected.loss);
        const { seconds: _, partSeconds: __, multiplyAdds, ...kept } = expected;
        // Gradients with respect to the inputs are products of their own.
        expect(report).toMatchObject({ ...kept, ...(wanted ? {} : { multiplyAdds }) });
      }
      expect(bits(halved)).toBe(bits(whole));
    },
  );

  test('takes no memory for gradients that nobody wants', async () => {
    using net = await create();
    const before = net.memoryUsage();
    net.beginStep(examples).finish();
    expect(net.memoryUsage()).toBe(before);
    net.beginStep(examples).finish({ inputGradients: new Float32Array(ROWS * COLUMNS) });
    expect(net.memoryUsage()).toBeGreaterThan(before);
  });

  test('changes no weight, and is no step, before it is finished', async () => {
    using net = await create();
    const before = bits(net);
    net.beginStep(examples);
    expect(bits(net)).toBe(before);
    expect(net.beginStep(examples).finish().step).toBe(1);
    expect(bits(net)).not.toBe(before);
  });

  test('is finished once, and not after other rows', async () => {
    using net = await create();
    const { finish } = net.beginStep(examples);
    finish();
    expect(() => finish()).toThrow('This step was finished before.');
    for (const other of [
      () => net.step(examples),
      () => net.predict(examples),
      () => net.beginStep(examples),
    ]) {
      const begun = net.beginStep(examples);
      other();
      expect(() => begun.finish()).toThrow('The network has worked on other rows since this step was begun');
    }
  });

  test('updates a bag of inputs that has become trainable since it was begun, by its own rows', async () => {
    const rows = bags({ rows: ROWS, columns: 40, classes: 7 });
    const earlier = bags({ rows: ROWS, columns: 40, classes: 7, seed: 2 });
    const made = (): Promise<Network> =>
      Network.create(network(40, [hidden(9), softmax(7)], sgd({ rate: 0.1 })), {
        batchSize: ROWS,
        nonZeros: 300,
      });
    using expected = await made();
    using net = await made();
    for (const each of [expected, net]) each.step(earlier);
    net.setTraining(0, { trainable: false });
    const { finish } = net.beginStep(rows);
    net.setTraining(0, { trainable: true });
    finish();
    expected.step(rows);
    expect(bits(net)).toBe(bits(expected));
  });

  test('ends with the network', async () => {
    const net = await create();
    const { finish } = net.beginStep(examples);
    net.close();
    expect(() => finish()).toThrow('This network is closed.');
  });

  test('refuses what has no gradients, or no room for them', async () => {
    using net = await create();
    const few = { inputGradients: new Float32Array(5) };
    expect(() => net.beginStep(examples).finish(few)).toThrow(
      'inputGradients of 9 rows of 11 inputs has 99 numbers; got 5.',
    );
    const list = { inputGradients: [1, 2] as unknown as Float32Array };
    expect(() => net.beginStep(examples).finish(list)).toThrow('inputGradients is a Float32Array');
    const sparse = bags({ rows: 9, columns: COLUMNS, classes: 7 });
    using bag = await Network.create(network(COLUMNS, [softmax(7)]), { nonZeros: 99 });
    const room = { inputGradients: new Float32Array(99) };
    expect(() => bag.beginStep(sparse).finish(room)).toThrow(
      'are of dense rows; the network is for sparse ones',
    );
    expect(() => net.beginStep({ ...examples, rows: 10 } as DenseExamples)).toThrow(
      '10 rows of 11 have 110 values',
    );
    const spec = network(COLUMNS, [hidden(8), softmax(7)], sgd({ rate: 0.1 }), { updateMode: 'sample' });
    using single = await Network.create(spec);
    expect(() => single.beginStep(examples)).toThrow("in the update mode 'sample' each sample is one");
  });
});
