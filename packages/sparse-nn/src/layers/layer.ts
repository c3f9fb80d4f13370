/** What the trainer knows of a layer. dense-layer.ts, bag-layer.ts, sparse-layer.ts, selected-layer.ts and union-layer.ts are the five kinds. */
import type { SampleLayerFields, Team } from '@hashgrad/kernels';
import type { Counts } from './counts.ts';
import type { Labels, Selector } from '../selectors/selector.ts';
import type { DenseActivations, Activations } from './activations.ts';
import type { HiddenActivation } from './activation.ts';
import type { LayerOptimizer } from '../optimizers/bound-optimizer.ts';
import type { Stage } from '../optimizers/layer-training.ts';
import type { UpdateMode } from '../spec/update-mode.ts';
import type { LayerSpec } from '../spec/spec.ts';
import type { UnitWeights } from './unit-weights.ts';
import type { LayerWeights, Weights } from './weights.ts';

export interface LayerContext {
  readonly team: Team;
  readonly counts: Counts;
  readonly seed: number;
  /** 'layer 1', ...: names its streams of random numbers. */
  readonly name: string;
  readonly spec: LayerSpec;
  /** What the layer itself applies: 'linear' for the last one, whose own activation is part of the loss. */
  readonly activation: HiddenActivation;
  /** The network's last: its outputs are neither dropped nor divided, and the labels are forced. */
  readonly last: boolean;
  readonly inputs: number;
  /** Samples in a batch, at most. */
  readonly batch: number;
  readonly optimizer: LayerOptimizer;
  readonly updateMode: UpdateMode;
  /**
   * The initial ones, which the layer owns: a row for each unit, with its bias; in an embedding bag for each input, without; of
   * sparse connections in rows that follow each other without a gap.
   */
  readonly weights: Weights;
}

export interface Pass {
  readonly batch: number;
  readonly training: boolean;
  /** The batch's labels, forced into the active set of a last layer in training; none where there are targets. */
  readonly labels: Labels | undefined;
  /** What tells the batch's samples apart, see Selection. */
  readonly samples: () => Uint32Array;
  /** The number of the training step, from 1; 0 where nothing is to be dropped. */
  readonly step: number;
}

export interface Layer extends Disposable {
  readonly output: Activations;
  readonly weights: LayerWeights;
  /** All that training changes, by name, but for what the selector keeps. */
  readonly parameters: Readonly<Record<string, Weights>>;
  /** Whether and how fast the weights change. */
  readonly optimizer: LayerOptimizer;
  /** Which units fire, if not all. */
  readonly selector: Selector | undefined;
  /** Activations of `input` to `output`; the last layer stops at its weighted sums. */
  forward(input: Activations, pass: Pass): void;
  /**
   * Takes the gradients with respect to the layer's activations from `output`. Writes those with respect to its input to
   * `input`, if `needsInputGradient`, and updates the weights, if they are
   * trainable. A selector is told of each step, with the rows that were updated.
   */
  backward(input: Activations, batch: number, needsInputGradient: boolean, stage: Stage): void;
  /** What `forward` begins with: the selector, if there is one, chooses. */
  choose(input: Activations, pass: Pass): void;
  /** The squared norm of the gradients with respect to weights and biases, after stage 'measure'. */
  squaredNorm(): number;
  /** The exact activations of all units. */
  forwardAll(input: Activations, output: DenseActivations, batch: number): void;
  /** Told that the arrays of its parameters were written: what it derived from them is stale. */
  reindex?(): void;
  /** Takes weights from outside, which fit it, where `weights` is but a copy. @throws {RangeError} if it has no place for one. */
  takeWeights?(given: UnitWeights): void;
}

/** A layer that can be trained sample by sample too: in the update modes 'sample' and 'hogwild'. */
export interface SampleLayer extends Layer {
  /** All that a kernel must know. */
  sampleFields(input: Activations, needsInputGradient: boolean): SampleLayerFields;
  /** Counts what training a batch sample by sample took, and tells the selector which rows were updated. */
  trained(input: Activations, batch: number, needsInputGradient: boolean): void;
}
