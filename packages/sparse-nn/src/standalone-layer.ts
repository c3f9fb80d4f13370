/**
 * One layer of chosen units for a model that another program trains: that one gives it inputs and the gradients with respect to its
 * outputs, and gets outputs and the gradients with respect to the inputs. Weights, optimizer and hash tables are the layer's own.
 */
import { randomStream, Resource } from '@hashgrad/kernels';
import { makeEngineAtOnce, restoredAtOnce } from './build-network.ts';
import { acceptInputs } from './examples/accept.ts';
import { checkInputs, inOrder, type DenseInputs } from './examples/examples.ts';
import type { Activations, DenseActivations } from './layers/activations.ts';
import type { Layer } from './layers/layer.ts';
import {
  checkUnitWeights,
  unitWeights,
  unitWeightsOf,
  writeUnitWeights,
  type UnitWeights,
} from './layers/unit-weights.ts';
import type { MemoryOptions } from './network-options.ts';
import type { OptimizerSpec } from './optimizers/optimizers.ts';
import { checkOptions, shown } from './spec/options.ts';
import { linearOutput, network, type LayerSpec } from './spec/spec.ts';
import { checkpointBytes, decodeCheckpoint } from './training/checkpoint-file.ts';
import type { Engine } from './training/engine.ts';
import { newTraining, type Training } from './training/run.ts';

/** What a standalone layer is made of. */
export interface StandaloneLayerOptions extends MemoryOptions {
  readonly inputs: number;
  /** As `hidden` gives it. */
  readonly layer: LayerSpec;
  /** Default: adam(). */
  readonly optimizer?: OptimizerSpec | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Rows that there is room for at first; more is made where more come. Default 32. */
  readonly batchSize?: number | undefined;
}

/** What a layer made of a batch. */
export interface LayerPass {
  /** rows x units, row-major; 0 where a unit was not chosen. */
  readonly outputs: Float32Array;
  /**
   * From the gradients with respect to the outputs, rows x units, to those with respect to the inputs, rows x inputs. In training
   * the weights are updated by them, once.
   * @throws {RangeError} if they are not of that size. @throws {Error} if the layer has worked on other rows since, or in training
   * if it was called before.
   */
  backward(gradients: Float32Array): Float32Array;
}

/** A hidden layer by itself, on this thread. `close` it when done. */
export class StandaloneLayer extends Resource {
  #engine: Engine;
  #training: Training;
  readonly #memory: MemoryOptions;

  private constructor(engine: Engine, training: Training, memory: MemoryOptions) {
    super('This layer');
    this.#engine = engine;
    this.#training = training;
    this.#memory = memory;
  }

  /** @throws {RangeError} @throws {TypeError} for options that it cannot be made of. */
  static create(options: StandaloneLayerOptions): StandaloneLayer {
    checkOptions('StandaloneLayer.create', options, {
      inputs: true,
      layer: true,
      optimizer: true,
      seed: true,
      batchSize: true,
      capacity: true,
      relaxed: true,
    });
    const { inputs, layer, optimizer, seed = 1, batchSize = 32, capacity, relaxed } = options;
    // A network has an output; nobody computes this one.
    const spec = network(inputs, [layer, linearOutput(1)], optimizer);
    const memory = { capacity, relaxed };
    const engine = makeEngineAtOnce(spec, { seed, batchSize, nonZeros: 0 }, memory, true);
    return new StandaloneLayer(engine, newTraining(randomStream(seed, 'shuffle')), memory);
  }

  /** A layer as `toBytes` kept it: it trains on with the same bits. @throws {Error} for other bytes. */
  static fromBytes(bytes: Uint8Array, memory: MemoryOptions = {}): StandaloneLayer {
    checkOptions('StandaloneLayer.fromBytes', memory, { capacity: true, relaxed: true });
    const { engine, training } = restoredAtOnce(decodeCheckpoint(bytes, 'the layer'), {}, memory);
    const { layers, buffers } = engine.passes;
    if (layers.length !== 2 || layers[1]!.output.width !== 1 || buffers.input.kind !== 'dense') {
      engine[Symbol.dispose]();
      throw new Error('the layer: this is a checkpoint of a network, and of no layer by itself.');
    }
    return new StandaloneLayer(engine, training, memory);
  }

  /** As it was made. */
  get spec(): LayerSpec {
    return this.#open.passes.spec.layers[0]!;
  }

  /** Numbers in a row. */
  get inputs(): number {
    return this.#open.passes.spec.inputs;
  }

  /** The outputs for rows of a batch; in training the selector chooses as it does in training. @throws {RangeError} if they do not fit. */
  forward(given: DenseInputs, training: boolean): LayerPass {
    const rows = this.#accept(given);
    const engine = this.#engine;
    const { passes } = engine;
    const { buffers } = passes;
    const layer = passes.layers[0]!;
    buffers.loadInputs(given, inOrder(rows), 0, rows);
    const { loads } = buffers;
    layer.forward(buffers.input, passes.pass(rows, training, training ? engine.step + 1 : 0));
    const outputs = new Float32Array(rows * this.spec.units);
    scatter(layer.output, outputs, rows);
    let trained = false;
    return {
      outputs,
      backward: (gradients) => {
        this.#checkGradients(gradients, outputs.length);
        if (trained || engine !== this.#engine || buffers.loads !== loads) {
          throw new Error('This layer has worked on other rows since, or was trained on these before.');
        }
        trained = training;
        return this.#backward(layer, gradients, rows, training);
      },
    };
  }

  /** The exact outputs of all units, rows x units. @throws {RangeError} if the rows do not fit. */
  forwardAll(given: DenseInputs): Float32Array {
    const rows = this.#accept(given);
    const { passes } = this.#engine;
    const { units } = this.spec;
    const made = new Float32Array(rows * units);
    for (let row = 0; row < rows; row += passes.fullBatch) {
      const batch = Math.min(passes.fullBatch, rows - row);
      passes.buffers.loadInputs(given, inOrder(rows), row, batch);
      passes.layers[0]!.forwardAll(passes.buffers.input, passes.full(0), batch);
      scatter(passes.full(0), made.subarray(row * units), batch);
    }
    return made;
  }

  /** A copy of the weights, by unit. */
  copyWeights(): UnitWeights {
    return unitWeights(this.#open.passes.layers[0]!.weights);
  }

  /** Gives it other weights; the optimizer forgets what it kept. @throws {RangeError} @throws {TypeError} if they do not fit. */
  setWeights(given: { readonly weights: ArrayLike<number>; readonly bias: ArrayLike<number> }): void {
    const layer = this.#open.passes.layers[0]!;
    const weights = unitWeightsOf(given);
    checkUnitWeights(weights, this.spec.units, this.inputs, 'The layer');
    if (layer.takeWeights) layer.takeWeights(weights);
    else writeUnitWeights(layer.weights, weights);
    this.#engine.rewritten(0);
  }

  /** All that training changes. @throws {Error} if a weight is not finite. */
  toBytes(): Uint8Array {
    return checkpointBytes(this.#open, this.#training);
  }

  protected override release(): void {
    this.#engine[Symbol.dispose]();
  }

  get #open(): Engine {
    this.checkOpen();
    return this.#engine;
  }

  /** How many rows there are; there is room for them then. */
  #accept(given: DenseInputs): number {
    const { passes } = this.#open;
    checkInputs(acceptInputs(given), passes.spec.inputs);
    const { rows } = given;
    if (rows > passes.options.batchSize) {
      const checkpoint = decodeCheckpoint(this.toBytes(), 'this layer');
      const relaxed = passes.team.arena.relaxed;
      const made = restoredAtOnce(checkpoint, { batchSize: rows }, { ...this.#memory, relaxed });
      this.#engine[Symbol.dispose]();
      this.#engine = made.engine;
      this.#training = made.training;
    }
    return rows;
  }

  #backward(layer: Layer, gradients: Float32Array, rows: number, training: boolean): Float32Array {
    const { buffers } = this.#engine.passes;
    gather(gradients, layer.output, rows);
    if (training && layer.optimizer.trainable) this.#engine.backward(rows, true, [layer]);
    else {
      buffers.reserveInputGradients();
      const { trainable } = layer.optimizer;
      layer.optimizer.trainable = false;
      // Of a step that is only measured selectors are not told.
      layer.backward(buffers.input, rows, true, 'measure');
      layer.optimizer.trainable = trainable;
    }
    const input = buffers.input as DenseActivations;
    const made = new Float32Array(rows * input.width);
    for (let s = 0; s < rows; s++) {
      made.set(input.gradients.subarray(s * input.stride, s * input.stride + input.width), s * input.width);
    }
    return made;
  }

  #checkGradients(gradients: Float32Array, length: number): void {
    this.checkOpen();
    if (ArrayBuffer.isView(gradients) && gradients.length === length) return;
    throw new RangeError(
      `Gradients with respect to the outputs are a Float32Array of ${length}; got ${shown(gradients)} of ${String(gradients?.length)}.`,
    );
  }
}

/** The activations of a batch as rows of all units. */
function scatter(output: Activations, to: Float32Array, rows: number): void {
  const { width, values } = output;
  for (let s = 0; s < rows; s++) {
    const from = s * width;
    if (output.kind === 'dense') to.set(values.subarray(s * output.stride, s * output.stride + width), from);
    else
      for (let q = output.offsets[s]!; q < output.offsets[s + 1]!; q++)
        to[from + output.ids[q]!] = values[q]!;
  }
}

/** Rows of all units to the gradients of the activations that there are. */
function gather(from: Float32Array, output: Activations, rows: number): void {
  const { width, gradients } = output;
  for (let s = 0; s < rows; s++) {
    const row = s * width;
    if (output.kind === 'dense') gradients.set(from.subarray(row, row + width), s * output.stride);
    else
      for (let q = output.offsets[s]!; q < output.offsets[s + 1]!; q++)
        gradients[q] = from[row + output.ids[q]!]!;
  }
}
