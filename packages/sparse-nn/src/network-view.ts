/** What a network is, what it predicts and how good it is: all that changes nothing of it. */
import { choices, type UnitChoice } from './evaluation/choices.ts';
import { DiagnosticsProbe, type LayerDiagnostics } from './evaluation/diagnostics.ts';
import type { EvaluateOptions, Evaluation } from './evaluation/evaluate-options.ts';
import { evaluation, streamEvaluation } from './evaluation/evaluate.ts';
import { tuning, type SelectorGoal, type TunedSelector } from './evaluation/tune-selector.ts';
import { isStream, type ExampleStream } from './examples/example-stream.ts';
import type { Examples, Inputs } from './examples/examples.ts';
import { freezing, type FreezeOptions } from './inference/freeze.ts';
import { FROZEN_OPTIONS, FrozenNetwork, type FrozenOptions } from './inference/frozen-network.ts';
import { acceptPrediction, allOutputs, predicting, type PredictOptions } from './inference/predict.ts';
import type { Predictions } from './inference/predictions.ts';
import { Predictor } from './inference/predictor.ts';
import type { ActiveUnits } from './layers/activations.ts';
import { atOnce, type Piecewise } from './layers/piecewise.ts';
import type { Layer } from './layers/layer.ts';
import { unitWeights, type UnitWeights } from './layers/unit-weights.ts';
import type { LayerWeights } from './layers/weights.ts';
import type { AsyncOptions } from './passes/abort.ts';
import { inTurns, Turns } from './passes/event-turns.ts';
import { checkOptions, optionsOf, shown } from './spec/options.ts';
import type { NetworkSpec } from './spec/spec.ts';
import type { Engine } from './training/engine.ts';

export abstract class NetworkView extends Predictor {
  /** What it works with. @throws {Error} once it is closed. */
  protected abstract readonly engine: Engine;

  /** What it is made of, and how its layers are trained. `use` gives it another optimizer. */
  get spec(): NetworkSpec {
    return this.engine.passes.spec;
  }

  /** All that is random follows from it. */
  get seed(): number {
    return this.engine.passes.options.seed;
  }

  /** Samples in a batch, at most. */
  get batchSize(): number {
    return this.engine.passes.options.batchSize;
  }

  /** Threads at work: fewer than asked for where memory cannot be shared. */
  get threads(): number {
    return this.engine.passes.team.threads;
  }

  /** Why there are fewer threads than were asked for, if so. */
  get reason(): string | undefined {
    return this.engine.passes.team.reason;
  }

  /** Bytes that weights, optimizer state, tables and buffers take. */
  memoryUsage(): number {
    return this.engine.passes.team.arena.usedBytes;
  }

  /**
   * The weights of layer `index` (as in spec.layers, from 0), to look at what was learned. They are live: training
   * writes them, and what you write, training goes on from. They end with the network: once it is closed, its memory is
   * another network's, so copy (`slice`) what you keep. Hash tables take note of a row at the first rehash after
   * training has updated it. Of a layer with sparse connections the weights (not the biases) are a copy, 0 where there is none:
   * `setWeights` writes them.
   * @throws {RangeError} if there is no such layer.
   */
  weights(index: number): LayerWeights {
    return this.layer(index).weights;
  }

  /**
   * Which inputs the units of layer `index` (from 0) are connected to, where it has sparse connections: unit u to ids[offsets[u]] ...
   * ids[offsets[u + 1] - 1], ascending. They are live.
   * @throws {RangeError} if there is no such layer.
   */
  connections(index: number): ActiveUnits | undefined {
    return this.layer(index).parameters['weights']!.connections;
  }

  /**
   * A copy of the weights of layer `index` (from 0), a row for each unit and without padding.
   * @throws {RangeError} if there is no such layer.
   */
  copyWeights(index: number): UnitWeights {
    return unitWeights(this.weights(index));
  }

  /**
   * The units of layer `index` (from 0) that a selector chose for the last batch, of training or of a sparse pass; nothing
   * where all units fire. They are live too. `onStep` of `fit` is where to look at each batch.
   * @throws {RangeError} if there is no such layer.
   */
  active(index: number): ActiveUnits | undefined {
    this.layer(index);
    return this.engine.passes.active(index);
  }

  /** Measures over all examples. @throws {RangeError} @throws {TypeError} if they or the options do not fit. */
  evaluate(examples: Examples, options: EvaluateOptions = {}): Evaluation {
    return atOnce(evaluation(this.engine.passes, examples, options));
  }

  /**
   * The same, with turns for timers, signals and the screen every 50 ms, also of a stream of pieces: with the bits of its rows in one
   * array. A function of pieces is given 1.
   * @throws as `evaluate`, and the signal's reason. @throws {RangeError} @throws {TypeError} if a piece does not fit, naming it, or a
   * stream has no examples; and what the stream throws.
   */
  async evaluateAsync(
    examples: Examples | ExampleStream,
    options: EvaluateOptions & AsyncOptions = {},
  ): Promise<Evaluation> {
    const { signal, ...how } = optionsOf('evaluateAsync', options);
    const { passes } = this.engine;
    if (!isStream(examples)) return this.inTurns(evaluation(passes, examples, how), signal);
    const stream = { stream: examples, epoch: 1, name: 'the stream' };
    return streamEvaluation(passes, stream, how, new Turns(), this.guard(), signal);
  }

  /**
   * Tries selectors on layer `index` (from 0) for rows like those to come, with the weights as they are: how many of the exact best
   * units each finds, and at what cost. Those that reach the recall come first, the cheapest first; then the others, the highest
   * recall first. Nothing of the network changes.
   * @throws {RangeError} if there is no such layer, or the goal, a candidate or the rows do not fit.
   */
  tuneSelector(index: number, inputs: Inputs, goal: SelectorGoal): TunedSelector[] {
    this.layer(index);
    return atOnce(tuning(this.engine.passes, index, inputs, goal));
  }

  /**
   * The same, with turns for timers, signals and the screen every 50 ms.
   * @throws as `tuneSelector`, and the signal's reason. @throws {Error} if the network is trained meanwhile.
   */
  async tuneSelectorAsync(
    index: number,
    inputs: Inputs,
    goal: SelectorGoal & AsyncOptions,
  ): Promise<TunedSelector[]> {
    this.layer(index);
    const { engine } = this;
    const { signal, ...wanted } = optionsOf('tuneSelectorAsync', goal);
    const { passes, step: before } = engine;
    const goOn = (): void => {
      passes.alive();
      if (engine.step === before) return;
      throw new Error(
        'This network was trained while selectors were tried: they are of weights that are no more.',
      );
    };
    return inTurns(tuning(passes, index, inputs, wanted), new Turns(), goOn, signal);
  }

  /**
   * What each layer that selects chooses for the rows as the network is now, the first layer first: a sparse pass and a full one.
   * `fit` does it after each epoch, see `diagnostics` there. Nothing of the network changes.
   * @throws {RangeError} @throws {TypeError} if the rows do not fit.
   */
  diagnose(inputs: Inputs): LayerDiagnostics[] {
    const { passes } = this.engine;
    const rows = passes.accept(inputs);
    return new DiagnosticsProbe(passes, rows, { rows: rows.rows }).look();
  }

  /**
   * What layer `index` (from 0) chooses for each row as the network is now: the units that fire with their activations, the units that
   * would have been best, and, of a selector with hash tables, the buckets that were looked into. A sparse pass and a full one.
   * Nothing of the network changes.
   * @throws {RangeError} if there is no such layer, or all its units fire. @throws {TypeError} if the rows do not fit.
   */
  choices(index: number, inputs: Inputs): UnitChoice[] {
    this.layer(index);
    const { passes } = this.engine;
    return choices(passes, index, passes.accept(inputs));
  }

  /**
   * A network of its own that predicts as this one does now, and cannot be trained: with its weights in 32 or 8 bits, and
   * new hash tables of the last layer, if its selector has tables or `tables` says of what kind, or signatures. Hidden layers compute all their
   * units there. `relaxed` is this network's unless it is given. It gives turns to others, who may train meanwhile.
   * @throws {RangeError} if the options are out of range. @throws the signal's reason.
   */
  async freeze(options: FreezeOptions & FrozenOptions & AsyncOptions = {}): Promise<FrozenNetwork> {
    const { passes } = this.engine;
    checkOptions('freeze', options, {
      weights: true,
      tables: true,
      signatures: true,
      signal: true,
      ...FROZEN_OPTIONS,
    });
    const { weights, tables, signatures, signal, ...frozen } = options;
    const { relaxed } = passes.team.arena;
    const model = await this.inTurns(freezing(passes, { weights, tables, signatures }), signal);
    return FrozenNetwork.of(model, { relaxed, ...frozen });
  }

  /** @throws {RangeError} if there is no such layer. @throws {Error} once the network is closed. */
  protected layer(index: number): Layer {
    const { layers } = this.engine.passes;
    const layer = Number.isInteger(index) ? layers[index] : undefined;
    if (!layer) {
      throw new RangeError(`The network has layers 0 to ${layers.length - 1}; got ${shown(index)}.`);
    }
    return layer;
  }

  protected override predicting(inputs: Inputs, options: PredictOptions): Piecewise<Predictions> {
    const { passes } = this.engine;
    return predicting(passes, passes.accept(inputs), acceptPrediction(options, passes.classes));
  }

  protected override allOutputs(inputs: Inputs): Piecewise<Float32Array> {
    const { passes } = this.engine;
    return allOutputs(passes, passes.accept(inputs));
  }

  protected override guard(): () => void {
    const { passes } = this.engine;
    return () => passes.alive();
  }
}
