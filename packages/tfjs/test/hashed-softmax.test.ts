import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { all, fixed, random, sgd, type SelectorSpec } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { HashedSoftmax, hashedSoftmax, type LabelsLike } from '../src/index.ts';
import { BACKENDS, use } from './backends.ts';
import { clouds, distance, numbers } from './data.ts';

const ROWS = 6;
const INPUTS = 10;
const CLASSES = 30;
const labels = [3, 29, 0, 3, 17, 8];
const values = numbers(ROWS * INPUTS, 1);

function create(select: SelectorSpec): Promise<HashedSoftmax> {
  return hashedSoftmax({
    inputs: INPUTS,
    classes: CLASSES,
    select,
    optimizer: sgd({ rate: 0.5 }),
    batchSize: 64,
  });
}

function hiddenTensor(from: ArrayLike<number> = values): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from(from), [ROWS, INPUTS]);
}

/** The gradient of a head of all classes, its loss multiplied. */
const gradientOf = async (factor: number): Promise<Float32Array> => {
  using head = await create(all());
  return tf.tidy(
    () =>
      tf
        .grad((h: tf.Tensor) => tf.mul(head.loss(h, labels), factor))(hiddenTensor())
        .dataSync() as Float32Array,
  );
};

/** The same for hidden tensors of some shape, and labels in some form. */
const gradientIn = async (shape: number[], given: LabelsLike): Promise<ArrayLike<number>> => {
  using head = await create(all());
  const grad = tf.grad((h: tf.Tensor) => head.loss(h, given))(tf.tensor(values, shape));
  expect(grad.shape).toEqual(shape);
  return grad.dataSync();
};

/** The loss of a step of training. */
const stepOf = (some: HashedSoftmax): number =>
  tf.tidy(
    () =>
      tf
        .valueAndGrad((h: tf.Tensor) => some.loss(h, labels))(hiddenTensor())
        .value.dataSync()[0]!,
  );

describe.each(BACKENDS)('a hashed softmax on %s', (backend) => {
  beforeAll(() => use(backend));

  test('of all classes is the dense one of tfjs: loss, gradient, and the weights after a step', async () => {
    using head = await create(all());
    const { weights, bias } = head.network.copyWeights(0);
    const kernel = tf.variable(tf.tensor2d(weights, [CLASSES, INPUTS]));
    const offset = tf.variable(tf.tensor1d(bias));
    const dense = (x: tf.Tensor): tf.Scalar =>
      tf.tidy(() => {
        const logits = tf.add(tf.matMul(x, kernel, false, true), offset);
        return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(labels, CLASSES), tf.logSoftmax(logits)), 1)));
      });
    const x = hiddenTensor();
    const ours = tf.valueAndGrad((h: tf.Tensor) => head.loss(h, labels))(x);
    const theirs = tf.valueAndGrad((h: tf.Tensor) => dense(h))(x);
    expect(distance(ours.value.dataSync(), theirs.value.dataSync())).toBeLessThan(1e-4);
    expect(distance(ours.grad.dataSync(), theirs.grad.dataSync())).toBeLessThan(1e-4);
    expect(Math.max(...theirs.grad.dataSync())).toBeGreaterThan(1e-2);
    tf.train.sgd(0.5).minimize(() => dense(x), false, [kernel, offset]);
    const after = head.network.copyWeights(0);
    expect(distance(after.weights, kernel.dataSync())).toBeLessThan(1e-4);
    expect(distance(after.bias, offset.dataSync())).toBeLessThan(1e-4);
    expect(distance(after.weights, weights)).toBeGreaterThan(1e-2);
  });

  test('of chosen classes has the gradient that differences show, the choice held fixed', async () => {
    using head = await create(fixed({ count: 7 }));
    const lossAt = (x: Float32Array): number =>
      tf.tidy(() => head.loss(hiddenTensor(x), labels).dataSync()[0]!);
    const step = 2 ** -7;
    const expected = values.map((value, i) => {
      const [above, below] = [value + step, value - step].map((moved) => lossAt(values.with(i, moved)));
      return (above! - below!) / (2 * step);
    });
    const grad = tf.grad((h: tf.Tensor) => head.loss(h, labels))(hiddenTensor());
    expect(distance(grad.dataSync(), expected)).toBeLessThan(1e-4);
    expect(Math.max(...expected)).toBeGreaterThan(1e-2);
  });

  test('gives a gradient that is multiplied as the loss is', async () => {
    const [once, thrice] = [await gradientOf(1), await gradientOf(3)];
    expect(
      distance(
        once.map((g) => 3 * g),
        thrice,
      ),
    ).toBeLessThan(1e-6);
  });

  test('takes more dimensions of rows, and labels in tensors', async () => {
    const flat = await gradientIn([ROWS, INPUTS], labels);
    expect(await gradientIn([2, 3, INPUTS], tf.tensor2d(labels, [2, 3], 'int32'))).toEqual(flat);
    expect(await gradientIn([ROWS, INPUTS], tf.tensor2d(labels, [ROWS, 1], 'float32'))).toEqual(flat);
    expect(await gradientIn([ROWS, INPUTS], Int32Array.from(labels))).toEqual(flat);
  });

  test('changes nothing where no gradient is taken', async () => {
    using head = await create(random({ count: 5, logQ: true }));
    const before = head.network.copyWeights(0);
    head.loss(hiddenTensor(), labels).dispose();
    await head.evaluate(hiddenTensor(), labels);
    expect(head.network.copyWeights(0)).toEqual(before);
    tf.grad((h: tf.Tensor) => head.loss(h, labels))(hiddenTensor());
    expect(head.network.copyWeights(0)).not.toEqual(before);
  });

  test('refuses a gradient that is taken too late', async () => {
    using head = await create(all());
    const twice = tf.grad((h: tf.Tensor) => tf.add(head.loss(h, labels), head.loss(h, labels)) as tf.Scalar);
    expect(() => twice(hiddenTensor())).toThrow(
      'The network has worked on other rows since this step was begun',
    );
  });

  test('trains with the layers below it in a loop of one’s own, and leaves no tensor behind', async () => {
    const { inputs, labels: classes } = clouds(60, 12, CLASSES);
    const body = sequential({
      layers: [
        layers.dense({
          units: INPUTS,
          activation: 'tanh',
          inputShape: [12],
          kernelInitializer: 'glorotNormal',
        }),
      ],
    });
    using head = await hashedSoftmax({
      inputs: INPUTS,
      classes: CLASSES,
      select: random({ count: 15, logQ: true }),
      batchSize: 60,
    });
    const x = tf.tensor2d(inputs, [60, 12]);
    const optimizer = tf.train.adam(0.02);
    const kernel = body.layers[0]!.getWeights()[0]!;
    const before = kernel.dataSync().slice();
    const accuracy = async (): Promise<number> => {
      const hidden = body.predict(x) as tf.Tensor;
      const found = await head.evaluate(hidden, classes);
      hidden.dispose();
      return found.accuracy;
    };
    const step = (): void =>
      optimizer.minimize(() =>
        head.loss(body.apply(x, { training: true }) as tf.Tensor, classes),
      ) as unknown as void;
    step();
    head.network.setTraining(0, { rateScale: 20 });
    const { numTensors } = tf.memory();
    for (let i = 0; i < 60; i++) step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(distance(kernel.dataSync(), before)).toBeGreaterThan(0.1);
    expect(await accuracy()).toBeGreaterThan(0.9);
    for (const own of [body, optimizer, x]) own.dispose();
  });

  test('predicts the best classes, with their probabilities', async () => {
    using head = await create(random({ count: 5 }));
    const before = tf.memory().numTensors;
    const hidden = hiddenTensor();
    const { classes, scores } = await head.predict(hidden, { k: 3 });
    const { weights, bias } = head.network.copyWeights(0);
    const expected = tf.tidy(() => {
      const logits = tf.add(tf.matMul(hidden, tf.tensor2d(weights, [CLASSES, INPUTS]), false, true), bias);
      const best = tf.topk(tf.softmax(logits), 3);
      return { classes: best.indices.arraySync(), scores: best.values.dataSync() };
    });
    expect(classes.dtype).toBe('int32');
    expect(classes.arraySync()).toEqual(expected.classes);
    expect(distance(scores.dataSync(), expected.scores)).toBeLessThan(1e-5);
    tf.dispose([hidden, classes, scores]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a hashed softmax', () => {
  beforeAll(() => use('cpu'));

  test('is kept as bytes, and trains on as it would have', async () => {
    using head = await create(random({ count: 5, logQ: true }));
    stepOf(head);
    using loaded = await HashedSoftmax.load(head.toBytes());
    expect([stepOf(loaded), stepOf(loaded)]).toEqual([stepOf(head), stepOf(head)]);
    expect(loaded.network.copyWeights(0)).toEqual(head.network.copyWeights(0));
  });

  test('is over once it is closed', async () => {
    const head = await create(all());
    head.close();
    expect(() => head.loss(hiddenTensor(), labels)).toThrow('This network is closed.');
    expect(() => head.close()).not.toThrow();
  });

  test.for<[string, unknown]>([
    ["hashedSoftmax has no option 'units'", { inputs: 4, classes: 9, units: 3 }],
    ['inputs is a whole number of 1 or more; got undefined.', { classes: 9 }],
    ['classes is a whole number of 1 or more; got 0.', { inputs: 4, classes: 0 }],
    ["Layer 1: There is no selector 'magic'", { inputs: 4, classes: 9, select: { kind: 'magic' } }],
    ['hashedSoftmax takes an object of options; got 9.', 9],
  ])('is refused: %s', async ([message, options]) => {
    await expect(hashedSoftmax(options as never)).rejects.toThrow(message);
  });

  test.for<[string, () => tf.Tensor, LabelsLike]>([
    ['takes rows of 10 numbers; got a tensor of shape [6, 9]', () => tf.zeros([6, 9]), labels],
    ['takes rows of 10 numbers; got a tensor of shape [10]', () => tf.zeros([10]), [1]],
    ['takes a float32 tensor; got one of int32', () => tf.zeros([6, 10], 'int32'), labels],
    ['takes a label for each of 6 rows; got 5', hiddenTensor, [1, 2, 3, 4, 5]],
    ['Labels are class numbers, not one-hot.', hiddenTensor, () => 0] as never,
    ['The label of row 2 is 30; classes are 0 to 29.', hiddenTensor, [0, 0, 30, 0, 0, 0]],
    ['the label of row 1 is 0.5; labels are whole numbers', hiddenTensor, [0, 0.5, 30, 0, 0, 0]],
    ['at most 64 rows', () => tf.zeros([65, 10]), Array.from({ length: 65 }, () => 0)],
  ])('refuses what does not fit: %s', async ([message, hidden, given]) => {
    using head = await create(all());
    const wrong = typeof given === 'function' ? tf.oneHot(labels, CLASSES) : given;
    expect(() => head.loss(hidden(), wrong)).toThrow(message);
  });

  test('is of one softmax layer', async () => {
    const { Network, hidden, network, softmax } = await import('@hashgrad/sparse-nn');
    using net = await Network.create(network(4, [hidden(3), softmax(2)]));
    expect(() => new HashedSoftmax(net)).toThrow(
      'is a network of one softmax layer; got one of relu, softmax',
    );
    await expect(HashedSoftmax.load(net.toBytes())).rejects.toThrow('is a network of one softmax layer');
  });
});
