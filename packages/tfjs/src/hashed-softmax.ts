/**
 * A softmax over very many classes as the last layer of a TensorFlow.js model. Its weights, the optimizer's state, the hash tables
 * and the sampling are a network's of sparse-nn; tfjs has the hidden tensor that goes in, and gets the gradient by it back.
 */
import { customGrad, mul, scalar, tensor, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { simHash } from '@hashgrad/lsh';
import {
  adam,
  all,
  lsh,
  Network,
  network,
  softmax,
  type AsyncOptions,
  type Evaluation,
  type LoadOptions,
  type OptimizerSpec,
  type PredictOptions,
  type RuntimeOptions,
  type SelectorSpec,
} from '@hashgrad/sparse-nn';
import { checkCount, checkOptions, type Known } from './options.ts';
import { inputsOf, labelsOf, rowsOf, type LabelsLike } from './rows.ts';

/** What a hashed softmax is made of. */
export interface HashedSoftmaxOptions extends RuntimeOptions, AsyncOptions {
  /** Width of the hidden tensor. */
  readonly inputs: number;
  readonly classes: number;
  /** Which classes a row computes in training, beside its label. Default: {@link classesByHashing}. */
  readonly select?: SelectorSpec | undefined;
  /** What trains the layer's weights. Default: adam(). tfjs's own optimizer trains the layers below. */
  readonly optimizer?: OptimizerSpec | undefined;
  /** Rows in a batch, at most. Default 256. */
  readonly batchSize?: number | undefined;
  /** Share of the target that all active classes have, from 0 to below 1. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** All that is random follows from it. Default 1. */
  readonly seed?: number | undefined;
}

const OPTIONS: Known<HashedSoftmaxOptions> = {
  inputs: true,
  classes: true,
  select: true,
  optimizer: true,
  batchSize: true,
  labelSmoothing: true,
  seed: true,
  threads: true,
  createWorker: true,
  capacity: true,
  relaxed: true,
  signal: true,
};

/** The most probable classes of rows, best first: tensors of rows x k, which the caller disposes. */
export interface TopK {
  /** int32; -1 where a sparse pass found fewer than k. */
  readonly classes: Tensor;
  /** Probabilities; of a sparse pass among the classes that were active. */
  readonly scores: Tensor;
}

/** Classes that a row computes by default, at most. */
const ACTIVE = 1000;

/**
 * How a hashed softmax chooses by default: up to 1,000 classes for a row, those that collide with it in two of 32 hash tables and
 * random ones beside them, with the logits corrected for the draws (`logQ`). Up to 1,000 classes in all: all of them.
 */
export function classesByHashing(classes: number): SelectorSpec {
  if (classes <= ACTIVE) return all();
  // Of 100,000 classes 10 bits make buckets of a hundred; they keep their size.
  const bits = Math.max(1, 10 + Math.round(Math.log2(classes / 100_000)));
  const family = simHash({ bits, tables: 32, projection: 'hadamard' });
  return lsh({
    count: ACTIVE,
    family,
    minCollisions: 2,
    rehash: 100,
    pad: 'uniform',
    logQ: true,
    shared: 16,
  });
}

/**
 * Makes a hashed softmax; `close` it when done.
 * @throws {RangeError} @throws {TypeError} for options that it cannot be made of. @throws the signal's reason.
 */
export async function hashedSoftmax(options: HashedSoftmaxOptions): Promise<HashedSoftmax> {
  checkOptions('hashedSoftmax', options, OPTIONS);
  const { inputs, classes, optimizer = adam(), labelSmoothing, batchSize = 256, seed = 1, ...room } = options;
  checkCount('hashedSoftmax: inputs', inputs);
  checkCount('hashedSoftmax: classes', classes);
  const { select = classesByHashing(classes), ...runtime } = room;
  const smoothing = labelSmoothing === undefined ? {} : { labelSmoothing };
  const spec = network(inputs, [softmax(classes, select, smoothing)], optimizer);
  return new HashedSoftmax(await Network.create(spec, { batchSize, seed, ...runtime }));
}

/** The last layer of a model: a softmax of which each row computes only some classes in training. See `hashedSoftmax`. */
export class HashedSoftmax implements Disposable {
  /** What it is, for all that tfjs has no name for: weights, diagnostics, rates, freezing. Its one layer is layer 0. */
  readonly network: Network;

  /** Of a network of one softmax layer. @throws {RangeError} for another one. */
  constructor(own: Network) {
    const { layers } = own.spec;
    if (layers.length !== 1 || layers[0]!.activation !== 'softmax') {
      const kinds = layers.map(({ activation }) => activation).join(', ');
      throw new RangeError(`A hashed softmax is a network of one softmax layer; got one of ${kinds}.`);
    }
    this.network = own;
  }

  /** One as `toBytes` kept it: it trains on where it was. @throws as `Network.load`. @throws {RangeError} for another network. */
  static async load(bytes: Uint8Array, options: LoadOptions = {}): Promise<HashedSoftmax> {
    const loaded = await Network.load(bytes, options);
    try {
      return new HashedSoftmax(loaded);
    } catch (error) {
      loaded.close();
      throw error;
    }
  }

  /** Width of the hidden tensor. */
  get inputs(): number {
    return this.network.spec.inputs;
  }

  /** How many there are. */
  get classes(): number {
    return this.network.spec.layers[0]!.units;
  }

  /**
   * The mean over the rows of the cross-entropy over the classes that are active, in nats. It is differentiable by `hidden`; where that
   * gradient is taken, by `tf.variableGrads` or an optimizer's `minimize`, the layer's own weights are updated as well, by its own
   * optimizer and by the gradient of this loss, whatever it is multiplied with afterwards. Nothing changes where it is not.
   * @param hidden rows x inputs, or more dimensions of rows; read once, synchronously.
   * @param labels the class of each row.
   * @throws {RangeError} @throws {TypeError} if they do not fit. @throws {DivergenceError} if the loss is not finite.
   * @throws {Error} where the gradient is taken after the layer has worked on other rows.
   */
  loss(hidden: Tensor, labels: LabelsLike): Scalar {
    const rows = rowsOf('HashedSoftmax.loss', hidden, this.inputs);
    const classes = labelsOf('HashedSoftmax.loss', labels, rows);
    const operation = customGrad((x) => {
      const step = this.begin((x as Tensor).dataSync(), classes);
      return {
        value: scalar(step.loss),
        gradFunc: (dy: Tensor) => mul(dy, tensor(step.finish(), (x as Tensor).shape)),
      };
    });
    return operation(hidden) as Scalar;
  }

  /**
   * The forward half of a training step on rows that were read; `finish` makes the other half, and gives the gradients of the loss with
   * respect to them. It is what `loss` does, for loops that wait for their tensors. @throws as `loss`.
   */
  begin(inputs: ArrayLike<number>, labels: Int32Array): { readonly loss: number; finish(): Float32Array } {
    const rows = labels.length;
    const { loss, finish } = this.network.beginStep({ ...inputsOf(inputs, rows, this.inputs), labels });
    return {
      loss,
      finish: () => {
        const inputGradients = new Float32Array(rows * this.inputs);
        finish({ inputGradients });
        return inputGradients;
      },
    };
  }

  /**
   * The most probable classes of each row.
   * @throws {RangeError} @throws {TypeError} if the rows or the options do not fit.
   */
  async predict(hidden: Tensor, options: PredictOptions = {}): Promise<TopK> {
    const rows = rowsOf('HashedSoftmax.predict', hidden, this.inputs);
    const inputs = inputsOf(await hidden.data(), rows, this.inputs);
    const { ids, scores, k } = await this.network.predictAsync(inputs, options);
    return { classes: tensor(ids, [rows, k], 'int32'), scores: tensor(scores, [rows, k]) };
  }

  /** Measures over rows, with all classes computed. @throws {RangeError} @throws {TypeError} if they do not fit. */
  async evaluate(hidden: Tensor, labels: LabelsLike): Promise<Evaluation> {
    const rows = rowsOf('HashedSoftmax.evaluate', hidden, this.inputs);
    const classes = labelsOf('HashedSoftmax.evaluate', labels, rows);
    const inputs = inputsOf(await hidden.data(), rows, this.inputs);
    return this.network.evaluateAsync({ ...inputs, labels: classes });
  }

  /** All that training changes, as a checkpoint: `HashedSoftmax.load` gives it again. */
  toBytes(): Uint8Array {
    return this.network.toBytes();
  }

  /** Gives its memory and threads back. */
  close(): void {
    this.network.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
