/** An optimizer laid out for the kernels, and the state that it keeps for each row. */
import {
  adamCorrections,
  adamMoves,
  momentumMoves,
  OptimizerRecord,
  SampleOptimizers,
  type Arena,
  type MOMENT_FORMATS,
  type StepFields,
} from '@hashgrad/kernels';
import { checkOptimizer, rateAt, type OptimizerSpec } from './optimizers.ts';

export class BoundOptimizer {
  readonly spec: OptimizerSpec;
  /** What updates take. */
  readonly record: OptimizerRecord;
  /** One that only measures gradients, for clipping by their norm. */
  readonly measure: OptimizerRecord;
  /** Those of a batch's samples, where each is a step of its own. */
  readonly samples: SampleOptimizers;
  #step = 0;

  /** `samples` of a batch that are steps of their own, at most. */
  constructor(arena: Arena, spec: OptimizerSpec, samples: number) {
    checkOptimizer(spec);
    const none = { rate: 0, beta1: 0, beta2: 0, epsilon: 0 };
    this.spec = spec;
    this.record = layOut(arena, spec);
    this.measure = new OptimizerRecord(arena, { kind: 'measure', ...none });
    this.samples = new SampleOptimizers(arena, this.record, samples);
  }

  /** Sets the rate of step `step`, counted from 1. */
  begin(step: number): void {
    this.#step = step;
    this.record.setStep(this.#fields(step, 1));
  }

  /** Sets the rates of a batch's samples, the first of which is step `step`. */
  beginSamples(step: number, batch: number): void {
    for (let s = 0; s < batch; s++) this.samples.setStep(s, this.#fields(step + s, 1));
  }

  /** Multiplies all gradients of the step. */
  scaleGradients(factor: number): void {
    this.record.setStep(this.#fields(this.#step, factor));
  }

  #fields(step: number, gradientScale: number): StepFields {
    const rate = rateAt(this.spec, step - 1);
    const weightDecay = rate * (this.spec.weightDecay ?? 0);
    return { step, rate, weightDecay, gradientScale };
  }
}

function layOut(arena: Arena, spec: OptimizerSpec): OptimizerRecord {
  const { rate, clipValue = 0 } = spec;
  if (spec.kind === 'adam') {
    const { kind, beta1, beta2, epsilon, firstMoment, secondMoment } = spec;
    const corrections = adamCorrections(arena, beta1, beta2);
    const moves = catchesUp(spec) ? adamMoves(arena, beta1, beta2, corrections) : undefined;
    const formats = { firstFormat: firstMoment, secondFormat: secondMoment };
    const settings = { kind, rate, beta1, beta2, epsilon, clipValue };
    return new OptimizerRecord(arena, { ...settings, ...formats, corrections, moves });
  }
  if (spec.kind === 'momentum') {
    const { kind, decay, velocity } = spec;
    const moves = catchesUp(spec) ? momentumMoves(arena, decay) : undefined;
    const settings = { rate, beta1: decay, beta2: 1, epsilon: 0, clipValue };
    return new OptimizerRecord(arena, { kind, ...settings, moves, firstFormat: velocity });
  }
  const { kind } = spec;
  if (kind === 'adagrad') {
    const { epsilon, sums } = spec;
    return new OptimizerRecord(arena, {
      kind,
      rate,
      beta1: 0,
      beta2: 0,
      epsilon,
      clipValue,
      secondFormat: sums,
    });
  }
  return new OptimizerRecord(arena, { kind, rate, beta1: 0, beta2: 0, epsilon: 0, clipValue });
}

function catchesUp(spec: OptimizerSpec): boolean {
  return 'skipped' in spec && spec.skipped === 'catchUp';
}

/** What an optimizer keeps for each row, and how. */
export interface RowState {
  /** Velocities or first moments. */
  readonly first: keyof typeof MOMENT_FORMATS | undefined;
  /** Second moments or sums of squares. */
  readonly second: keyof typeof MOMENT_FORMATS | undefined;
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
  const steps = spec.kind === 'adam' && spec.skipped === 'wait';
  const touched = catchesUp(spec) || (spec.weightDecay ?? 0) > 0;
  const norms = spec.clipNorm !== undefined;
  const first =
    spec.kind === 'adam' ? spec.firstMoment : spec.kind === 'momentum' ? spec.velocity : undefined;
  const second = spec.kind === 'adam' ? spec.secondMoment : spec.kind === 'adagrad' ? spec.sums : undefined;
  const initial = spec.kind === 'adagrad' ? spec.initial : 0;
  return { first, second, initial, steps, touched, norms };
}
