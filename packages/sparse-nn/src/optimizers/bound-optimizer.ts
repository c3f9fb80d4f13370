/** An optimizer laid out for the kernels, layer by layer, and the state that it keeps for each row. */
import { type Arena, OptimizerRecord, SampleOptimizers, type StepFields } from '@hashgrad/kernels';
import type { MomentFormat } from './definition.ts';
import type { LayerTraining } from './layer-training.ts';
import { checkOptimizer, definitionOf, rateOf, type OptimizerSpec } from './optimizers.ts';

/** The optimizer of one layer: that of the network, at the layer's own rate. */
export class LayerOptimizer {
  readonly spec: OptimizerSpec;
  /** What updates take. */
  readonly record: OptimizerRecord;
  /** One that only measures gradients, for clipping by their norm. */
  readonly measure: OptimizerRecord;
  /** Multiplies the network's rate. */
  rateScale: number;
  /** Whether the layer's weights change. */
  trainable: boolean;

  constructor(
    spec: OptimizerSpec,
    record: OptimizerRecord,
    measure: OptimizerRecord,
    training: LayerTraining,
  ) {
    const { trainable = true, rateScale = 1 } = training;
    this.spec = spec;
    this.record = record;
    this.measure = measure;
    this.rateScale = rateScale;
    this.trainable = trainable;
  }

  /** What the rate is multiplied by: 0 where the weights do not change. */
  get effectiveScale(): number {
    return this.trainable ? this.rateScale : 0;
  }

  /** Sets what changes from one step to the next. */
  setStep({ rate, weightDecay, ...step }: StepFields): void {
    const scale = this.rateScale;
    this.record.setStep({ ...step, rate: rate * scale, weightDecay: weightDecay * scale });
  }
}

export class BoundOptimizer {
  readonly spec: OptimizerSpec;
  /** Those of a batch's samples, where each is a step of its own. */
  readonly samples: SampleOptimizers;
  readonly #arena: Arena;
  /** What the records of layers are copies of. */
  readonly #record: OptimizerRecord;
  readonly #measure: OptimizerRecord;
  readonly #layers: LayerOptimizer[] = [];
  #step = 0;

  /** `samples` of a batch that are steps of their own, at most. */
  constructor(arena: Arena, spec: OptimizerSpec, samples: number) {
    checkOptimizer(spec);
    const none = { rate: 0, beta1: 0, beta2: 0, epsilon: 0 };
    this.spec = spec;
    this.#arena = arena;
    this.#measure = new OptimizerRecord(arena, { kind: 'measure', ...none });
    this.#record = layOut(arena, spec);
    this.samples = new SampleOptimizers(arena, this.#record, samples);
  }

  /** The optimizer of one more layer. */
  forLayer(training: LayerTraining): LayerOptimizer {
    const record = new OptimizerRecord(this.#arena, this.#record.fields);
    const made = new LayerOptimizer(this.spec, record, this.#measure, training);
    this.#layers.push(made);
    return made;
  }

  /** Sets the rate of step `step`, counted from 1. */
  begin(step: number): void {
    this.#step = step;
    this.#set(this.#fields(step, 1));
  }

  /** Sets the rates of a batch's samples, the first of which is step `step`. */
  beginSamples(step: number, batch: number): void {
    for (let s = 0; s < batch; s++) this.samples.setStep(s, this.#fields(step + s, 1));
  }

  /** Multiplies all gradients of the step. */
  scaleGradients(factor: number): void {
    this.#set(this.#fields(this.#step, factor));
  }

  #set(step: StepFields): void {
    for (const layer of this.#layers) layer.setStep(step);
  }

  #fields(step: number, gradientScale: number): StepFields {
    const rate = rateOf(this.spec, step - 1);
    const weightDecay = rate * (this.spec.weightDecay ?? 0);
    return { step, rate, weightDecay, gradientScale };
  }
}

function layOut(arena: Arena, spec: OptimizerSpec): OptimizerRecord {
  const { rate, clipValue = 0 } = spec;
  return new OptimizerRecord(arena, { ...definitionOf(spec).settings(arena, spec), rate, clipValue });
}

/** What an optimizer keeps for each row, and how. */
export interface RowState {
  /** Velocities or first moments. */
  readonly first: MomentFormat | undefined;
  /** Second moments or sums of squares. */
  readonly second: MomentFormat | undefined;
  /** What the second ones start from. */
  readonly initial: number;
  /** How often the row was updated. */
  readonly steps: boolean;
  /** At which step it last was. */
  readonly touched: boolean;
  /** The norm of its gradient. */
  readonly norms: boolean;
}

export function rowState(spec: OptimizerSpec): RowState {
  const { first, second, initial = 0, steps = false } = definitionOf(spec).moments(spec);
  const catchesUp = 'skipped' in spec && spec.skipped === 'catchUp';
  const touched = catchesUp || (spec.weightDecay ?? 0) > 0;
  return { first, second, initial, steps, touched, norms: spec.clipNorm !== undefined };
}
