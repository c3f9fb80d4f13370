/** A network and its trainer. */
import { randomStream, readSource, Resource, writeFileAtomic, type ByteSource } from '@hashgrad/kernels';
import { makeEngine, restored } from './build-network.ts';
import {
  RUNTIME_OPTIONS,
  USE_OPTIONS,
  type LoadOptions,
  type NetworkOptions,
  type RuntimeOptions,
  type UseOptions,
} from './network-options.ts';
import { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint-file.ts';
import type { ExampleStream } from './examples/example-stream.ts';
import type { Examples, Inputs } from './examples/examples.ts';
import type { Engine } from './training/engine.ts';
import {
  acceptEvaluation,
  EVALUATE_OPTIONS,
  evaluation,
  type EvaluateOptions,
  type Evaluation,
} from './evaluation/evaluate.ts';
import { fit, train, type Fit, type Trained } from './training/fit.ts';
import { tuneSelector, type SelectorGoal, type TunedSelector } from './evaluation/tune-selector.ts';
import { step, type StepResult } from './training/step.ts';
import type { FitOptions, History } from './training/fit-options.ts';
import { freezeModel, type FreezeOptions } from './inference/freeze.ts';
import { FROZEN_OPTIONS, FrozenNetwork, type FrozenOptions } from './inference/frozen-network.ts';
import { acceptPrediction, allOutputs, predicting, type PredictOptions } from './inference/predict.ts';
import type { Predictions } from './inference/predictions.ts';
import type { LayerTraining } from './optimizers/layer-training.ts';
import {
  atOnce,
  inTurns,
  Turns,
  type Abortable,
  type AsyncOptions,
  type Piecewise,
} from './passes/event-turns.ts';
import { newTraining, type Training } from './training/run.ts';
import { checkOptions } from './spec/options.ts';
import { specFromJson } from './spec/spec-json.ts';
import { checkNetwork, type NetworkSpec } from './spec/spec.ts';
import type { ActiveUnits } from './layers/activations.ts';
import {
  checkUnitWeights,
  unitWeights,
  unitWeightsOf,
  writeUnitWeights,
  type UnitWeights,
} from './layers/unit-weights.ts';
import type { LayerWeights } from './layers/weights.ts';

/** A network and its trainer. Make one with `Network.create` or `Network.load`, and close it at the end. */
export class Network extends Resource {
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
   * Builds a network with its own memory and threads; `close` it when done.
   * @throws {RangeError} for a spec or options that cannot be built.
   */
  static async create(spec: NetworkSpec, options: NetworkOptions = {}): Promise<Network> {
    checkNetwork(spec);
    checkOptions('Network.create', options, {
      seed: true,
      batchSize: true,
      nonZeros: true,
      ...RUNTIME_OPTIONS,
    });
    const { seed = 1, batchSize = 256, nonZeros = 0, ...room } = options;
    const engine = await makeEngine(spec, { seed, batchSize, nonZeros }, room, true);
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
    checkOptions('Network.load', options, { ...USE_OPTIONS, ...RUNTIME_OPTIONS });
    const { optimizer, batchSize, nonZeros, ...room } = options;
    const { bytes, name } = await readSource(source, 'the checkpoint');
    const checkpoint = decodeCheckpoint(bytes, name);
    const { engine, training } = await restored(checkpoint, { optimizer, batchSize, nonZeros }, room);
    return new Network(engine, training, room);
  }

  /** What it is made of, and how its layers are trained. `use` gives it another optimizer. */
  get spec(): NetworkSpec {
    this.checkOpen();
    return this.#engine.passes.spec;
  }

  /** All that is random follows from it. */
  get seed(): number {
    this.checkOpen();
    return this.#engine.passes.options.seed;
  }

  /** Samples in a batch, at most. */
  get batchSize(): number {
    this.checkOpen();
    return this.#engine.passes.options.batchSize;
  }

  /** Threads at work: fewer than asked for where memory cannot be shared. */
  get threads(): number {
    this.checkOpen();
    return this.#engine.passes.team.threads;
  }

  /** Why there are fewer threads than were asked for, if so. */
  get reason(): string | undefined {
    this.checkOpen();
    return this.#engine.passes.team.reason;
  }

  /** Bytes that weights, optimizer state, tables and buffers take. */
  memoryUsage(): number {
    this.checkOpen();
    return this.#engine.passes.team.arena.usedBytes;
  }

  /**
   * The weights of layer `index` (as in spec.layers, from 0), to look at what was learned. They are live: training
   * writes them, and what you write, training goes on from. They end with the network: once it is closed, its memory is
   * another network's, so copy (`slice`) what you keep. Hash tables take note of a row at the first rehash after
   * training has updated it.
   * @throws {RangeError} if there is no such layer.
   */
  weights(index: number): LayerWeights {
    this.checkOpen();
    const { layers } = this.#engine.passes;
    const layer = layers[index];
    if (!layer) throw new RangeError(`The network has layers 0 to ${layers.length - 1}; got ${index}.`);
    return layer.weights;
  }

  /**
   * A copy of the weights of layer `index` (from 0), a row for each unit and without padding.
   * @throws {RangeError} if there is no such layer.
   */
  copyWeights(index: number): UnitWeights {
    return unitWeights(this.weights(index));
  }

  /**
   * Gives layer `index` (from 0) other weights, such as those of another program. Its hash tables are built anew, and the
   * optimizer forgets what it kept of the layer.
   * @param given units x inputs, and one a unit; numbers are rounded to 32 bits.
   * @throws {RangeError} if there is no such layer, or the weights are not those of such a layer, or not finite.
   * @throws {TypeError} if they are no arrays.
   */
  setWeights(
    index: number,
    given: { readonly weights: ArrayLike<number>; readonly bias: ArrayLike<number> },
  ): void {
    const layer = this.weights(index);
    const { inputs, layers } = this.spec;
    const width = index === 0 ? inputs : layers[index - 1]!.units;
    const weights = unitWeightsOf(given);
    checkUnitWeights(weights, layers[index]!.units, width, `Layer ${index + 1}`);
    writeUnitWeights(layer, weights);
    this.#training.latest = undefined;
    this.#engine.rewritten(index);
  }

  /**
   * Changes whether layer `index` (from 0) is trained, and at what multiple of the rate, from the next step on; what is not given
   * stays. The spec has it from then on, and so have checkpoints.
   * @throws {RangeError} if there is no such layer, if no layer would be trained, or if the rate is out of range.
   */
  setTraining(index: number, training: LayerTraining): void {
    this.weights(index);
    this.#engine.setTraining(index, training);
  }

  /**
   * The units of layer `index` (from 0) that a selector chose for the last batch, of training or of a sparse pass; nothing
   * where all units fire. They are live too. `onStep` of `fit` is where to look at each batch.
   * @throws {RangeError} if there is no such layer.
   */
  active(index: number): ActiveUnits | undefined {
    this.weights(index);
    return this.#engine.passes.active(index);
  }

  /**
   * Trains on with another optimizer, rate, schedule or batch size. Weights, hash tables and the run that is under way stay,
   * and `fit` with `resume` goes on with it. Memory is new, and what `weights` gave before is void.
   * @throws {RangeError} if the options do not fit; the network is then as it was.
   */
  async use(options: UseOptions): Promise<void> {
    this.checkOpen();
    checkOptions('use', options, USE_OPTIONS);
    const before = this.#engine;
    const checkpoint = decodeCheckpoint(this.toBytes(), 'this network');
    const made = await restored(checkpoint, options, {
      ...this.#room,
      relaxed: before.passes.team.arena.relaxed,
    });
    try {
      this.checkOpen();
      if (this.#engine !== before) {
        throw new Error('Another call of `use` has changed this network meanwhile.');
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
    this.checkOpen();
    // A run that ended with its best weights goes on with these.
    this.#training.latest = undefined;
    return step(this.#engine, batch);
  }

  /** Measures over all examples. @throws {RangeError} @throws {TypeError} if they or the options do not fit. */
  evaluate(examples: Examples, options: EvaluateOptions = {}): Evaluation {
    return atOnce(this.#evaluation(examples, options));
  }

  /** The same, with turns for timers, signals and the screen every 50 ms. @throws as `evaluate`, and the signal's reason. */
  async evaluateAsync(examples: Examples, options: EvaluateOptions & AsyncOptions = {}): Promise<Evaluation> {
    const { signal, ...how } = options;
    return this.#inTurns(this.#evaluation(examples, how), signal);
  }

  /**
   * The most probable classes of each row.
   * @throws {RangeError} @throws {TypeError} if the rows or the options do not fit, or an output is not finite.
   */
  predict(inputs: Inputs, options: PredictOptions = {}): Predictions {
    return atOnce(this.#predictions(inputs, options));
  }

  /** The same, with turns for timers, signals and the screen every 50 ms. @throws as `predict`, and the signal's reason. */
  async predictAsync(inputs: Inputs, options: PredictOptions & AsyncOptions = {}): Promise<Predictions> {
    const { signal, ...how } = options;
    return this.#inTurns(this.#predictions(inputs, how), signal);
  }

  /**
   * All outputs of each row, rows x units: probabilities of a softmax or of sigmoid outputs, the numbers of a linear output.
   * @throws {RangeError} @throws {TypeError} if the rows do not fit, or an output is not finite.
   */
  outputs(inputs: Inputs): Float32Array {
    return atOnce(this.#outputs(inputs));
  }

  /** The same, with turns for timers, signals and the screen every 50 ms. @throws as `outputs`, and the signal's reason. */
  async outputsAsync(inputs: Inputs, { signal }: AsyncOptions = {}): Promise<Float32Array> {
    return this.#inTurns(this.#outputs(inputs), signal);
  }

  /**
   * Tries selectors on layer `index` (from 0) for rows like those to come, with the weights as they are: how many of the exact best
   * units each finds, and at what cost. Those that reach the recall come first, the cheapest first; then the others, the highest
   * recall first. Nothing of the network changes.
   * @throws {RangeError} if there is no such layer, or the goal, a candidate or the rows do not fit.
   */
  tuneSelector(index: number, inputs: Inputs, goal: SelectorGoal): TunedSelector[] {
    this.weights(index);
    return tuneSelector(this.#engine.passes, index, inputs, goal);
  }

  /**
   * A network of its own that predicts as this one does now, and cannot be trained: with its weights in 32 or 8 bits, and
   * new hash tables of the last layer, if its selector has tables or `tables` says of what kind. Hidden layers compute all their
   * units there. `relaxed` is this network's unless it is given.
   * @throws {RangeError} if the options are out of range.
   */
  async freeze(options: FreezeOptions & FrozenOptions = {}): Promise<FrozenNetwork> {
    this.checkOpen();
    checkOptions('freeze', options, { weights: true, tables: true, ...FROZEN_OPTIONS });
    const { weights, tables, ...frozen } = options;
    const model = freezeModel(this.#engine.passes, {
      ...(weights !== undefined && { weights }),
      ...(tables !== undefined && { tables }),
    });
    return FrozenNetwork.of(model, { relaxed: this.#engine.passes.team.arena.relaxed, ...frozen });
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
    this.checkOpen();
    const pieces = encodeCheckpoint(this.#engine, this.#training);
    const bytes = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
    let to = 0;
    for (const piece of pieces) {
      bytes.set(piece, to);
      to += piece.length;
    }
    return bytes;
  }

  protected override release(): void {
    this.#engine[Symbol.dispose]();
  }

  #trained(): Trained {
    this.checkOpen();
    return { engine: this.#engine, training: this.#training, save: (path) => this.#write(path) };
  }

  #evaluation(examples: Examples, options: EvaluateOptions): Piecewise<Evaluation> {
    this.checkOpen();
    const { passes } = this.#engine;
    checkOptions('evaluate', options, EVALUATE_OPTIONS);
    return evaluation(passes, acceptEvaluation(passes, examples, options), options);
  }

  #predictions(inputs: Inputs, options: PredictOptions): Piecewise<Predictions> {
    this.checkOpen();
    const { passes } = this.#engine;
    const rows = passes.accept(inputs);
    return predicting(passes, rows, acceptPrediction(options, passes.classes));
  }

  #outputs(inputs: Inputs): Piecewise<Float32Array> {
    this.checkOpen();
    const { passes } = this.#engine;
    return allOutputs(passes, passes.accept(inputs));
  }

  #inTurns<T>(work: Piecewise<T>, signal: Abortable | undefined): Promise<T> {
    const { passes } = this.#engine;
    return inTurns(work, new Turns(), () => passes.alive(), signal);
  }

  #write(path: string): void {
    this.checkOpen();
    writeFileAtomic(path, encodeCheckpoint(this.#engine, this.#training));
  }
}
