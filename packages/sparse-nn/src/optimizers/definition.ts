/** What an optimizer is: its options, what it keeps for each row of weights, and how kernels are told. */
import type { Arena, MOMENT_FORMATS, OptimizerFields } from '@hashgrad/kernels';
import { checkOptions, definedOf, type Known } from '../spec/options.ts';
import type { ScheduleSpec } from './schedules.ts';

/** What every optimizer has. */
export interface StepOptions {
  /** The learning rate; the schedule's factor multiplies it. */
  readonly rate: number;
  /** Default: constant. Counted in steps, of all epochs and calls of `fit` together. */
  readonly schedule?: ScheduleSpec;
  /**
   * Each step takes rate * weightDecay of every weight away (biases apart), beside the gradient's update and not through it
   * (Loshchilov and Hutter, ICLR 2019); with SGD that is an L2 penalty of weightDecay / 2 * |w|^2. A row that skipped steps
   * is decayed for all of them when it is next used. Default 0.
   */
  readonly weightDecay?: number;
  /** Each element of a gradient is cut to -clipValue..clipValue. */
  readonly clipValue?: number;
  /**
   * Where the gradient with respect to all parameters together is longer than this, it is scaled to this length (Pascanu et
   * al., ICML 2013). Rows that a step does not touch have no gradient. To know the length before the first update, sparse
   * layers gather their gradients twice.
   */
  readonly clipNorm?: number;
}

/** 'catchUp': a row makes up for the steps it skipped when it is next used. 'wait': its moments stay as they were. */
export type Skipped = 'catchUp' | 'wait';

/** All that there are. */
export const STEP_OPTIONS: Known<StepOptions> = {
  rate: true,
  schedule: true,
  weightDecay: true,
  clipValue: true,
  clipNorm: true,
};

/** What other libraries call them. */
export const HINTS: Readonly<Record<string, string>> = {
  lr: 'it is called `rate`',
  learningRate: 'it is called `rate`',
  learning_rate: 'it is called `rate`',
  momentum: 'it is an optimizer of its own, `momentum({ rate, decay })`',
  decay: 'a rate that falls has a `schedule`; weights decay by `weightDecay`',
  eps: 'it is called `epsilon`',
  betas: 'they are called `beta1` and `beta2`',
  weight_decay: 'it is called `weightDecay`',
};

/** The options of one kind beside those that every optimizer has. */
export type OwnOptions<Spec extends StepOptions> = Known<Omit<Spec, keyof StepOptions | 'kind'>>;

/** What a call leaves out, the optimizer's defaults fill in. */
export type Parameters<Spec extends StepOptions> = Partial<Omit<Spec, 'kind'>>;

/**
 * The options that a call gave, for a spec.
 * @throws {TypeError} for what is no object, or an option that there is not.
 */
export function given<P extends object>(kind: string, options: P, own: Readonly<Record<string, true>>): P {
  checkOptions<object>(kind, options, { ...STEP_OPTIONS, ...own } as Known<object>, HINTS);
  return definedOf(options);
}

/** How moments are kept, see MOMENT_FORMATS. */
export type MomentFormat = keyof typeof MOMENT_FORMATS;

/** What an optimizer keeps for each row beside the weights. */
export interface Moments {
  /** Velocities or first moments. */
  readonly first?: MomentFormat;
  /** Second moments or sums of squares. */
  readonly second?: MomentFormat;
  /** What the second ones start from. Default 0. */
  readonly initial?: number;
  /** How often the row was updated. */
  readonly steps?: boolean;
}

/** Refusals of options out of range, which name the optimizer. */
export interface OptionChecks {
  /** From 0 to below `end`. */
  below(name: string, value: number, end: number): void;
  positive(name: string, value: number): void;
  oneOf(name: string, value: string, known: readonly string[]): void;
}

/** One kind of optimizer. */
export interface OptimizerDefinition<Spec extends StepOptions> {
  /** Multiply-adds of an update of one weight, as reports count them: a root and a division are one each. */
  readonly multiplyAdds: number;
  /** Why threads must not race over its state (the update mode 'hogwild'), if that is so. */
  readonly unsafeRaces?: string;
  /** Those that it has beside StepOptions. */
  readonly options: OwnOptions<Spec>;
  /** Refuses its own options out of range. @throws {RangeError} */
  check(spec: Spec, checks: OptionChecks): void;
  moments(spec: Spec): Moments;
  /** Settings for kernels, but for what StepOptions says. @throws {RangeError} if there is no room. */
  settings(arena: Arena, spec: Spec): Omit<OptimizerFields, 'rate' | 'clipValue'>;
  /** The options that make its state smallest, if it has any. */
  readonly smallest?: Parameters<Spec>;
}
