import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { simHash } from '@hashgrad/lsh';
import { adagrad, all, fixed, lsh, random, sgd, topK, type SelectorSpec } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromLayersModel, HashedDense, hashedDense, type HashedDenseArgs } from '../src/index.ts';
import { BACKENDS, use } from './backends.ts';
import { clouds, distance, numbers } from './data.ts';

const ROWS = 40;
const COLUMNS = 8;
const UNITS = 30;
const CLASSES = 4;
const { inputs, labels } = clouds(ROWS, COLUMNS, CLASSES);
const hashing = lsh({ count: 12, family: simHash({ bits: 2, tables: 9 }), pad: 'uniform', rehash: 2 });

const x = (): tf.Tensor2D => tf.tensor2d(inputs, [ROWS, COLUMNS]);
const y = (): tf.Tensor2D => tf.tensor2d(labels, [ROWS, 1]);

/** A hashed layer, first or after others, and a softmax. */
function modelOf(select: SelectorSpec, args: Partial<HashedDenseArgs> = {}, before = false): Sequential {
  const inputShape = [COLUMNS];
  const own = hashedDense({
    units: UNITS,
    select,
    optimizer: sgd({ rate: 0.1 }),
    ...(before ? {} : { inputShape }),
    ...args,
  });
  const made = sequential({
    layers: [
      ...(before ? [layers.dense({ units: 9, activation: 'tanh', inputShape })] : []),
      own,
      layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  });
  made.compile({
    optimizer: tf.train.sgd(0.1),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return made;
}

function hashedOf(model: Sequential): HashedDense {
  return model.layers.find((layer) => layer instanceof HashedDense)!;
}

/** A model as its file holds it. */
async function artifactsOf(model: Sequential): Promise<tf.io.ModelArtifacts> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      // Through JSON, as in a file.
      kept = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) as object };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return kept!;
}

function predictionsOf(model: Pick<Sequential, 'predict'>): ArrayLike<number> {
  return tf.tidy(() => (model.predict(x()) as tf.Tensor).dataSync());
}

describe.each(BACKENDS)('a hashed dense layer on %s', (backend) => {
  beforeAll(() => use(backend));

  test.for([{ before: false }, { before: true }])(
    'of all units trains as the dense layer of tfjs does, a layer below it: $before',
    async ({ before }) => {
      const ours = modelOf(all(), {}, before);
      const theirs = sequential({
        layers: ours.layers.map((layer) => {
          if (!(layer instanceof HashedDense))
            return layers.dense({ ...(layer.getConfig() as object), units: layer.outputShape[1] as number });
          return layers.dense({ units: UNITS, activation: 'relu', inputShape: [before ? 9 : COLUMNS] });
        }),
      });
      for (const [index, layer] of ours.layers.entries()) {
        if (layer instanceof HashedDense) {
          const { weights, bias } = layer.copyWeights();
          const width = weights.length / UNITS;
          theirs.layers[index]!.setWeights([
            tf.transpose(tf.tensor2d(weights, [UNITS, width])),
            tf.tensor1d(bias),
          ]);
        } else theirs.layers[index]!.setWeights(layer.getWeights());
      }
      theirs.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
      const args = { epochs: 3, batchSize: 16, shuffle: false };
      const losses = [ours, theirs].map((model) => model.fit(x(), y(), args));
      const [a, b] = (await Promise.all(losses)).map(({ history }) => history['loss'] as number[]);
      expect(distance(a!, b!)).toBeLessThan(1e-4);
      expect(distance(predictionsOf(ours), predictionsOf(theirs))).toBeLessThan(1e-4);
      expect(a![2]).toBeLessThan(a![0]! - 0.01);
    },
  );

  test('of chosen units has the gradient that differences show, the choice held fixed', () => {
    const layer = hashedDense({ units: UNITS, select: fixed({ count: 7 }), activation: 'tanh' });
    const values = numbers(3 * COLUMNS, 2);
    const factors = tf.tensor2d(numbers(3 * UNITS, 9), [3, UNITS]);
    const sum = (from: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(layer.apply(from, { training: true }) as tf.Tensor, factors));
    const at = (moved: Float32Array): number =>
      tf.tidy(() => sum(tf.tensor2d(moved, [3, COLUMNS])).dataSync()[0]!);
    const step = 2 ** -7;
    const expected = values.map(
      (value, i) => (at(values.with(i, value + step)) - at(values.with(i, value - step))) / (2 * step),
    );
    const grad = tf.grad(sum)(tf.tensor2d(values, [3, COLUMNS]));
    expect(distance(grad.dataSync(), expected)).toBeLessThan(1e-3);
    expect(Math.max(...expected)).toBeGreaterThan(0.1);
  });

  test('learns in model.fit, and computes what was chosen', async () => {
    const model = modelOf(hashing, { optimizer: adagrad({ rate: 0.1 }) });
    const { history } = await model.fit(x(), y(), { epochs: 25, batchSize: 10 });
    expect(history['acc']!.at(-1)).toBeGreaterThan(0.9);
    const hidden = tf.tidy(() => (hashedOf(model).apply(x()) as tf.Tensor).arraySync() as number[][]);
    for (const row of hidden) expect(row.filter((value) => value !== 0).length).toBeLessThanOrEqual(12);
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const model = modelOf(hashing, {}, true);
    const [rows, answers] = [x(), y()];
    const work = async (): Promise<void> => {
      await model.fit(rows, answers, { epochs: 1 });
      predictionsOf(model);
      await artifactsOf(model);
    };
    await work();
    const { numTensors } = tf.memory();
    await work();
    expect(tf.memory().numTensors).toBe(numTensors);
    const layer = hashedOf(model);
    const { optimizer } = model;
    model.dispose();
    tf.dispose([rows, answers]);
    optimizer.dispose();
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1);
    expect(() => layer.copyWeights()).toThrow('This layer is closed.');
  });

  test('is saved and loaded with the model: the same predictions, and training goes on', async () => {
    const model = modelOf(hashing, { optimizer: adagrad({ rate: 0.05 }), name: 'HashedOne' }, true);
    const args = { epochs: 2, shuffle: false };
    await model.fit(x(), y(), args);
    const loaded = (await loadLayersModel(tf.io.fromMemory(await artifactsOf(model)))) as Sequential;
    expect(hashedOf(loaded).getConfig()).toEqual(hashedOf(model).getConfig());
    expect(hashedOf(loaded).select).toEqual(hashing);
    expect(predictionsOf(loaded)).toEqual(predictionsOf(model));
    loaded.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
    for (const each of [model, loaded]) await each.fit(x(), y(), args);
    expect(distance(predictionsOf(loaded), predictionsOf(model))).toBeLessThan(1e-6);
    expect(hashedOf(loaded).copyWeights()).toEqual(hashedOf(model).copyWeights());
  });
});

describe('a hashed dense layer', () => {
  beforeAll(() => use('cpu'));

  test('learns in training only', () => {
    const layer = hashedDense({ units: UNITS, select: random({ count: 5 }) });
    const gradOf = (kwargs: { training: boolean }): unknown =>
      tf.grad((rows: tf.Tensor) => tf.sum(layer.apply(rows, kwargs) as tf.Tensor))(x());
    layer.apply(x());
    const before = layer.copyWeights();
    gradOf({ training: false });
    expect(layer.copyWeights()).toEqual(before);
    gradOf({ training: true });
    expect(layer.copyWeights()).not.toEqual(before);
    layer.trainable = false;
    const after = layer.copyWeights();
    gradOf({ training: true });
    expect(layer.copyWeights()).toEqual(after);
  });

  test('computes all units outside of training where that is asked for', () => {
    const layer = hashedDense({ units: UNITS, select: topK({ count: 5 }), activation: 'tanh', pass: 'full' });
    const active = (kwargs: { training: boolean }): number =>
      tf.tidy(() => tf.sum(tf.notEqual(layer.apply(x(), kwargs) as tf.Tensor, 0)).dataSync()[0]!);
    expect([active({ training: true }), active({ training: false })]).toEqual([5 * ROWS, UNITS * ROWS]);
    const grad = tf.grad((rows: tf.Tensor) => tf.sum(layer.apply(rows) as tf.Tensor));
    expect(() => grad(x())).toThrow("with pass 'full' it has gradients in training only");
  });

  test('takes more dimensions of rows, and says what it is', () => {
    const layer = hashedDense({ units: UNITS, select: topK({ count: 5 }), inputShape: [3, COLUMNS] });
    expect((layer.apply(tf.zeros([2, 3, COLUMNS])) as tf.Tensor).shape).toEqual([2, 3, UNITS]);
    expect(layer.computeOutputShape([null, 3, COLUMNS])).toEqual([null, 3, UNITS]);
    expect(layer.countParams()).toBe(UNITS * (COLUMNS + 1));
  });

  test('becomes a layer of a network', async () => {
    const model = modelOf(topK({ count: 12 }), { name: 'own' }, true);
    using net = await fromLayersModel(model);
    expect(net.spec.layers[1]!.select).toEqual(topK({ count: 12 }));
    expect(net.copyWeights(1)).toEqual(hashedOf(model).copyWeights());
  });

  test.for<[string, () => unknown]>([
    [
      "hashedDense has no option 'kernelInitializer'",
      () => hashedDense({ units: 3, select: all(), kernelInitializer: 'zeros' } as never),
    ],
    [
      'hashedDense: units is a whole number of 1 or more; got 0',
      () => hashedDense({ units: 0, select: all() }),
    ],
    ['hashedDense takes `select`', () => hashedDense({ units: 3 } as never)],
    [
      "pass is 'sparse' or 'full'; got 'both'",
      () => hashedDense({ units: 3, select: all(), pass: 'both' as never }),
    ],
    ["wide: Layer 1: There is no selector 'magic'", () => modelOf({ kind: 'magic' }, { name: 'wide' })],
    [
      'wide: Layer 1: activations of a hidden layer are relu, linear, sigmoid and tanh',
      () => modelOf(all(), { name: 'wide', activation: 'elu' as never }),
    ],
    ['wide: Layer 1: topK: count is an integer from 1', () => modelOf(topK({ count: 31 }), { name: 'wide' })],
    [
      'wide takes a float32 tensor; got one of int32',
      () => hashedDense({ units: 3, select: all(), name: 'wide' }).apply(tf.zeros([2, 3], 'int32')),
    ],
    ['lone was not built yet', () => hashedDense({ units: 3, select: all(), name: 'lone' }).copyWeights()],
  ])('is refused: %s', ([message, make]) => {
    expect(make).toThrow(message);
  });

  test('refuses the state of another layer', () => {
    const [small, large] = [3, 4].map((units) => {
      const layer = hashedDense({ units, select: topK({ count: 2 }) });
      layer.apply(x());
      return layer;
    });
    expect(() => small!.setWeights(large!.getWeights())).toThrow(
      'takes no state of one of 8 inputs and 4 units',
    );
  });
});
