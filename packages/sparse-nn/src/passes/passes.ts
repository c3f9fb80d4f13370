/** A network's layers with the memory and threads they work on: the passes over a batch. Training adds its own to them. */
import { Resource, type Team } from '@hashgrad/kernels';
import type { BatchBuffers } from '../examples/batch-buffers.ts';
import { acceptAnswers, acceptInputs, asOneOutput } from '../examples/accept.ts';
import {
  checkAnswers,
  checkInputs,
  checkNonZeros,
  isSparse,
  type Examples,
  type Inputs,
} from '../examples/examples.ts';
import { checkSampleWeights } from '../examples/sample-weights.ts';
import type { Counts } from '../layers/counts.ts';
import type { Layer, Pass } from '../layers/layer.ts';
import type { Loss } from '../layers/loss.ts';
import {
  denseActivations,
  freeActivations,
  type ActiveUnits,
  type DenseActivations,
  type Activations,
} from '../layers/activations.ts';
import type { NetworkSpec } from '../spec/spec.ts';

/** 'full': all units compute. 'sparse': those that selectors choose, as in training. */
export type PassKind = 'full' | 'sparse';

/** @throws {RangeError} if there is no such pass. */
export function checkPass(pass: PassKind): void {
  if (pass !== 'full' && pass !== 'sparse') {
    throw new RangeError(`A pass is 'full' or 'sparse'; got '${String(pass)}'.`);
  }
}

/** What a network was made with, beside its spec. */
export interface CreationOptions {
  readonly seed: number;
  /** Samples in a batch, at most. */
  readonly batchSize: number;
  /** Non-zeros in a batch of sparse examples, at most; 0 for dense examples. */
  readonly nonZeros: number;
}

/** What passes are made of, and own from then on. */
export interface PassesParts {
  readonly spec: NetworkSpec;
  readonly options: CreationOptions;
  readonly team: Team;
  readonly counts: Counts;
  readonly buffers: BatchBuffers;
  readonly loss: Loss;
  readonly layers: readonly Layer[];
}

/** Logits that a full pass makes at once, at most: so many stay in a processor's caches. */
const MOST_LOGITS = 2 ** 22;

export class Passes extends Resource {
  /** Whose layers may come to be trained otherwise, see Engine.setTraining. */
  spec: NetworkSpec;
  readonly options: CreationOptions;
  readonly team: Team;
  readonly counts: Counts;
  readonly buffers: BatchBuffers;
  readonly loss: Loss;
  readonly layers: readonly Layer[];
  /** Until the network is closed. */
  open = true;
  /** Samples of the last batch that selectors chose for. */
  selected = 0;
  /** Activations of a full pass, made when first needed. */
  #full: readonly DenseActivations[] | undefined;

  constructor({ spec, options, team, counts, buffers, loss, layers }: PassesParts) {
    super('This network');
    this.spec = spec;
    this.options = options;
    this.team = team;
    this.counts = counts;
    this.buffers = buffers;
    this.loss = loss;
    this.layers = layers;
  }

  get classes(): number {
    return this.spec.layers.at(-1)!.units;
  }

  /** Rows that a full pass takes at once: few where the layers are wide, so that they stay near the processor. */
  get fullBatch(): number {
    const widest = Math.max(...this.spec.layers.map(({ units }) => units));
    return Math.max(1, Math.min(this.options.batchSize, Math.floor(MOST_LOGITS / widest)));
  }

  /** Samples that a pass takes at once. @throws {RangeError} if there is no such pass. */
  batchOf(pass: PassKind): number {
    checkPass(pass);
    return pass === 'full' ? this.fullBatch : this.options.batchSize;
  }

  /** The last layer's outputs for the batch that is loaded, of `batchOf(pass)` samples at most. */
  outputs(pass: PassKind, batch: number): Activations {
    return pass === 'full' ? this.forwardAll(batch) : this.forward(batch);
  }

  /** The pass over the units that selectors choose, as in an evaluation; the last layer's output. */
  forward(batch: number): Activations {
    return this.#forward(this.pass(batch, false, 0));
  }

  /** The same in training, of step `step`, counted from 1: labels are forced and outputs dropped. */
  forwardTraining(batch: number, step: number): Activations {
    return this.#forward(this.pass(batch, true, step));
  }

  /** What layers are told of a pass over the batch that is loaded; `step` is 0 where nothing is to be dropped. */
  pass(batch: number, training: boolean, step: number): Pass {
    const labels = this.loss.kind === 'linear' ? undefined : this.buffers.labels;
    return { batch, training, labels, samples: () => this.buffers.keys(batch), step };
  }

  /** The pass over all units, of `fullBatch` rows at most; the last layer's activations. */
  forwardAll(batch: number): DenseActivations {
    let x = this.buffers.input;
    for (const [l, layer] of this.layers.entries()) {
      const output = this.full(l);
      layer.forwardAll(x, output, batch);
      x = output;
    }
    return x as DenseActivations;
  }

  /** Where the activations of all units of layer `l` go, `fullBatch` rows. */
  full(l: number): DenseActivations {
    return this.reserveFull()[l]!;
  }

  /** Makes room for full passes. @throws {RangeError} if there is none. */
  reserveFull(): readonly DenseActivations[] {
    this.#full ??= this.spec.layers.map(({ units }, index) =>
      denseActivations(this.team.arena, this.fullBatch, units, index === this.spec.layers.length - 1),
    );
    return this.#full;
  }

  /** What layer `l` reads in a pass over chosen units. */
  inputOf(l: number): Activations {
    return l === 0 ? this.buffers.input : this.layers[l - 1]!.output;
  }

  /** What a layer's selector chose last, if it has one. */
  active(layer: number): ActiveUnits | undefined {
    const { selector, output } = this.layers[layer]!;
    if (!selector || output.kind === 'dense') return undefined;
    const offsets = output.offsets.slice(0, this.selected + 1);
    return { offsets, ids: output.ids.slice(0, offsets[this.selected]) };
  }

  /**
   * Rows that fit the network, in the arrays that it reads.
   * @throws {RangeError} @throws {TypeError} naming what does not fit. @throws {Error} once the network is closed.
   */
  accept<I extends Inputs>(given: I): I {
    this.alive();
    const rows = acceptInputs(given);
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
    return rows;
  }

  /** The same for rows with what is to be learned of them. */
  acceptExamples(given: Examples): Examples {
    const examples = this.acceptPiece(given);
    checkSampleWeights(examples);
    return examples;
  }

  /** The same for a piece of examples, all rows of which may weigh 0. */
  acceptPiece(given: Examples): Examples {
    const { classes, loss } = this;
    const examples = acceptAnswers(this.accept(given));
    const one = loss.kind === 'sigmoid' && classes === 1;
    const answered = one ? asOneOutput(examples) : examples;
    checkAnswers(answered, classes, loss.kind);
    return answered;
  }

  /** @throws {Error} once the network is closed. */
  alive(): void {
    this.checkOpen();
  }

  protected override release(): void {
    this.open = false;
    for (const signal of this.#full ?? []) freeActivations(this.team.arena, signal);
    for (const layer of this.layers) layer[Symbol.dispose]();
    this.buffers[Symbol.dispose]();
    this.loss[Symbol.dispose]();
    this.team.close();
    this.team.arena.close();
  }

  #forward(pass: Pass): Activations {
    this.selected = pass.batch;
    for (const [l, layer] of this.layers.entries()) layer.forward(this.inputOf(l), pass);
    return this.layers.at(-1)!.output;
  }
}
