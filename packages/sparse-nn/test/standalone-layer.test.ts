import { simHash } from '@hashgrad/lsh';
import { describe, expect, test } from 'vitest';
import {
  adam,
  all,
  fixed,
  hidden,
  lsh,
  Network,
  network,
  random,
  sgd,
  softmax,
  StandaloneLayer,
  topK,
  type HiddenActivation,
  type SelectorSpec,
} from '../src/index.ts';
import { blobs } from './data.ts';
import { distance, largest } from './distance.ts';
import { forward, numericGradient, type ReferenceLayer } from './reference.ts';
import { Spy } from './spy.ts';

const ROWS = 6;
const INPUTS = 10;
const UNITS = 40;
const examples = blobs({ rows: ROWS, columns: INPUTS, classes: 3 });
/** What the loss multiplies the outputs by: the gradients with respect to them. */
const factors = Float32Array.from({ length: ROWS * UNITS }, (_, i) => Math.sin(i * i));

function create(select: SelectorSpec, activation: HiddenActivation = 'tanh'): StandaloneLayer {
  const layer = hidden(UNITS, select, { activation });
  return StandaloneLayer.create({ inputs: INPUTS, layer, optimizer: sgd({ rate: 1 }), batchSize: ROWS });
}

const hashing = lsh({ count: 12, family: simHash({ bits: 2, tables: 9 }), pad: 'uniform', rehash: 2 });

/** A step of training on small gradients; the outputs. */
const step = (layer: StandaloneLayer): Float32Array => {
  const { outputs, backward } = layer.forward(examples, true);
  backward(factors.map((value) => value / 100));
  return outputs;
};

describe('the gradients of a standalone layer', () => {
  test.for<[string, SelectorSpec, HiddenActivation]>([
    ['all units', all(), 'sigmoid'],
    ['fixed ones', fixed({ count: 9 }), 'tanh'],
    ['drawn ones', random({ count: 9 }), 'relu'],
    ['the highest', topK({ count: 9 }), 'linear'],
    ['hashed ones', hashing, 'tanh'],
  ])('are those of what is made of its outputs, by differences: %s', ([, select, activation]) => {
    const spy = new Spy();
    using layer = create(select.kind === 'all' ? select : spy.on(select), activation);
    const { weights, bias } = layer.copyWeights();
    // Biases of 0 put units on ReLU's kink.
    layer.setWeights({ weights, bias: bias.map((_, u) => 0.01 * (1 + (u % 5))) });
    const before = layer.copyWeights();
    const { outputs, backward } = layer.forward(examples, true);
    const reference: ReferenceLayer = {
      activation,
      units: UNITS,
      inputs: INPUTS,
      weights: Float64Array.from(before.weights),
      bias: Float64Array.from(before.bias),
      keep: spy.selector?.keepProbability ?? 1,
    };
    const inputs = Float64Array.from(examples.inputs);
    const rowOf = (row: number): Float64Array =>
      forward(reference, inputs.subarray(row * INPUTS, (row + 1) * INPUTS), spy.choices.at(-1)?.active[row]);
    for (let row = 0; row < ROWS; row++) {
      expect(distance(outputs.subarray(row * UNITS, (row + 1) * UNITS), rowOf(row))).toBeLessThan(1e-5);
    }
    const loss = (): number => {
      let total = 0;
      for (let row = 0; row < ROWS; row++) {
        total += rowOf(row).reduce((sum, y, u) => sum + y * factors[row * UNITS + u], 0);
      }
      return total;
    };
    const [byInputs, byWeights, byBias] = [inputs, reference.weights, reference.bias].map((each) =>
      numericGradient(each, loss),
    );
    expect(distance(backward(factors), byInputs)).toBeLessThan(1e-4);
    expect(largest(byInputs)).toBeGreaterThan(1e-2);
    const after = layer.copyWeights();
    const lost = before.weights.map((value, i) => value - after.weights[i]);
    expect(distance(lost, byWeights)).toBeLessThan(1e-4);
    expect(
      distance(
        before.bias.map((value, u) => value - after.bias[u]),
        byBias,
      ),
    ).toBeLessThan(1e-4);
  });
});

describe('a standalone layer', () => {
  test('is kept as bytes, and trains on with the same', () => {
    using layer = create(hashing);
    for (let i = 0; i < 3; i++) step(layer);
    using loaded = StandaloneLayer.fromBytes(layer.toBytes());
    expect(loaded.spec).toEqual(layer.spec);
    for (let i = 0; i < 3; i++) expect(step(loaded)).toEqual(step(layer));
    expect(loaded.copyWeights()).toEqual(layer.copyWeights());
  });

  test('passes gradients on outside of training, and is as if nothing had been', () => {
    using layer = create(hashing);
    using watched = create(hashing);
    for (let i = 0; i < 3; i++) {
      const { backward } = watched.forward(examples, false);
      const once = backward(factors);
      expect(largest(once)).toBeGreaterThan(1e-2);
      expect(backward(factors)).toEqual(once);
      expect(step(watched)).toEqual(step(layer));
    }
    expect(watched.copyWeights()).toEqual(layer.copyWeights());
  });

  test('that is not trained passes gradients on, and stays as it is', () => {
    const frozen = hidden(UNITS, topK({ count: 9 }), { trainable: false });
    using layer = StandaloneLayer.create({ inputs: INPUTS, layer: frozen });
    const before = layer.copyWeights();
    expect(largest(layer.forward(examples, true).backward(factors))).toBeGreaterThan(1e-2);
    expect(layer.copyWeights()).toEqual(before);
  });

  test('makes room for larger batches, with the same numbers', () => {
    const options = { inputs: INPUTS, layer: hidden(UNITS, hashing), optimizer: adam() };
    using small = StandaloneLayer.create({ ...options, batchSize: 1 });
    using large = StandaloneLayer.create({ ...options, batchSize: ROWS });
    for (let i = 0; i < 3; i++) expect(step(small)).toEqual(step(large));
  });

  test('gives the exact outputs of all units, which are those of a network', async () => {
    using layer = create(topK({ count: 9 }));
    using net = await Network.create(
      network(INPUTS, [hidden(UNITS, all(), { activation: 'tanh' }), softmax(3)]),
    );
    net.setWeights(0, layer.copyWeights());
    const outputs = layer.forwardAll(examples);
    using same = StandaloneLayer.create({ inputs: INPUTS, layer: net.spec.layers[0] });
    same.setWeights(net.copyWeights(0));
    expect(distance(outputs, same.forward(examples, false).outputs)).toBeLessThan(1e-6);
    expect(outputs.filter((value) => value !== 0)).toHaveLength(ROWS * UNITS);
  });

  test('refuses what does not fit, and what comes too late', async () => {
    using layer = create(topK({ count: 9 }));
    const first = layer.forward(examples, true);
    expect(() => first.backward(factors.subarray(1))).toThrow(
      'are a Float32Array of 240; got Float32Array of 239',
    );
    first.backward(factors);
    expect(() => first.backward(factors)).toThrow('was trained on these before');
    const second = layer.forward(examples, true);
    layer.forwardAll(examples);
    expect(() => second.backward(factors)).toThrow('This layer has worked on other rows since');
    expect(() => layer.forward({ ...examples, columns: 9 }, true)).toThrow('The network has 10 inputs');
    expect(() => layer.setWeights({ weights: [1], bias: [1] })).toThrow(
      'The layer has 40 units of 10 inputs',
    );
    expect(() => create({ kind: 'magic' })).toThrow("Layer 1: There is no selector 'magic'");
    expect(() => StandaloneLayer.create({ inputs: 4, units: 3 } as never)).toThrow("has no option 'units'");
    using net = await Network.create(network(INPUTS, [hidden(4), softmax(3)]));
    expect(() => StandaloneLayer.fromBytes(net.toBytes())).toThrow(
      'a checkpoint of a network, and of no layer by itself',
    );
  });
});
