/** Selectors answer one question for a batch: which units of a layer fire for each sample? */
import type { Team } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import type { TransformSpec } from '@hashgrad/mips';
import type { Counts } from '../layers/counts.ts';
import type { Activations, SparseActivations } from '../layers/activations.ts';
import type { Weights } from '../layers/weights.ts';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { Known } from '../spec/options.ts';

/** A selector and its parameters, as plain JSON. */
export interface SelectorSpec {
  readonly kind: string;
}

/** Labels of a batch: sample s has ids[offsets[s]] ... ids[offsets[s + 1] - 1]. In the arena. */
export interface Labels {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
}

/** What a selector is bound to: one layer of one network. */
export interface SelectorContext {
  readonly team: Team;
  readonly seed: number;
  /** The layer's name in streams of random numbers: 'layer 1', .... */
  readonly name: string;
  /** Row u is unit u's weight vector. */
  readonly weights: Weights;
  readonly units: number;
  readonly inputs: number;
  /** Samples in a batch, at most. */
  readonly batch: number;
  readonly counts: Counts;
  /** The layer's own: it trains what a selector gives as its `parameters`, too. */
  readonly optimizer: LayerOptimizer;
}

/** One batch to choose for. */
export interface Selection {
  readonly input: Activations;
  readonly batch: number;
  /** False in an evaluation, which must not change what training does next. */
  readonly training: boolean;
  /** Units that must be active, first in the list: the labels, where a softmax or sigmoid output is trained. */
  readonly forced: Labels | undefined;
  /**
   * One number for each sample of the batch, made of the bits of its row of the network's input: the same whenever the row comes
   * again, in training or not, and for two different rows alike with a probability of 2^-32. A view, good until the next batch.
   */
  samples(): Uint32Array;
}

/** What flows back to a selector that gives gates, see `Selector.backward`. */
export interface GateGradients {
  /** The layer's input. Its gradients are there, but for what the gates add to them. */
  readonly input: Activations;
  readonly batch: number;
  /** By the gates, laid out like the chosen units. */
  readonly gradients: Float32Array;
  /** Whether what the gates add to the input's gradients is wanted. */
  readonly needsInputGradient: boolean;
  readonly stage: Stage;
}

/** What a selector keeps that training changes: numbers in arrays, and all else as plain JSON. */
export interface SelectorState {
  readonly arrays?: Readonly<Record<string, StateArray>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An array of a selector's state, as a checkpoint holds it. */
export type StateArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** What a selector that fills lists up with random units chose in training, from the first step on. */
export interface Padding {
  /** Units of all samples' lists. */
  readonly chosen: number;
  /** Those of them that were drawn to fill a list up. */
  readonly padded: number;
}

/** One bucket that a selector looked into for a sample. */
export interface Lookup {
  /** From 0. */
  readonly table: number;
  /** Under which number the bucket lies in its table. */
  readonly code: number;
  /** All units in it, whether they were chosen or not; a copy. */
  readonly units: Int32Array;
}

/** Chooses the units of one layer that fire for each sample of a batch. */
export interface Selector extends Disposable {
  /** Units active for a sample, at most. */
  readonly maxActive: number;
  /** What a hidden layer's activations are divided by, so that a pass over all units needs no change (dropout). */
  readonly keepProbability: number;
  /** How much of what it chose was padding, if it fills lists up. */
  readonly padding?: Padding | undefined;
  /**
   * What it trains by the layer's optimizer, by name. It is saved, and brought back where the best weights are, with the layer's
   * own weights.
   */
  readonly parameters?: Readonly<Record<string, Weights>> | undefined;
  /** Writes offsets and ids of the active units: no id twice for a sample, and ascending unless there are forced ones. */
  select(selection: Selection, output: SparseActivations): void;
  /**
   * Where it gave gates in training: trains its parameters by their gradients, and adds to those of the input. In the stage
   * 'apply' the gradients are those of the stage 'measure' before it.
   */
  readonly backward?: ((gates: GateGradients) => void) | undefined;
  /** Told after each training step which rows of the weights it updated, ascending; the list is good for this call only. */
  updated(rows: Int32Array): void;
  /**
   * Adds the gradient of a loss of its own with respect to what the layer gave for the batch, a mean over its samples, to that
   * of the network's: called in each training step, before gradients flow back through the layer. See `ownLoss`.
   */
  addGradients?(output: SparseActivations, batch: number): void;
  /**
   * What a checkpoint must hold beside the weights, so that training goes on with the same bits: draws, counters, tables.
   * A selector whose choice depends on the weights and the input alone does without this and `restore`.
   */
  state?(): SelectorState;
  /** Becomes what `state` gave; the weights have been read before. @throws {RangeError} if it does not fit. */
  restore?(state: SelectorState): void;
  /** Told that all weights were written from outside: what it derived from them is stale. */
  rewritten?(): void;
  /** Share of the hash codes in its tables that the weights would not have any more, if it has tables. */
  codesChanged?(): number;
  /** The buckets that it looked into for sample `sample` of the batch that it chose for last, if it has tables; in their order. */
  lookups?(sample: number): Lookup[];
}

/** What the hash tables of a layer of a frozen network are made of, and how they are asked. */
export interface InferenceTables {
  readonly family: FamilySpec;
  readonly transform: TransformSpec;
  /** 'count': most collisions first. 'union': whatever is met first. */
  readonly rank: 'count' | 'union';
  /** Only units that collide in so many tables or more. */
  readonly minCollisions: number;
  /** Buckets of each table that are looked into. */
  readonly probes: number;
  /** Units found for a sample, at most. */
  readonly limit: number;
}

/**
 * What a selector with certain parameters does beside choosing, and what it needs. The network asks for it when it is made
 * and when it is frozen; it knows no selector by its kind.
 */
export interface SelectorCapabilities {
  /**
   * The name of the option by which it gives `corrections` of a softmax's logits, where that is on. Only with a name may
   * it give them. The update mode 'union' refuses it: what was drawn for one sample stands for nothing in the others.
   */
  readonly corrections?: string | undefined;
  /**
   * The name of what it trains by gates, where it gives such: numbers that the outputs of its units are multiplied by. Only with a
   * name may it give them. It is for hidden layers, in the update mode 'neuron', and cannot be frozen.
   */
  readonly gates?: string | undefined;
  /**
   * Whether it chooses by the labels of a batch, or the option by which it does: it is for a softmax or sigmoid output
   * then. Default false.
   */
  readonly needsLabels?: boolean | string;
  /** The option by which it is for hidden layers only, where that is on. */
  readonly hiddenOnly?: string | undefined;
  /**
   * What gives it a loss of its own, and with it `addGradients`. The update modes 'sample' and 'hogwild' refuse it: samples
   * are then trained one by one, and such a loss is of the batch.
   */
  readonly ownLoss?: string | undefined;
  /** The same selector with other parameters, for `tuneSelector` to try where it is not told what. */
  readonly variants?: readonly SelectorSpec[] | undefined;
  /** The tables that `freeze` makes of the layer's weights, if it finds units by hashing them. */
  readonly tablesForInference?: InferenceTables | undefined;
}

/** A kind of selector: implement it and give it to `registerSelector` to add one of your own. */
export interface SelectorDefinition {
  readonly kind: string;
  /** The names of all parameters, so that a spec with another is refused. Default: any name is let pass. */
  readonly options?: Readonly<Record<string, true>>;
  /** Refuses parameters that make no sense for a layer of so many units. */
  check(spec: SelectorSpec, units: number): void;
  /** Of a spec that `check` let pass, for a layer of so many units. Default: none of them. */
  capabilities?(spec: SelectorSpec, units: number): SelectorCapabilities;
  bind(spec: SelectorSpec, context: SelectorContext): Selector;
}

/** How many units fire: a share of the layer, or a number. */
export interface ActiveSize {
  /** Above 0, at most 1. */
  readonly fraction?: number;
  /** From 1 to the number of units. */
  readonly count?: number;
}

/** The names that every spec of so many active units has. */
export const SIZE_OPTIONS: Known<ActiveSize & SelectorSpec> = { kind: true, fraction: true, count: true };

/** The number of active units. @throws {RangeError} unless exactly one of `fraction` and `count` is given, in range. */
export function activeCount(kind: string, size: ActiveSize, units: number): number {
  const { fraction, count } = size;
  if ((fraction === undefined) === (count === undefined)) {
    throw new RangeError(`${kind}: give either a fraction or a count of active units.`);
  }
  if (fraction !== undefined) {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new RangeError(`${kind}: fraction is above 0 and at most 1; got ${fraction}.`);
    }
    return Math.max(1, Math.round(fraction * units));
  }
  if (!(Number.isInteger(count) && count! >= 1 && count! <= units)) {
    throw new RangeError(`${kind}: count is an integer from 1 to the layer's ${units} units; got ${count}.`);
  }
  return count!;
}
