/** A network and its trainer. */
import { randomStream, readSource, writeFileAtomic, type ByteSource } from '@hashgrad/kernels';
import { makeEngine, restored } from './build-network.ts';
import {
  RUNTIME_OPTIONS,
  USE_OPTIONS,
  type LoadOptions,
  type NetworkOptions,
  type RuntimeOptions,
  type UseOptions,
} from './network-options.ts';
import { NetworkView } from './network-view.ts';
import { checkpointBytes, decodeCheckpoint, encodeCheckpoint } from './training/checkpoint-file.ts';
import type { ExampleStream } from './examples/example-stream.ts';
import type { Examples } from './examples/examples.ts';
import type { Engine } from './training/engine.ts';
import { fit, train, type Fit, type Trained } from './training/fit.ts';
import { beginStep, step, type BegunStep, type StepResult } from './training/step.ts';
import type { FitOptions, History } from './training/fit-options.ts';
import type { LayerTraining } from './optimizers/layer-training.ts';
import { checkSignal, type AsyncOptions } from './passes/abort.ts';
import { newTraining, type Training } from './training/run.ts';
import { checkOptions, shown } from './spec/options.ts';
import { specFromJson } from './spec/spec-json.ts';
import { checkNetwork, type NetworkSpec } from './spec/spec.ts';
import { checkUnitWeights, unitWeightsOf, writeUnitWeights } from './layers/unit-weights.ts';

/** A network and its trainer. Make one with `Network.create` or `Network.load`, and close it at the end. */
export class Network extends NetworkView {
  #engine: Engine;
  #training: Training;
  readonly #room: RuntimeOptions;

  private constructor(engine: Engine, training: Training, room: RuntimeOptions) {
    super('This network');
    this.#engine = engine;
    this.#training = training;
    this.#room = room;
  }

  /**
   * Builds a network with its own memory and threads; `close` it when done. Drawing its weights takes a second or more for each ten
   * million; meanwhile it gives turns to others every 50 ms.
   * @throws {RangeError} @throws {TypeError} for a spec or options that cannot be built. @throws the signal's reason.
   */
  static async create(spec: NetworkSpec, options: NetworkOptions = {}): Promise<Network> {
    checkNetwork(spec);
    checkOptions('Network.create', options, {
      seed: true,
      batchSize: true,
      nonZeros: true,
      signal: true,
      ...RUNTIME_OPTIONS,
    });
    const { seed = 1, batchSize = 256, nonZeros = 0, signal, ...room } = options;
    const engine = await makeEngine(spec, { seed, batchSize, nonZeros }, room, true, signal);
    return new Network(engine, newTraining(randomStream(seed, 'shuffle')), room);
  }

  /**
   * The same for a spec from outside: JSON text, or what was parsed of it.
   * @throws {SyntaxError} if the text is no JSON. @throws {TypeError} if it is not of the form of a spec, saying where.
   * @throws {RangeError} for a spec or options that cannot be built.
   */
  static async fromSpec(json: unknown, options: NetworkOptions = {}): Promise<Network> {
    return Network.create(specFromJson(json), options);
  }

  /**
   * A network as `save` or `toBytes` kept it: training goes on with the bits that it would have had.
   * @param source a path or file: URL; or the bytes, as an array, a Response or a Blob.
   * @throws {Error} naming the file, if it is damaged, no checkpoint, or does not fit what is registered here.
   * @throws {TypeError} if the source is something else. @throws {RangeError} if the options do not fit.
   */
  static async load(source: ByteSource, options: LoadOptions = {}): Promise<Network> {
    checkOptions('Network.load', options, { ...USE_OPTIONS, ...RUNTIME_OPTIONS, signal: true });
    const { optimizer, batchSize, nonZeros, signal, ...room } = options;
    checkSignal(signal);
    const { bytes, name } = await readSource(source, 'the checkpoint');
    const checkpoint = decodeCheckpoint(bytes, name);
    const { engine, training } = await restored(checkpoint, { optimizer, batchSize, nonZeros }, room, signal);
    return new Network(engine, training, room);
  }

  /**
   * Gives layer `index` (from 0) other weights, such as those of another program. Its hash tables are built anew, and the
   * optimizer forgets what it kept of the layer.
   * @param given units x inputs, and one a unit; numbers are rounded to 32 bits.
   * @throws {RangeError} if there is no such layer, or the weights are not those of such a layer, or not finite; or if one of
   * sparse connections is not 0 where there is no connection.
   * @throws {TypeError} if they are no arrays.
   */
  setWeights(
    index: number,
    given: { readonly weights: ArrayLike<number>; readonly bias: ArrayLike<number> },
  ): void {
    const layer = this.layer(index);
    const { inputs, layers } = this.spec;
    const width = index === 0 ? inputs : layers[index - 1]!.units;
    const weights = unitWeightsOf(given);
    checkUnitWeights(weights, layers[index]!.units, width, `Layer ${index + 1}`);
    if (layer.takeWeights) layer.takeWeights(weights);
    else writeUnitWeights(layer.weights, weights);
    this.#training.latest = undefined;
    this.#engine.rewritten(index);
  }

  /**
   * Changes whether layer `index` (from 0) is trained, and at what multiple of the rate, from the next step on; what is not given
   * stays. The spec has it from then on, and so have checkpoints.
   * @throws {RangeError} if there is no such layer, if no layer would be trained, or if the rate is out of range.
   */
  setTraining(index: number, training: LayerTraining): void {
    this.layer(index);
    this.#engine.setTraining(index, training);
  }

  /**
   * Trains on with another optimizer, rate, schedule or batch size. Weights, hash tables and the run that is under way stay,
   * and `fit` with `resume` goes on with it. Memory is new, and what `weights` gave before is void.
   * @throws {RangeError} @throws {TypeError} if the options do not fit. @throws the signal's reason. The network is then as it was.
   */
  async use(options: UseOptions & AsyncOptions): Promise<void> {
    const before = this.engine;
    checkOptions('use', options, { ...USE_OPTIONS, signal: true });
    const { signal, ...wanted } = options;
    checkSignal(signal);
    const { step: steps } = before;
    const checkpoint = decodeCheckpoint(this.toBytes(), 'this network');
    const room = { ...this.#room, relaxed: before.passes.team.arena.relaxed };
    const made = await restored(checkpoint, wanted, room, signal);
    try {
      this.checkOpen();
      if (this.#engine !== before) {
        throw new Error('Another call of `use` has changed this network meanwhile.');
      }
      if (before.step !== steps) {
        throw new Error('This network was trained meanwhile; `use` has left it as it is.');
      }
    } catch (error) {
      made.engine[Symbol.dispose]();
      throw error;
    }
    // An iteration of `fit` that is under way sees that it is over.
    this.#training.run = undefined;
    this.#engine = made.engine;
    this.#training = made.training;
    before[Symbol.dispose]();
  }

  /**
   * Trains for some epochs, in an order that is shuffled anew for each; a report after each. It trains as it is iterated: see
   * `train` for all of it at once.
   * @param examples that are all here, or a stream of pieces, for those that do not fit memory. Pieces are taken as they come, and
   * batches run over their ends. A run that is resumed reads the pieces of its epoch again, and leaves out the rows it has seen.
   * @throws {RangeError} @throws {TypeError} at once, if the examples or the options do not fit. While it is iterated:
   * @throws {DivergenceError} if the loss becomes NaN or infinite, or explodes. @throws the signal's reason once it is aborted.
   * @throws {RangeError} @throws {TypeError} if a piece does not fit, naming it, or a stream has no examples; and what the stream
   * throws.
   */
  fit(examples: Examples | ExampleStream, options: FitOptions): Fit {
    return fit(this.#trained(), examples, options);
  }

  /**
   * Trains to the end, and gives all epochs' reports and why it ended there. Options are those of `fit`.
   * @throws as `fit` and its iteration.
   */
  async train(examples: Examples | ExampleStream, options: FitOptions): Promise<History> {
    return train(this.#trained(), examples, options);
  }

  /**
   * Trains on one batch: `batch` has 1 to `batchSize` rows, which make one update (in the update modes 'sample' and 'hogwild' one
   * each). It is what `fit` does for each batch, without an order of rows, reports of epochs, or anything else. It is no
   * part of a run of `fit`; one that is under way goes on with the weights as they are then.
   * @throws {RangeError} if the rows do not fit. @throws {Error} if the loss becomes NaN or infinite, or explodes.
   */
  step(batch: Examples): StepResult {
    const { engine } = this;
    const before = engine.step;
    try {
      return step(engine, batch);
    } finally {
      // A run that ended with its best weights goes on with these.
      if (engine.step !== before) this.#training.latest = undefined;
    }
  }

  /**
   * The first half of a step on `batch`: the loss, before anything is updated. `finish` makes the second half, and gives the gradients
   * with respect to the inputs where they are wanted: so a network is the upper part of a model that another program trains. A step
   * that is not finished changes no weight, but selectors that draw have drawn.
   * @throws {RangeError} as `step`, and in the update modes 'sample' and 'hogwild'. @throws {DivergenceError} as `step`.
   */
  beginStep(batch: Examples): BegunStep {
    const { engine } = this;
    const { loss, finish } = beginStep(engine, batch);
    return {
      loss,
      finish: (options) => {
        const result = finish(options);
        this.#training.latest = undefined;
        return result;
      },
    };
  }

  /**
   * Writes a checkpoint: `Network.load` gives the network again, and `fit` with `resume` goes on with the run that was under
   * way. Under the path there is what was there before, or the whole file, whatever happens in between.
   * @throws what the file system says.
   */
  async save(path: string): Promise<void> {
    this.#write(path);
  }

  /** The same as bytes, where there are no files. */
  toBytes(): Uint8Array {
    return checkpointBytes(this.engine, this.#training);
  }

  protected override get engine(): Engine {
    this.checkOpen();
    return this.#engine;
  }

  protected override release(): void {
    this.#engine[Symbol.dispose]();
  }

  #trained(): Trained {
    return { engine: this.engine, training: this.#training, save: (path) => this.#write(path) };
  }

  #write(path: string): void {
    const { engine } = this;
    if (typeof path !== 'string' || path === '') {
      throw new TypeError(`A network is saved under a file's path; got ${shown(path)}.`);
    }
    writeFileAtomic(path, encodeCheckpoint(engine, this.#training));
  }
}
