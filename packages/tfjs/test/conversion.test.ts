import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, regularizers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { hidden, Network, network, productKeys, softmax, sparseConnections, topK } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromLayersModel, toLayersModel } from '../src/index.ts';
import { BACKENDS, use } from './backends.ts';
import { distance, numbers } from './data.ts';

const ROWS = 5;
const values = numbers(ROWS * 7, 3);

function outputsOf(some: LayersModel): ArrayLike<number> {
  return tf.tidy(() => (some.predict(tf.tensor2d(values, [ROWS, 7])) as tf.Tensor).dataSync());
}

/** A dense layer after 7 inputs. */
function first(more: Partial<Parameters<typeof layers.dense>[0]> = {}): ReturnType<typeof layers.dense> {
  return layers.dense({ name: 'first', units: 6, inputShape: [7], biasInitializer: 'randomNormal', ...more });
}

const last = (): ReturnType<typeof layers.dense> =>
  layers.dense({ name: 'last', units: 3, activation: 'softmax' });

const word = (): ReturnType<typeof layers.embedding> =>
  layers.embedding({ name: 'words', inputDim: 9, outputDim: 2, inputLength: 7 });

describe.each(BACKENDS)('conversion on %s', (backend) => {
  beforeAll(() => use(backend));

  test.for([
    ['relu', 'softmax'],
    ['tanh', 'sigmoid'],
    ['sigmoid', 'linear'],
    ['linear', 'softmax'],
  ] as const)('there and back gives the same outputs and weights: %s, %s', async ([inner, outer]) => {
    const before = sequential({
      layers: [
        first({ activation: inner }),
        layers.dropout({ rate: 0.25 }),
        layers.dense({ units: 9 }),
        layers.activation({ activation: inner }),
        layers.dense({ units: 4, activation: outer, useBias: false }),
      ],
    });
    using net = await fromLayersModel(before);
    expect(net.spec.layers.map(({ units, activation, dropout }) => [units, activation, dropout])).toEqual([
      [6, inner, 0.25],
      [9, inner, undefined],
      [4, outer, undefined],
    ]);
    const expected = outputsOf(before);
    expect(distance(net.outputs({ rows: ROWS, columns: 7, inputs: values }), expected)).toBeLessThan(1e-5);
    const after = await toLayersModel(net);
    expect(after.layers.map((layer) => layer.name)).toEqual(['layer1', 'layer1_dropout', 'layer2', 'layer3']);
    expect(distance(outputsOf(after), expected)).toBeLessThan(1e-5);
    expect(after.getWeights()[0]!.dataSync()).toEqual(before.getWeights()[0]!.dataSync());
    expect(after.getWeights()[1]!.dataSync()).toEqual(before.getWeights()[1]!.dataSync());
  });
});

describe('conversion', () => {
  beforeAll(() => use('cpu'));

  test('of a functional model, with selectors by name', async () => {
    const x = input({ shape: [7] });
    const outputs = last().apply(
      layers.dense({ name: 'first', units: 6, activation: 'relu' }).apply(x),
    ) as never;
    const given = model({ inputs: x, outputs });
    given.layers[1]!.trainable = false;
    const select = topK({ count: 2 });
    using net = await fromLayersModel(given, { select: { first: select }, seed: 5, batchSize: 4 });
    expect(net.spec.layers[0]).toMatchObject({ select, trainable: false });
    expect([net.seed, net.batchSize]).toEqual([5, 4]);
  });

  test('of a network on sparse rows that selects gives its full pass', async () => {
    const spec = network(7, [hidden(8), hidden(20, topK({ count: 5 })), softmax(3)]);
    using net = await Network.create(spec, { nonZeros: 40 });
    const offsets = Int32Array.from({ length: ROWS + 1 }, (_, row) => 7 * row);
    const ids = Int32Array.from({ length: ROWS * 7 }, (_, i) => i % 7);
    const expected = net.outputs({ rows: ROWS, columns: 7, offsets, ids, values });
    expect(distance(outputsOf(await toLayersModel(net)), expected)).toBeLessThan(1e-5);
  });

  test.for<[string, () => LayersModel]>([
    [
      'words: Embedding is none of the layers',
      () => sequential({ layers: [word(), layers.flatten(), last()] }),
    ],
    [
      'normal: BatchNormalization is none',
      () => sequential({ layers: [first(), layers.batchNormalization({ name: 'normal' }), last()] }),
    ],
    [
      "first: activations are relu, linear, sigmoid, tanh, softmax; got 'elu'",
      () => sequential({ layers: [first({ activation: 'elu' }), last()] }),
    ],
    [
      "first is the last: its activation is softmax, sigmoid, linear; got 'relu'",
      () => sequential({ layers: [first({ activation: 'relu' })] }),
    ],
    [
      'first is not the last: no softmax',
      () => sequential({ layers: [first({ activation: 'softmax' }), last()] }),
    ],
    [
      'first: its kernelRegularizer has no counterpart',
      () => sequential({ layers: [first({ kernelRegularizer: regularizers.l2() }), last()] }),
    ],
    [
      'drop: dropout is of the units',
      () => sequential({ layers: [layers.dropout({ name: 'drop', rate: 0.1, inputShape: [7] }), last()] }),
    ],
    [
      'last is the last: there is no dropout',
      () => sequential({ layers: [first(), last(), layers.dropout({ rate: 0.1 })] }),
    ],
    [
      'act: an activation comes right after',
      () =>
        sequential({
          layers: [
            first({ activation: 'relu' }),
            layers.activation({ name: 'act', activation: 'relu' }),
            last(),
          ],
        }),
    ],
    [
      'one input of rows and one output; the model has 1 and 1, the first of shape [rows, 4, 4]',
      () => sequential({ layers: [layers.flatten({ inputShape: [4, 4] }), last()] }),
    ],
  ])('refuses by the name of the layer: %s', async ([message, make]) => {
    await expect(fromLayersModel(make())).rejects.toThrow(message);
  });

  test('refuses a layer that follows two, and one that is used twice', async () => {
    const x = input({ shape: [7] });
    const shared = layers.dense({ name: 'shared', units: 7 });
    const twice = model({ inputs: x, outputs: shared.apply(shared.apply(x)) as never });
    await expect(fromLayersModel(twice)).rejects.toThrow(
      'shared: it does not follow the layer before it alone',
    );
    const sum = layers.add({ name: 'sum' }).apply([x, layers.dense({ units: 7 }).apply(x)] as never) as never;
    await expect(fromLayersModel(model({ inputs: x, outputs: sum }))).rejects.toThrow(
      'sum: it does not follow',
    );
  });

  test('refuses what is no model, no network, and a selector for no layer', async () => {
    await expect(fromLayersModel({} as never)).rejects.toThrow('takes a LayersModel; got Object');
    await expect(toLayersModel({} as never)).rejects.toThrow('takes a Network; got Object');
    const given = sequential({ layers: [first(), last()] });
    await expect(fromLayersModel(given, { select: { lost: topK({ count: 1 }) } })).rejects.toThrow(
      "select names 'lost'",
    );
    await expect(fromLayersModel(given, { speed: 3 } as never)).rejects.toThrow("has no option 'speed'");
  });

  test('refuses networks that a dense model is not', async () => {
    const connections = sparseConnections({ density: 0.5 });
    using sparse = await Network.create(network(7, [hidden(8, undefined, { connections }), softmax(3)]));
    await expect(toLayersModel(sparse)).rejects.toThrow('Layer 1 has sparse connections');
    using gated = await Network.create(network(7, [hidden(64, productKeys({ count: 4 })), softmax(3)]));
    await expect(toLayersModel(gated)).rejects.toThrow('Layer 1: productKeys');
  });
});
