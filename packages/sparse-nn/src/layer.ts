/** What the trainer knows of a layer. dense-layer.ts, selected-layer.ts and bag-layer.ts are the three kinds. */
import type { RandomStream, Team } from '@hashgrad/kernels';
import type { Counts } from './counts.ts';
import type { Labels, Selector } from './selector.ts';
import type { DenseSignal, Signal } from './signal.ts';
import type { LayerSpec } from './spec.ts';
import type { OptimizerSpec } from './optimizers.ts';
import type { LayerWeights, Weights } from './weights.ts';

export interface LayerContext {
  readonly team: Team;
  readonly counts: Counts;
  readonly seed: number;
  /** 'layer 1', ...: names its streams of random numbers. */
  readonly name: string;
  readonly spec: LayerSpec;
  readonly inputs: number;
  /** Samples in a batch, at most. */
  readonly batch: number;
  readonly optimizer: OptimizerSpec;
  readonly optimizerRecord: Int32Array;
  /** For the initial weights; none where they come from a checkpoint. */
  readonly random: RandomStream | undefined;
}

export interface Pass {
  readonly batch: number;
  readonly training: boolean;
  /** The batch's labels, forced into the active set of a training softmax. */
  readonly labels: Labels | undefined;
}

export interface Layer extends Disposable {
  readonly output: Signal;
  readonly weights: LayerWeights;
  /** All that training changes, by name, but for what the selector keeps. */
  readonly parameters: Readonly<Record<string, Weights>>;
  /** Which units fire, if not all. */
  readonly selector: Selector | undefined;
  /** Units active for a sample, at most. */
  readonly most: number;
  /** Share of active units that were padding. */
  readonly paddedShare: number;
  /** Activations of `input` to `output`; a softmax layer stops at its logits. */
  forward(input: Signal, pass: Pass): void;
  /**
   * From the gradients in `output`: gradients by the input into `input`, if `wanted`, and the update of the weights.
   * The gradients of a ReLU's output are by what comes out of it.
   */
  backward(input: Signal, batch: number, wanted: boolean): void;
  /** The exact activations of all units. */
  forwardAll(input: Signal, output: DenseSignal, batch: number): void;
}
