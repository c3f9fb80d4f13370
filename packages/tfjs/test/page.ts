/** What the browser test runs in a page, and in Node beside it: both layers in training, on whatever backend is at work. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { all, fixed, sgd } from '@hashgrad/sparse-nn';
import { HashedModel, hashedDense, hashedSoftmax } from '@hashgrad/tfjs';

/** What training gave. */
export interface PageReport {
  readonly backend: string;
  readonly losses: readonly number[];
  readonly accuracy: number;
  /** Tensors that an epoch left behind. */
  readonly left: number;
}

const ROWS = 48;
const COLUMNS = 6;
const CLASSES = 12;

/** Trains a small model for some epochs, its first weights being the same everywhere. */
export async function report(): Promise<PageReport> {
  const select = fixed({ count: 20 });
  const hashed = hashedDense({ units: 40, select, activation: 'tanh', optimizer: sgd({ rate: 0.5 }) });
  const body = sequential({
    layers: [layers.dense({ units: 10, activation: 'tanh', inputShape: [COLUMNS] }), hashed],
  });
  const kernel = Float32Array.from({ length: COLUMNS * 10 }, (_, i) => Math.sin(i * i));
  body.layers[0]!.setWeights([tf.tensor2d(kernel, [COLUMNS, 10]), tf.zeros([10])]);
  const head = await hashedSoftmax({
    inputs: 40,
    classes: CLASSES,
    select: all(),
    optimizer: sgd({ rate: 0.5 }),
  });
  const model = new HashedModel({ body, head });
  model.compile({ optimizer: tf.train.sgd(0.5) });
  const labels = Array.from({ length: ROWS }, (_, row) => row % CLASSES);
  const values = labels.flatMap((label) =>
    Array.from({ length: COLUMNS }, (_, i) => Math.sin(label * (i + 1))),
  );
  const x = tf.tensor2d(values, [ROWS, COLUMNS]);
  const epoch = async (): Promise<number> => {
    const { history } = await model.fit(x, labels, { batchSize: 16, shuffle: false });
    return history['loss']![0] as number;
  };
  const losses = [await epoch()];
  const { numTensors } = tf.memory();
  for (let e = 1; e < 15; e++) losses.push(await epoch());
  const left = tf.memory().numTensors - numTensors;
  const { acc } = await model.evaluate(x, labels);
  model.dispose();
  return { backend: tf.getBackend(), losses, accuracy: acc, left };
}
