/** A network and its trainer. */
import {
  Arena,
  randomStream,
  readFileBytes,
  Resource,
  Team,
  writeFileAtomic,
  type TeamOptions,
} from '@hashgrad/kernels';
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint } from './training/checkpoint.ts';
import type { Examples, Inputs } from './examples/examples.ts';
import { Engine } from './training/engine.ts';
import type { CreationOptions } from './passes/passes.ts';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluation/evaluate.ts';
import { fit } from './training/fit.ts';
import { step, type StepResult } from './training/step.ts';
import type { EpochReport, FitOptions } from './training/fit-options.ts';
import { freezeModel, type FreezeOptions } from './inference/freeze.ts';
import { FrozenNetwork, type FrozenOptions } from './inference/frozen-network.ts';
import { outputsOf, predict, type PredictOptions } from './inference/predict.ts';
import type { Predictions } from './inference/predictions.ts';
import type { Training } from './training/run.ts';
import type { LayerTraining } from './optimizers/layer-training.ts';
import { specFromJson } from './spec/spec-json.ts';
import { checkNetwork, type NetworkSpec } from './spec/spec.ts';
import type { ActiveUnits } from './layers/activations.ts';
import { checkUnitWeights, unitWeights, writeUnitWeights, type UnitWeights } from './layers/unit-weights.ts';
import type { LayerWeights } from './layers/weights.ts';

/** The threads and the memory of a network; `threads` do not change the bits, except in the update mode 'hogwild'. */
export interface RuntimeOptions extends TeamOptions {
  /**
   * Bytes that the network can take where memory cannot be shared, as on a page that is not cross-origin isolated: such
   * memory cannot grow. From 1 to 2^32. Default 256 MiB. Shared memory grows up to 4 GiB, whatever is said here.
   */
  readonly capacity?: number | undefined;
  /**
   * Fused multiply-add. Default: wherever the engine has it. Without it the bits are those of the WebAssembly standard, on
   * every processor; with it they depend on whether the processor fuses. A checkpoint does not keep it: give what it was,
   * and training goes on with the same bits.
   */
  readonly relaxed?: boolean;
}

/** Seed, threads and memory of a network, and what its batches have room for. */
export interface NetworkOptions extends RuntimeOptions {
  /** All that is random follows from it. Default 1. */
  readonly seed?: number;
  /** Samples in a batch, at most. Default 256. */
  readonly batchSize?: number;
  /** Non-zeros in a batch of sparse examples, at most; 0 for dense examples. Default 0. See `nonZerosOf`. */
  readonly nonZeros?: number;
}

/** What a saved network does not say: threads and memory, and what batches have room for. */
export interface LoadOptions extends RuntimeOptions {
  /** As for Network.create; default what it was. Dense stays dense, and sparse sparse. */
  readonly nonZeros?: number;
}

/** A network and its trainer. Make one with `Network.create` or `Network.load`, and close it at the end. */
export class Network extends Resource {
  readonly seed: number;
  readonly batchSize: number;
  readonly #engine: Engine;
  readonly #training: Training;

  private constructor(engine: Engine, training: Training) {
    super('This network');
    this.#engine = engine;
    this.#training = training;
    this.seed = engine.passes.options.seed;
    this.batchSize = engine.passes.options.batchSize;
  }

  /**
   * Builds a network with its own memory and threads; `close` it when done.
   * @throws {RangeError} for a spec or options that cannot be built.
   */
  static async create(spec: NetworkSpec, options: NetworkOptions = {}): Promise<Network> {
    checkNetwork(spec);
    const { seed = 1, batchSize = 256, nonZeros = 0, ...room } = options;
    const engine = await makeEngine(spec, { seed, batchSize, nonZeros }, room, true);
    return new Network(engine, { shuffle: randomStream(seed, 'shuffle'), run: undefined, best: undefined });
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
   * @param source the path of a file, or its bytes.
   * @throws {Error} naming the file, if it is damaged, no checkpoint, or does not fit what is registered here.
   */
  static async load(source: string | Uint8Array, options: LoadOptions = {}): Promise<Network> {
    const name = typeof source === 'string' ? source : 'the checkpoint';
    const bytes = typeof source === 'string' ? readFileBytes(source) : source;
    const checkpoint = decodeCheckpoint(bytes, name);
    const { spec, options: saved } = checkpoint.metadata;
    const { nonZeros = saved.nonZeros, ...room } = options;
    if (nonZeros > 0 !== saved.nonZeros > 0) {
      throw new RangeError(
        `${name} is of a network for ${saved.nonZeros > 0 ? 'sparse' : 'dense'} examples; got nonZeros ${nonZeros}.`,
      );
    }
    const engine = await makeEngine(spec, { ...saved, nonZeros }, room, false);
    try {
      return new Network(engine, restoreCheckpoint(engine, checkpoint));
    } catch (error) {
      engine[Symbol.dispose]();
      throw error;
    }
  }

  /** What it is made of, and how its layers are trained. */
  get spec(): NetworkSpec {
    return this.#engine.passes.spec;
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
   */
  setWeights(
    index: number,
    given: { readonly weights: ArrayLike<number>; readonly bias: ArrayLike<number> },
  ): void {
    const weights = { weights: Float32Array.from(given.weights), bias: Float32Array.from(given.bias) };
    const layer = this.weights(index);
    const { units } = this.spec.layers[index]!;
    checkUnitWeights(
      weights,
      units,
      index === 0 ? this.spec.inputs : this.spec.layers[index - 1]!.units,
      `Layer ${index + 1}`,
    );
    writeUnitWeights(layer, weights);
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
    this.checkOpen();
    const { layers } = this.#engine.passes;
    if (!layers[index])
      throw new RangeError(`The network has layers 0 to ${layers.length - 1}; got ${index}.`);
    return this.#engine.passes.active(index);
  }

  /**
   * Trains for some epochs, in an order that is shuffled anew for each; a report after each. It trains as it is iterated.
   * @throws {RangeError} if the examples or the options do not fit. @throws {Error} if the loss becomes NaN or infinite, or explodes.
   * @throws the signal's reason once it is aborted.
   */
  fit(examples: Examples, options: FitOptions): AsyncGenerator<EpochReport, void, undefined> {
    this.checkOpen();
    return fit(this.#engine, this.#training, examples, options, (path) => this.#write(path));
  }

  /**
   * Trains on one batch: `batch` has 1 to `batchSize` rows, which make one update (in the update modes 'sample' and 'hogwild' one
   * each). It is what `fit` does for each batch, without an order of rows, reports of epochs, or anything else. It is no
   * part of a run of `fit`; one that is under way goes on with the weights as they are then.
   * @throws {RangeError} if the rows do not fit. @throws {Error} if the loss becomes NaN or infinite, or explodes.
   */
  step(batch: Examples): StepResult {
    this.checkOpen();
    return step(this.#engine, batch);
  }

  /** Measures over all examples. @throws {RangeError} if they or the options do not fit. */
  evaluate(examples: Examples, options: EvaluateOptions = {}): Evaluation {
    this.checkOpen();
    return evaluate(this.#engine.passes, examples, options);
  }

  /** The most probable classes of each row. @throws {RangeError} if the rows or the options do not fit. */
  predict(inputs: Inputs, options: PredictOptions = {}): Predictions {
    this.checkOpen();
    return predict(this.#engine.passes, inputs, options);
  }

  /**
   * All outputs of each row, rows x units: probabilities of a softmax or of sigmoid outputs, the numbers of a linear output.
   * @throws {RangeError} if the rows do not fit.
   */
  outputs(inputs: Inputs): Float32Array {
    this.checkOpen();
    return outputsOf(this.#engine.passes, inputs);
  }

  /**
   * A network of its own that predicts as this one does now, and cannot be trained: with its weights in 32 or 8 bits, and
   * new hash tables of the last layer, if its selector has tables or `tables` says of what kind. Hidden layers compute all their
   * units there. `relaxed` is this network's unless it is given.
   * @throws {RangeError} if the options are out of range.
   */
  async freeze(options: FreezeOptions & FrozenOptions = {}): Promise<FrozenNetwork> {
    this.checkOpen();
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

  #write(path: string): void {
    this.checkOpen();
    writeFileAtomic(path, encodeCheckpoint(this.#engine, this.#training));
  }
}

async function makeEngine(
  spec: NetworkSpec,
  options: CreationOptions,
  { capacity, relaxed, ...threads }: RuntimeOptions,
  initialize: boolean,
): Promise<Engine> {
  const { batchSize, nonZeros } = options;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`A batch has 1 or more samples; got ${batchSize}.`);
  }
  if (!(Number.isInteger(nonZeros) && nonZeros >= 0)) {
    throw new RangeError(`A batch has 0 or more non-zeros; got ${nonZeros}.`);
  }
  const arena = new Arena({
    ...(capacity !== undefined && { capacity }),
    ...(relaxed !== undefined && { relaxed }),
  });
  let team: Team | undefined;
  try {
    team = await Team.create(arena, threads);
    return new Engine(spec, options, team, initialize);
  } catch (error) {
    team?.close();
    arena.close();
    throw error;
  }
}
