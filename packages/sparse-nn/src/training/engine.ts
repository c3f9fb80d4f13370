/** A network's layers with the memory and threads they work on: passes over a batch, and the step of training. */
import { Resource, type Team } from '@hashgrad/kernels';
import { backward } from './backward.ts';
import { BatchBuffers } from '../examples/batch-buffers.ts';
import { BoundOptimizer } from '../optimizers/bound-optimizer.ts';
import { Counts } from '../layers/counts.ts';
import { checkInputs, checkNonZeros, isSparse, type Inputs } from '../examples/examples.ts';
import { Divergence } from './divergence.ts';
import type { Layer } from '../layers/layer.ts';
import { Loss } from '../layers/losses.ts';
import { isBySample } from '../spec/order.ts';
import { makeLayer, makeLayers, makeSampleLayer } from './make-layers.ts';
import { SampleTrainer } from './sample-trainer.ts';
import {
  denseSignal,
  freeSignal,
  type ActiveUnits,
  type DenseSignal,
  type Signal,
} from '../layers/signal.ts';
import { lossOf, type NetworkSpec } from '../spec/spec.ts';

export interface EngineOptions {
  readonly seed: number;
  readonly batchSize: number;
  readonly nonZeros: number;
}

/** Logits of a full pass that are made at once, at most: what processors keep near, about. */
const MOST_LOGITS = 2 ** 22;

export class Engine extends Resource {
  readonly spec: NetworkSpec;
  readonly options: EngineOptions;
  readonly team: Team;
  readonly layers: readonly Layer[];
  readonly counts: Counts = new Counts();
  readonly buffers: BatchBuffers;
  readonly loss: Loss;
  readonly divergence: Divergence;
  readonly #optimizer: BoundOptimizer;
  /** Where each sample updates the weights by itself. */
  readonly #samples: SampleTrainer | undefined;
  /** Updates of training so far, which are batches, or samples where each updates the weights by itself. */
  step = 0;
  /** Samples of the last batch that selectors chose for. */
  #last = 0;
  /** Activations of a full pass, made when first needed. */
  #full: readonly DenseSignal[] | undefined;

  /** `initialize`: whether weights are drawn; they are 0 otherwise, to be read from a checkpoint. */
  constructor(spec: NetworkSpec, options: EngineOptions, team: Team, initialize: boolean) {
    super('This network');
    const { seed, batchSize, nonZeros } = options;
    const { arena } = team;
    this.spec = spec;
    this.options = options;
    this.team = team;
    this.loss = new Loss(lossOf(spec), team, batchSize);
    const targets = this.loss.kind === 'linear' ? spec.layers.at(-1)!.units : 0;
    this.buffers = new BatchBuffers(arena, batchSize, spec.inputs, nonZeros, targets);
    const order = spec.order ?? 'neuron';
    this.#optimizer = new BoundOptimizer(arena, spec.optimizer, isBySample(order) ? batchSize : 0);
    const { buffers, loss, counts } = this;
    const optimizer = this.#optimizer;
    const shared = { team, counts, seed, batch: batchSize, optimizer, order, initialize };
    if (isBySample(order)) {
      const layers = makeLayers(spec, shared, buffers.input, makeSampleLayer);
      const parts = { team, layers, buffers, loss, counts, optimizer, batchSize };
      this.layers = layers;
      this.#samples = new SampleTrainer(parts, order === 'hogwild');
    } else this.layers = makeLayers(spec, shared, buffers.input, makeLayer);
    this.divergence = new Divergence(spec, this.layers);
  }

  get classes(): number {
    return this.spec.layers.at(-1)!.units;
  }

  /** Rows that a full pass takes at once: few where the layers are wide, so that they stay near the processor. */
  get fullBatch(): number {
    const widest = Math.max(...this.spec.layers.map(({ units }) => units));
    return Math.max(1, Math.min(this.options.batchSize, Math.floor(MOST_LOGITS / widest)));
  }

  /** What a layer's selector chose last, if it has one. */
  active(layer: number): ActiveUnits | undefined {
    const { selector, output } = this.layers[layer]!;
    if (!selector || output.kind === 'dense') return undefined;
    const offsets = output.offsets.slice(0, this.#last + 1);
    return { offsets, ids: output.ids.slice(0, offsets[this.#last]) };
  }

  inputOf(layer: number): Signal {
    return layer === 0 ? this.buffers.input : this.layers[layer - 1]!.output;
  }

  /**
   * One step of training on the batch that is loaded; the sum of its losses.
   * @throws {Error} if the loss becomes NaN or infinite, or explodes.
   */
  train(batch: number): number {
    this.#last = batch;
    if (this.#samples) return this.#trainSamples(this.#samples, batch);
    this.step++;
    this.#optimizer.begin(this.step);
    const outputs = this.forward(batch, true);
    const loss = this.counts.time('forward', () => this.loss.apply(outputs, this.buffers, batch));
    this.divergence.checkLoss(loss / batch, this.step, batch);
    const squares = backward(this.layers, this.buffers.input, batch, this.#optimizer);
    this.divergence.checkNorms(squares, this.step);
    return loss;
  }

  /** The same where each sample is a step of its own. */
  #trainSamples(samples: SampleTrainer, batch: number): number {
    const first = this.step + 1;
    const { loss, stopped, squares } = samples.train(first, batch);
    this.step = first + stopped - (stopped === batch ? 1 : 0);
    this.divergence.checkLoss(loss / batch, this.step, batch);
    this.divergence.checkNorms(squares, this.step);
    return loss;
  }

  /** The pass that selectors choose for; the last layer's output. */
  forward(batch: number, training: boolean): Signal {
    this.#last = batch;
    const labels = this.loss.kind === 'linear' ? undefined : this.buffers.labels;
    const pass = { batch, training, labels, step: this.step };
    for (const [l, layer] of this.layers.entries()) layer.forward(this.inputOf(l), pass);
    return this.layers.at(-1)!.output;
  }

  /** The pass over all units, of `fullBatch` rows at most; the last layer's activations. */
  forwardAll(batch: number): DenseSignal {
    let x = this.buffers.input;
    for (const [l, layer] of this.layers.entries()) {
      const output = this.full(l);
      layer.forwardAll(x, output, batch);
      x = output;
    }
    return x as DenseSignal;
  }

  /** Where the activations of all units of layer `l` go, `fullBatch` rows. */
  full(l: number): DenseSignal {
    this.#full ??= this.spec.layers.map(({ units }, index) =>
      denseSignal(this.team.arena, this.fullBatch, units, index === this.spec.layers.length - 1),
    );
    return this.#full[l]!;
  }

  /** @throws {RangeError} if rows do not fit the network. @throws {Error} once that is closed. */
  check(rows: Inputs): void {
    this.alive();
    checkInputs(rows, this.spec.inputs);
    const { input } = this.buffers;
    if (isSparse(rows) !== (input.kind === 'sparse')) {
      throw new RangeError(
        isSparse(rows)
          ? 'The network was made for dense examples: give `nonZeros` to Network.create.'
          : 'The network was made for sparse examples (`nonZeros` was given to Network.create).',
      );
    }
    if (input.kind === 'sparse') checkNonZeros(rows, this.options.batchSize, input.ids.length);
  }

  /** @throws {Error} once the network is closed. */
  alive(): void {
    this.checkOpen();
  }

  protected override release(): void {
    for (const signal of this.#full ?? []) freeSignal(this.team.arena, signal);
    for (const layer of this.layers) layer[Symbol.dispose]();
    this.buffers[Symbol.dispose]();
    this.loss[Symbol.dispose]();
    this.#samples?.[Symbol.dispose]();
    this.team.close();
    this.team.arena.close();
  }
}
