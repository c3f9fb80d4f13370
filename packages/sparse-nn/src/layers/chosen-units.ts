/**
 * What layers of chosen units have in common, whatever way they are trained: the weights, the selector and its choice, and
 * the walk over the weights of the units that each sample chose for itself.
 */
import { RowPairs, walkForward, walkForwardSparse } from '@hashgrad/kernels';
import { activate, activationGradient } from './activation.ts';
import { computeAllUnits } from './all-units.ts';
import { Dropout } from './dropout.ts';
import type { LayerContext, Pass } from './layer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import { optimizerCost } from '../optimizers/optimizers.ts';
import type { Selector, SelectorDefinition } from '../selectors/selector.ts';
import {
  freeActivations,
  sparseActivations,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from './activations.ts';
import { WalkedInput } from './walked-input.ts';
import { squaredNorm, type Weights } from './weights.ts';

const NO_ROWS = new Int32Array(0);

export class ChosenUnits implements Disposable {
  /** Row u is unit u's weight vector. */
  readonly weights: Weights;
  readonly dropout: Dropout;
  readonly selector: Selector;
  readonly output: SparseActivations;
  /** The output's (sample, unit) pairs, sorted by unit. */
  readonly pairs: RowPairs;
  readonly walked: WalkedInput;
  /** Different units that a batch has together, at most. */
  readonly mostTogether: number;
  readonly #context: LayerContext;
  /** Where there are gates: the outputs before they were multiplied by them, and the gradients by the gates. */
  readonly #gated: { readonly outputs: Float32Array; readonly gradients: Float32Array } | undefined;

  /** `shared`: room for samples that have all units of the batch, not only their own. */
  constructor(context: LayerContext, definition: SelectorDefinition, shared: boolean) {
    const { team, spec, inputs, batch, seed, name, weights } = context;
    const { arena } = team;
    this.#context = context;
    this.weights = weights;
    this.dropout = new Dropout(team, spec.dropout ?? 0, seed, name);
    this.selector = definition.bind(spec.select, { ...context, units: spec.units });
    const chosen = batch * this.selector.maxActive;
    this.mostTogether = Math.min(spec.units, chosen);
    this.output = sparseActivations(
      arena,
      batch,
      spec.units,
      shared ? batch * this.mostTogether : chosen,
      true,
    );
    if (this.selector.backward) {
      this.#gated = { outputs: arena.float32(chosen), gradients: arena.float32(chosen) };
    }
    this.pairs = new RowPairs(team, spec.units, chosen);
    this.walked = new WalkedInput(team, batch, inputs);
  }

  /** All that training changes: the weights, and what the selector trains beside them. */
  get parameters(): Readonly<Record<string, Weights>> {
    return { weights: this.weights, ...this.selector.parameters };
  }

  /** The selector writes the output's ids; in training of a last layer the labels are among them. */
  choose(input: Activations, { batch, training, labels, samples }: Pass): void {
    const forced = training && this.#context.last ? labels : undefined;
    this.selector.select({ input, batch, training, forced, samples }, this.output);
  }

  /** The activations of each sample's units, from the sorted pairs. */
  walk(input: Activations, batch: number): void {
    const { team, activation } = this.#context;
    const { values, offsets } = this.output;
    const x = this.walked.lay(input, batch);
    const walk = { out: values, rows: this.weights.record, pairs: this.pairs };
    if (x.kind === 'dense') walkForward(team, { ...walk, x: x.values, xStride: x.stride });
    else walkForwardSparse(team, { ...walk, x: x.record });
    activate(team, activation, values, offsets[batch]!);
  }

  /**
   * From activations to what a hidden layer gives: divided by `keep`, the share of units that fire, multiplied by their gates, and
   * dropped in training.
   * In a sparse evaluation they are divided too: the layer after it is used to activations of this size.
   */
  finish(keep: number, { batch, training, step }: Pass): void {
    const { values, offsets } = this.output;
    const active = offsets[batch]!;
    if (!this.#context.last) divide(values, active, keep);
    if (this.#gated) {
      this.#gated.outputs.set(values.subarray(0, active));
      multiply(values, active, this.output.gates!);
    }
    if (training && step > 0) this.dropout.forward(values, active, step);
  }

  /** From gradients with respect to a batch's outputs to those with respect to their weighted sums; `keep` as in `finish`. */
  activationGradients(keep: number, batch: number): void {
    const { team, activation, last } = this.#context;
    const { values, gradients, offsets } = this.output;
    const active = offsets[batch]!;
    const divisor = last ? 1 : keep;
    this.selector.addGradients?.(this.output, batch);
    this.dropout.backward(gradients, active);
    if (this.#gated) {
      this.#gated.gradients.set(gradients.subarray(0, active));
      multiply(this.#gated.gradients, active, this.#gated.outputs);
      multiply(gradients, active, this.output.gates!);
    }
    divide(gradients, active, divisor);
    // What was kept beside the gates had not been through dropout.
    if (this.#gated) activationGradient(team, activation, gradients, this.#gated.outputs, divisor, active);
    else activationGradient(team, activation, gradients, values, divisor * this.dropout.keep, active);
  }

  /** Trains what gives the gates, if there are any: after `activationGradients`, and what the units add to the input's gradients. */
  gateBackward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void {
    if (!this.#gated) return;
    const { gradients } = this.#gated;
    this.selector.backward!({ input, batch, gradients, needsInputGradient, stage });
  }

  /** Counts the update of the rows that the batch used, and tells the selector; that of a layer that is not trained, of none. */
  updated(input: Activations): void {
    const { counts, optimizer } = this.#context;
    if (!optimizer.trainable) return this.selector.updated(NO_ROWS);
    counts.add('optimizer', {
      multiplyAdds: this.pairs.visited * input.width * optimizerCost(optimizer.spec),
    });
    this.selector.updated(this.pairs.rows);
  }

  /** The exact activations of all units. */
  forwardAll(input: Activations, output: DenseActivations, batch: number): void {
    const { team, activation } = this.#context;
    computeAllUnits(team, this.weights, activation, this.walked.layDense(input, batch), output, batch);
  }

  /** The squared norm of the gradients with respect to weights and biases, after stage 'measure'. */
  squaredNorm(): number {
    if (!this.#context.optimizer.trainable) return 0;
    return Object.values(this.parameters).reduce((total, part) => total + squaredNorm(part), 0);
  }

  [Symbol.dispose](): void {
    this.selector[Symbol.dispose]();
    this.weights[Symbol.dispose]();
    freeActivations(this.#context.team.arena, this.output);
    this.walked[Symbol.dispose]();
    this.pairs[Symbol.dispose]();
    for (const view of Object.values(this.#gated ?? {})) this.#context.team.arena.free(view);
  }
}

function multiply(values: Float32Array, count: number, by: Float32Array): void {
  for (let i = 0; i < count; i++) values[i]! *= by[i]!;
}

function divide(values: Float32Array, count: number, by: number): void {
  if (by === 1) return;
  for (let i = 0; i < count; i++) values[i]! /= by;
}
