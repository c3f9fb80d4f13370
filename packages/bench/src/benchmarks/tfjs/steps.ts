/** What `tfjs` times: steps of one model with a hashed softmax above it, and with a dense one. */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../baselines/tensorflow.ts';

/** The model and its batches. */
export interface TfjsTask {
  /** Of a batch. */
  readonly rows: number;
  /** Of a row. */
  readonly words: number;
  readonly vocabulary: number;
  /** Numbers of a word. */
  readonly embedding: number;
  /** Units of each of two layers. */
  readonly hidden: number;
  readonly classes: number;
}

/** Rows of words, and the class of each. */
export interface Batch {
  readonly words: Int32Array;
  readonly labels: Int32Array;
}

/** A way of training, a step at a time. */
export interface TimedStep {
  run(batch: Batch): void;
  close(): void;
}

/** With a hashed softmax of its default selector. */
export async function hashedStep(tensorFlow: TensorFlow, task: TfjsTask): Promise<TimedStep> {
  const { tf, hashgrad } = tensorFlow;
  const body = bodyOf(tensorFlow, task);
  const { hidden: inputs, classes, rows: batchSize } = task;
  const head = await hashgrad.hashedSoftmax({ inputs, classes, batchSize });
  const optimizer = tf.train.adam();
  return {
    run(batch) {
      const x = oneHot(tensorFlow, task, batch);
      optimizer.minimize(() => head.loss(body.apply(x, { training: true }) as Tensor, batch.labels));
      x.dispose();
    },
    close() {
      head.close();
      for (const each of [body, optimizer]) each.dispose();
    },
  };
}

/** With a dense softmax, by the loss of tfjs that takes logits, which is the fastest that it has. */
export function denseStep(tensorFlow: TensorFlow, task: TfjsTask): TimedStep {
  const { tf, tfl } = tensorFlow;
  const body = bodyOf(tensorFlow, task);
  body.add(tfl.layers.dense({ units: task.classes }));
  const optimizer = tf.train.adam();
  const variables = body.trainableWeights.map((weight) => weight.read() as Variable);
  return {
    run({ words, labels }) {
      const x = oneHot(tensorFlow, task, { words, labels });
      const loss = optimizer.minimize(
        () => {
          const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), task.classes);
          return tf.losses.softmaxCrossEntropy(targets, body.apply(x, { training: true }) as Tensor);
        },
        true,
        variables,
      )!;
      loss.dataSync();
      tf.dispose([x, loss]);
    },
    close() {
      for (const each of [body, optimizer]) each.dispose();
    },
  };
}

/** An embedding, as a product, and two layers. */
function bodyOf({ tfl }: TensorFlow, { words, vocabulary, embedding, hidden }: TfjsTask): Sequential {
  const { layers } = tfl;
  return tfl.sequential({
    layers: [
      layers.dense({ units: embedding, useBias: false, inputShape: [words, vocabulary] }),
      layers.flatten(),
      layers.dense({ units: hidden, activation: 'relu' }),
      layers.dense({ units: hidden, activation: 'relu' }),
    ],
  });
}

/** rows x words x vocabulary. */
function oneHot({ tf }: TensorFlow, { rows, words, vocabulary }: TfjsTask, batch: Batch): Tensor {
  return tf.tidy(() =>
    tf.cast(tf.oneHot(tf.tensor2d(batch.words, [rows, words], 'int32'), vocabulary), 'float32'),
  );
}
