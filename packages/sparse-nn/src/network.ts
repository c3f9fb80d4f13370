/** A network and its trainer. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { backward } from './backward.ts';
import { BagLayer } from './bag-layer.ts';
import { BatchBuffers } from './batch-buffers.ts';
import { BoundOptimizer } from './bound-optimizer.ts';
import { Counts, type Part } from './counts.ts';
import {
  checkExamples,
  checkLabelCounts,
  checkNonZeros,
  hasTargets,
  isSparse,
  targetVariance,
  type Examples,
} from './data.ts';
import { DenseLayer } from './dense-layer.ts';
import { Divergence } from './divergence.ts';
import type { Layer, LayerContext } from './layer.ts';
import { Loss } from './losses.ts';
import { SelectedLayer } from './selected-layer.ts';
import { selectorOf } from './selectors.ts';
import { activeUnits, denseSignal, freeSignal, type DenseSignal, type Signal } from './signal.ts';
import type { HiddenActivation } from './activation.ts';
import { checkNetwork, lossOf, type NetworkSpec } from './spec.ts';
import type { LayerWeights } from './weights.ts';

export interface NetworkOptions {
  /** All that is random follows from it. Default 1. */
  readonly seed?: number;
  /** Threads; they do not change the bits. Default 1. */
  readonly threads?: number;
  /** Samples in a batch, at most. Default 256. */
  readonly batchSize?: number;
  /** Non-zeros in a batch of sparse examples, at most; 0 for dense examples. Default 0. See `nonZerosOf`. */
  readonly nonZeros?: number;
}

export interface FitOptions {
  readonly epochs: number;
}

/** One epoch of training. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  readonly samples: number;
  /** Mean over the rows of the loss over the active outputs: of cross-entropies in nats. */
  readonly loss: number;
  readonly seconds: number;
  readonly multiplyAdds: Readonly<Record<Part, number>>;
  readonly partSeconds: Readonly<Record<Part, number>>;
  /** Mean share of the units that were active, hidden layers only. */
  readonly activeShare: number;
  /** Share of active units that selectors filled up at random, mean over the layers that select. */
  readonly paddedShare: number;
}

export interface EvaluateOptions {
  /** 'full': all units compute. 'sparse': those that selectors choose, as in training. Default 'full'. */
  readonly pass?: 'full' | 'sparse';
}

export interface Evaluation {
  readonly rows: number;
  /**
   * Share of rows whose most probable output is one of their labels: accuracy, or P@1 where there are several. Of a single
   * sigmoid output, share of rows for which it is on the right side of 1/2. Of a linear output NaN: see `determination`.
   */
  readonly accuracy: number;
  /**
   * Mean over the rows: of cross-entropies in nats, or of the mean squared error. In a sparse pass over the active outputs;
   * a label that is not active adds nothing.
   */
  readonly loss: number;
  /** Of a linear output: 1 - loss / variance of the targets, the coefficient of determination (R squared). */
  readonly determination?: number;
}

export class Network implements Disposable {
  readonly spec: NetworkSpec;
  readonly seed: number;
  readonly batchSize: number;
  readonly #team: Team;
  readonly #layers: readonly Layer[];
  readonly #counts = new Counts();
  readonly #buffers: BatchBuffers;
  readonly #loss: Loss;
  readonly #optimizer: BoundOptimizer;
  readonly #divergence: Divergence;
  readonly #shuffle: ReturnType<typeof randomStream>;
  /** Activations of a full pass, made when first needed. */
  #full: DenseSignal[] | undefined;
  #step = 0;
  #disposed = false;

  private constructor(spec: NetworkSpec, options: NetworkOptions, team: Team) {
    const { seed = 1, batchSize = 256, nonZeros = 0 } = options;
    const { arena } = team;
    this.spec = spec;
    this.seed = seed;
    this.batchSize = batchSize;
    this.#team = team;
    const loss = lossOf(spec);
    const targets = loss === 'linear' ? spec.layers.at(-1)!.units : 0;
    this.#buffers = new BatchBuffers(arena, batchSize, spec.inputs, nonZeros, targets);
    this.#loss = new Loss(loss, team, batchSize);
    this.#shuffle = randomStream(seed, 'shuffle');
    this.#optimizer = new BoundOptimizer(arena, spec.optimizer);
    const layers: Layer[] = [];
    let input: Signal = this.#buffers.input;
    for (const [index, layer] of spec.layers.entries()) {
      const name = `layer ${index + 1}`;
      const last = index === spec.layers.length - 1;
      const context: LayerContext = {
        team,
        counts: this.#counts,
        seed,
        name,
        spec: layer,
        activation: last ? 'linear' : (layer.activation as HiddenActivation),
        last,
        inputs: input.width,
        batch: batchSize,
        optimizer: this.#optimizer,
        random: randomStream(seed, `${name} weights`),
      };
      const selector = selectorOf(layer.select, layer.units);
      const made: Layer = selector
        ? new SelectedLayer(context, selector)
        : input.kind === 'sparse'
          ? new BagLayer(context, input.ids.length)
          : new DenseLayer(context);
      layers.push(made);
      input = made.output;
    }
    this.#layers = layers;
    this.#divergence = new Divergence(spec, layers);
  }

  /**
   * Builds a network with its own memory and threads; dispose it when done.
   * @throws {RangeError} for a spec or options that cannot be built.
   */
  static async create(spec: NetworkSpec, options: NetworkOptions = {}): Promise<Network> {
    checkNetwork(spec);
    const { batchSize = 256, nonZeros = 0 } = options;
    if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw new RangeError(`A batch has 1 or more samples; got ${batchSize}.`);
    }
    if (!(Number.isInteger(nonZeros) && nonZeros >= 0)) {
      throw new RangeError(`A batch has 0 or more non-zeros; got ${nonZeros}.`);
    }
    const team = await Team.create(new Arena(), { threads: options.threads ?? 1 });
    try {
      return new Network(spec, options, team);
    } catch (error) {
      team[Symbol.dispose]();
      throw error;
    }
  }

  /** Threads at work: fewer than asked for where memory cannot be shared. */
  get threads(): number {
    return this.#team.threads;
  }

  /** Bytes that weights, optimizer state, tables and buffers take. */
  get memoryUsage(): number {
    return this.#team.arena.usedBytes;
  }

  /**
   * The weights of layer `index` (as in spec.layers, from 0), to look at what was learned. They are live: training
   * writes them, and what you write, training goes on from. Hash tables take note of a row at the first rehash after
   * training has updated it.
   * @throws {RangeError} if there is no such layer.
   */
  weights(index: number): LayerWeights {
    const layer = this.#layers[index];
    if (!layer) {
      throw new RangeError(`The network has layers 0 to ${this.#layers.length - 1}; got ${index}.`);
    }
    return layer.weights;
  }

  /**
   * Trains for some epochs, in an order that is shuffled anew for each; a report after each.
   * @throws {RangeError} if the examples do not fit. @throws {Error} if the loss becomes NaN or infinite, or explodes.
   */
  async *fit(examples: Examples, options: FitOptions): AsyncGenerator<EpochReport, void, undefined> {
    const { epochs } = options;
    if (!(Number.isInteger(epochs) && epochs >= 1))
      throw new RangeError(`Epochs are 1 or more; got ${epochs}.`);
    this.#check(examples);
    checkLabelCounts(examples, this.#layers.at(-1)!.most);
    const order = new Int32Array(examples.rows);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      yield this.#epoch(examples, order, epoch);
      // Timers and signals have their turn between epochs.
      await new Promise<void>((resolve) => setTimeout(resolve));
    }
  }

  /** How good the network is, over all examples. @throws {RangeError} if they do not fit. */
  evaluate(examples: Examples, options: EvaluateOptions = {}): Evaluation {
    this.#check(examples);
    const { pass = 'full' } = options;
    if (pass !== 'full' && pass !== 'sparse') {
      throw new RangeError(`A pass is 'full' or 'sparse'; got '${String(pass)}'.`);
    }
    const full = pass === 'full';
    const order = Int32Array.from({ length: examples.rows }, (_, row) => row);
    let hits = 0;
    let loss = 0;
    for (let first = 0; first < examples.rows; first += this.batchSize) {
      const batch = Math.min(this.batchSize, examples.rows - first);
      this.#buffers.load(examples, order, first, batch);
      const logits = full ? this.#forwardAll(batch) : this.#forward(batch, false);
      for (let s = 0; s < batch; s++) hits += this.#loss.isHit(logits, this.#buffers, s) ? 1 : 0;
      loss += this.#loss.apply(logits, this.#buffers, batch);
    }
    const { rows } = examples;
    const mean = loss / rows;
    if (!hasTargets(examples)) return { rows, accuracy: hits / rows, loss: mean };
    return { rows, accuracy: NaN, loss: mean, determination: 1 - mean / targetVariance(examples) };
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const signal of this.#full ?? []) freeSignal(this.#team.arena, signal);
    for (const layer of this.#layers) layer[Symbol.dispose]();
    this.#buffers[Symbol.dispose]();
    this.#loss[Symbol.dispose]();
    this.#team[Symbol.dispose]();
    this.#team.arena[Symbol.dispose]();
  }

  #epoch(examples: Examples, order: Int32Array, epoch: number): EpochReport {
    const start = performance.now();
    this.#counts.reset();
    // From the rows' own order each time, so that an epoch's depends on nothing but the stream's position.
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#shuffle.integer(i + 1);
      const row = order[i]!;
      order[i] = order[j]!;
      order[j] = row;
    }
    const hidden = this.#layers.slice(0, -1);
    const units = hidden.reduce((total, { output }) => total + output.width, 0);
    let steps = 0;
    let loss = 0;
    let active = 0;
    for (let first = 0; first < examples.rows; first += this.batchSize) {
      const batch = Math.min(this.batchSize, examples.rows - first);
      this.#buffers.load(examples, order, first, batch);
      loss += this.#train(batch);
      active += hidden.reduce((total, { output }) => total + activeUnits(output, batch), 0);
      steps++;
    }
    const selecting = this.#layers.filter((_, index) => this.spec.layers[index]!.select.kind !== 'all');
    const padded = selecting.reduce((total, layer) => total + layer.paddedShare, 0);
    return {
      epoch,
      steps,
      samples: examples.rows,
      loss: loss / examples.rows,
      seconds: (performance.now() - start) / 1000,
      multiplyAdds: { ...this.#counts.multiplyAdds },
      partSeconds: { ...this.#counts.seconds },
      activeShare: units === 0 ? 1 : active / (units * examples.rows),
      paddedShare: selecting.length === 0 ? 0 : padded / selecting.length,
    };
  }

  /** One step; the sum of the batch's losses. */
  #train(batch: number): number {
    this.#step++;
    this.#optimizer.begin(this.#step);
    const outputs = this.#forward(batch, true);
    const loss = this.#counts.time('forward', () => this.#loss.apply(outputs, this.#buffers, batch));
    this.#divergence.checkLoss(loss / batch, this.#step, batch);
    const squares = backward(this.#layers, this.#buffers.input, batch, this.#optimizer);
    this.#divergence.checkNorms(squares, this.#step);
    return loss;
  }

  #inputOf(layer: number): Signal {
    return layer === 0 ? this.#buffers.input : this.#layers[layer - 1]!.output;
  }

  #forward(batch: number, training: boolean): Signal {
    const labels = this.#loss.kind === 'linear' ? undefined : this.#buffers.labels;
    const pass = { batch, training, labels, step: this.#step };
    for (const [l, layer] of this.#layers.entries()) layer.forward(this.#inputOf(l), pass);
    return this.#layers.at(-1)!.output;
  }

  #forwardAll(batch: number): DenseSignal {
    const { arena } = this.#team;
    this.#full ??= [
      denseSignal(arena, this.batchSize, this.spec.inputs, false),
      ...this.spec.layers.map(({ units }, l) =>
        denseSignal(arena, this.batchSize, units, l === this.spec.layers.length - 1),
      ),
    ];
    const { input } = this.#buffers;
    let x = this.#full[0]!;
    if (input.kind === 'dense') x = input;
    else {
      const record = arena.address(input.record);
      this.#team.run('scatterRows', [arena.address(x.values), x.stride, x.width, record], batch);
    }
    for (const [l, layer] of this.#layers.entries()) {
      const output = this.#full[l + 1]!;
      layer.forwardAll(x, output, batch);
      x = output;
    }
    return x;
  }

  #check(examples: Examples): void {
    if (this.#disposed) throw new Error('This network was disposed.');
    checkExamples(examples, this.spec.inputs, this.spec.layers.at(-1)!.units, this.#loss.kind);
    const { input } = this.#buffers;
    if (isSparse(examples) !== (input.kind === 'sparse')) {
      throw new RangeError(
        isSparse(examples)
          ? 'The network was made for dense examples: give `nonZeros` to Network.create.'
          : 'The network was made for sparse examples (`nonZeros` was given to Network.create).',
      );
    }
    if (input.kind === 'sparse') checkNonZeros(examples, this.batchSize, input.ids.length);
  }
}
