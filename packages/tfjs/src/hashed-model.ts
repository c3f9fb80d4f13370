/** A model of TensorFlow.js whose last layer is a hashed softmax: trained, measured, asked and kept as one. */
import { dispose, getBackend, tensor, type io, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import type { History, LayersModel } from '@tensorflow/tfjs-layers';
import type { LoadOptions, PredictOptions } from '@hashgrad/sparse-nn';
import { countRows, gatherRows, orderOf, sliceRows } from './batches.ts';
import {
  acceptFitArgs,
  callbacksOf,
  type AcceptedFitArgs,
  type Features,
  type HashedFitArgs,
} from './fit-arguments.ts';
import { HashedSoftmax, type TopK } from './hashed-softmax.ts';
import { loadWithHead, saveWithHead } from './model-files.ts';
import { checkCount, checkOptions, shown } from './options.ts';
import { inputsOf, labelsOf, type LabelsLike } from './rows.ts';
import { stepAtOnce, stepInTurns, type Trained } from './train-step.ts';

/** What a `HashedModel` is made of. */
export interface HashedModelParts {
  /** All layers below the softmax: from the features to rows of `head.inputs` numbers. */
  readonly body: LayersModel;
  readonly head: HashedSoftmax;
  /**
   * How the hidden tensor is read. 'sync': once a batch, within the step. 'async': it is waited for, and the layers below are
   * computed twice, before and after. Default: 'async' on the backend webgpu, else 'sync'.
   */
  readonly read?: 'sync' | 'async' | undefined;
}

/** How well a model does. */
export interface HashedEvaluation {
  /** Mean cross-entropy over all classes, in nats. */
  readonly loss: number;
  /** Share of rows whose most probable class is their label. */
  readonly acc: number;
}

/** A model with a hashed softmax as its last layer. */
export class HashedModel {
  readonly body: LayersModel;
  readonly head: HashedSoftmax;
  readonly read: 'sync' | 'async';

  /** @throws {TypeError} @throws {RangeError} if the body does not give what the head takes. */
  constructor(parts: HashedModelParts) {
    checkOptions('HashedModel', parts, { body: true, head: true, read: true });
    const { body, head, read = getBackend() === 'webgpu' ? 'async' : 'sync' } = parts;
    if (typeof (body as Partial<LayersModel> | undefined)?.apply !== 'function') {
      throw new TypeError(`HashedModel: body is a LayersModel; got ${shown(body)}.`);
    }
    if (!(head instanceof HashedSoftmax)) {
      throw new TypeError(
        `HashedModel: head is what \`await hashedSoftmax(...)\` gives; got ${shown(head)}.`,
      );
    }
    if (read !== 'sync' && read !== 'async') {
      throw new RangeError(`HashedModel: read is 'sync' or 'async'; got ${shown(read)}.`);
    }
    const shapes = body.outputs.map(({ shape }) => shape);
    if (shapes.length !== 1 || shapes[0]!.length !== 2 || shapes[0]![1] !== head.inputs) {
      throw new RangeError(
        `HashedModel: the head takes rows of ${head.inputs} numbers; the body gives ` +
          `${shapes.map((shape) => `[${shape.map((size) => size ?? 'rows').join(', ')}]`).join(' and ')}.`,
      );
    }
    this.body = body;
    this.head = head;
    this.read = read;
  }

  /**
   * A model as `save` kept it: training goes on where it was.
   * @param source a URL such as 'indexeddb://my-model', or a handler of tfjs.
   * @param options of the head: its threads and memory, see `HashedSoftmax.load`. @throws {Error} for another model.
   */
  static async load(source: string | io.IOHandler, options: LoadOptions = {}): Promise<HashedModel> {
    const { body, head } = await loadWithHead(source);
    try {
      return new HashedModel({ body, head: await HashedSoftmax.load(head, options) });
    } catch (error) {
      body.dispose();
      throw error;
    }
  }

  /** Saves both parts and the state of both optimizers under a URL, or by a handler of tfjs. @throws what the handler says. */
  async save(target: string | io.IOHandler): Promise<io.SaveResult> {
    return saveWithHead(this.body, this.head.toBytes(), target);
  }

  /** Sets what trains the body: an optimizer of tfjs, or the name of one, 'adam'. The head has its own. */
  compile({ optimizer }: { readonly optimizer: string | Optimizer }): void {
    // Its loss is the head's; that of the body alone is never taken.
    this.body.compile({ optimizer, loss: 'meanSquaredError' });
  }

  /**
   * Trains for some epochs. The history and callbacks have `loss`, the mean over the classes that were active in training, and
   * with validation data `val_loss` and `val_acc` over all classes. `body.stopTraining`, which callbacks set, ends it.
   * @param labels the class of each row.
   * @throws {Error} before `compile`. @throws {RangeError} @throws {TypeError} if the rows or arguments do not fit.
   * @throws {DivergenceError} if the loss is not finite.
   */
  async fit(x: Features, labels: LabelsLike, args: HashedFitArgs = {}): Promise<History> {
    const trained = this.#trained('fit');
    const accepted = acceptFitArgs(args);
    const { batchSize, epochs, initialEpoch, validationData, validationSplit } = accepted;
    const rows = countRows('HashedModel.fit', x);
    const classes = labelsOf('HashedModel.fit', labels, rows);
    const used = validationData ? rows : rows - Math.ceil(rows * validationSplit);
    if (used === 0) throw new RangeError('validationSplit leaves no row to train on.');
    await this.#makeRoom(Math.min(batchSize, used));
    const { list, history } = callbacksOf(accepted.callbacks);
    const steps = Math.ceil(used / batchSize);
    const doValidation = validationData !== undefined || used < rows;
    const metrics = doValidation ? ['loss', 'val_loss', 'val_acc'] : ['loss'];
    list.setParams({
      epochs,
      initialEpoch,
      samples: used,
      steps,
      batchSize,
      verbose: 0,
      doValidation,
      metrics,
    });
    list.setModel(this.body);
    this.body.stopTraining = false;
    await list.onTrainBegin();
    for (let epoch = initialEpoch; epoch < epochs && !this.body.stopTraining; epoch++) {
      await list.onEpochBegin(epoch);
      const loss = await this.#epoch(trained, x, classes, accepted, used, list);
      const [valX, valY] = validationData ?? [x, classes];
      const from = validationData ? 0 : used;
      const validation = doValidation ? await this.#measure(valX, valY, from, batchSize) : undefined;
      await list.onEpochEnd(epoch, {
        loss,
        ...(validation && { val_loss: validation.loss, val_acc: validation.acc }),
      });
    }
    await list.onTrainEnd();
    return history;
  }

  /** Trains on one batch; its loss. @throws as `fit`. */
  async trainOnBatch(x: Features, labels: LabelsLike): Promise<number> {
    const trained = this.#trained('trainOnBatch');
    const rows = countRows('HashedModel.trainOnBatch', x);
    const classes = labelsOf('HashedModel.trainOnBatch', labels, rows);
    await this.#makeRoom(rows);
    return this.#step(trained, x as Tensor | Tensor[], classes);
  }

  /** Measures over all rows, with all classes computed. @throws {RangeError} @throws {TypeError} if they do not fit. */
  async evaluate(
    x: Features,
    labels: LabelsLike,
    args: { readonly batchSize?: number } = {},
  ): Promise<HashedEvaluation> {
    checkOptions('HashedModel.evaluate', args, { batchSize: true });
    return this.#measure(x, labels, 0, args.batchSize);
  }

  /**
   * The most probable classes of each row: `k` of them (default 1), best first. `pass` 'sparse' looks only at those that the head's
   * selector finds.
   * @returns tensors of rows x k, which the caller disposes.
   * @throws {RangeError} @throws {TypeError} if the rows or options do not fit.
   */
  async predict(x: Features, options: PredictOptions & { readonly batchSize?: number } = {}): Promise<TopK> {
    checkOptions('HashedModel.predict', options, { k: true, pass: true, batchSize: true });
    const { batchSize, ...how } = options;
    const rows = countRows('HashedModel.predict', x);
    const hidden = tensor(await this.#hidden(x, 0, rows, batchSize), [rows, this.head.inputs]);
    try {
      return await this.head.predict(hidden, how);
    } finally {
      hidden.dispose();
    }
  }

  /** Gives the memory of both parts back. */
  dispose(): void {
    this.head.close();
    this.body.dispose();
  }

  #trained(who: string): Trained {
    const { body, head } = this;
    const optimizer = body.optimizer as Optimizer | undefined;
    if (optimizer) return { body, head, optimizer };
    throw new Error(`HashedModel.compile is called before ${who}: it sets the optimizer.`);
  }

  /** The mean loss of an epoch. */
  async #epoch(
    trained: Trained,
    x: Features,
    labels: Int32Array,
    { batchSize, shuffle }: AcceptedFitArgs,
    rows: number,
    list: ReturnType<typeof callbacksOf>['list'],
  ): Promise<number> {
    const order = orderOf(rows, shuffle);
    let [total, seen] = [0, 0];
    for (let batch = 0; seen < rows && !this.body.stopTraining; batch++) {
      const chosen = order.subarray(seen, seen + batchSize);
      const size = chosen.length;
      await list.onBatchBegin(batch, { batch, size });
      const part = gatherRows(x, chosen);
      let loss: number;
      try {
        loss = await this.#step(
          trained,
          part,
          Int32Array.from(chosen, (row) => labels[row]!),
        );
      } finally {
        dispose(part);
      }
      total += loss * size;
      seen += size;
      await list.onBatchEnd(batch, { batch, size, loss });
    }
    return total / seen;
  }

  async #step(trained: Trained, x: Tensor | Tensor[], labels: Int32Array): Promise<number> {
    return this.read === 'async' ? stepInTurns(trained, x, labels) : stepAtOnce(trained, x, labels);
  }

  /** The head takes a batch at once. */
  async #makeRoom(rows: number): Promise<void> {
    const { network } = this.head;
    if (rows > network.batchSize) await network.use({ batchSize: rows });
  }

  /** Over the rows from `from` on. */
  async #measure(x: Features, y: LabelsLike, from: number, batchSize?: number): Promise<HashedEvaluation> {
    const rows = countRows('HashedModel.evaluate', x);
    const labels = labelsOf('HashedModel.evaluate', y, rows).subarray(from);
    const values = await this.#hidden(x, from, rows, batchSize);
    const examples = { ...inputsOf(values, rows - from, this.head.inputs), labels };
    const { loss, accuracy } = await this.head.network.evaluateAsync(examples);
    return { loss, acc: accuracy };
  }

  /** What the body gives for the rows `from` to `to`. */
  async #hidden(x: Features, from: number, to: number, batchSize: number = 32): Promise<Float32Array> {
    checkCount('batchSize', batchSize);
    const width = this.head.inputs;
    const values = new Float32Array((to - from) * width);
    for (let row = from; row < to; row += batchSize) {
      const part = sliceRows(x, row, Math.min(to, row + batchSize));
      const hidden = this.body.predictOnBatch(part) as Tensor;
      values.set(await hidden.data<'float32'>(), (row - from) * width);
      dispose([hidden, part as Tensor]);
    }
    return values;
  }
}
