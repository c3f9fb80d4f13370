/** The two models that learn: equal layers below, a hashed softmax or a dense one above. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { adam } from '@hashgrad/sparse-nn';
import { classesByHashing, hashedSoftmax } from '@hashgrad/tfjs';
import { CONTEXT } from './words.ts';

const HIDDEN = 64;
const RATE = 0.003;

/** How well a model does on rows. */
export interface Measured {
  readonly loss: number;
  readonly accuracy: number;
}

/** One of the two. */
export interface Learner {
  readonly name: 'hashed' | 'dense';
  /** rows x CONTEXT words, and the label of each. */
  step(words: Int32Array, labels: Int32Array): void;
  measure(words: Int32Array, labels: Int32Array): Promise<Measured>;
  /** The most probable words after some. */
  next(words: Int32Array, count: number): Promise<Int32Array>;
  close(): void;
}

/** With the hashed softmax. */
export async function hashedLearner(classes: number, batchSize: number): Promise<Learner> {
  const body = bodyOf(classes);
  const select = classesByHashing(classes);
  const head = await hashedSoftmax({
    inputs: HIDDEN,
    classes,
    select,
    batchSize,
    optimizer: adam({ rate: RATE }),
  });
  const optimizer = tf.train.adam(RATE);
  const hiddenOf = (words: Int32Array): tf.Tensor =>
    tf.tidy(() => body.predict(oneHot(words, classes)) as tf.Tensor);
  return {
    name: 'hashed',
    step(words, labels) {
      optimizer.minimize(() =>
        head.loss(body.apply(oneHot(words, classes), { training: true }) as tf.Tensor, labels),
      );
    },
    async measure(words, labels) {
      const hidden = hiddenOf(words);
      const { loss, accuracy } = await head.evaluate(hidden, labels);
      hidden.dispose();
      return { loss, accuracy };
    },
    async next(words, count) {
      const hidden = hiddenOf(words);
      const best = await head.predict(hidden, { k: count });
      const found = await best.classes.data<'int32'>();
      tf.dispose([hidden, best.classes, best.scores]);
      return found;
    },
    close() {
      head.close();
      body.dispose();
      optimizer.dispose();
    },
  };
}

/** With tfjs's own. */
export function denseLearner(classes: number): Learner {
  const body = bodyOf(classes);
  body.add(layers.dense({ units: classes }));
  const optimizer = tf.train.adam(RATE);
  const variables = body.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const lossOf = (logits: tf.Tensor, labels: Int32Array): tf.Scalar =>
    tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), logits);
  return {
    name: 'dense',
    step(words, labels) {
      optimizer.minimize(
        () => lossOf(body.apply(oneHot(words, classes), { training: true }) as tf.Tensor, labels),
        false,
        variables,
      );
    },
    async measure(words, labels) {
      return tf.tidy(() => {
        const logits = body.predict(oneHot(words, classes)) as tf.Tensor;
        const right = tf.mean(
          tf.cast(tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, 'int32')), 'float32'),
        );
        return { loss: lossOf(logits, labels).dataSync()[0]!, accuracy: right.dataSync()[0]! };
      });
    },
    async next(words, count) {
      return tf.tidy(
        () =>
          tf.topk(body.predict(oneHot(words, classes)) as tf.Tensor, count).indices.dataSync() as Int32Array,
      );
    },
    close() {
      body.dispose();
      optimizer.dispose();
    },
  };
}

/** An embedding - a product with rows of 0 and 1, for tf.layers.embedding has no gradient on wasm - and a layer. */
function bodyOf(classes: number): Sequential {
  return sequential({
    layers: [
      layers.dense({ units: 32, useBias: false, inputShape: [CONTEXT, classes] }),
      layers.flatten(),
      layers.dense({ units: HIDDEN, activation: 'relu' }),
    ],
  });
}

function oneHot(words: Int32Array, classes: number): tf.Tensor {
  return tf.cast(
    tf.oneHot(tf.tensor2d(words, [words.length / CONTEXT, CONTEXT], 'int32'), classes),
    'float32',
  );
}
