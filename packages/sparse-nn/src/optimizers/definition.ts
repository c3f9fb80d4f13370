/** What an optimizer is: its options, what it keeps for each row of weights, and how kernels are told. */
import type { Arena, MOMENT_FORMATS, OptimizerFields } from '@hashgrad/kernels';
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

/** What a call leaves out, the optimizer's defaults fill in. */
export type Parameters<Spec extends StepOptions> = Partial<Omit<Spec, 'kind'>>;

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
  /** Refuses its own options out of range. @throws {RangeError} */
  check(spec: Spec, checks: OptionChecks): void;
  moments(spec: Spec): Moments;
  /** Settings for kernels, but for what StepOptions says. @throws {RangeError} if there is no room. */
  settings(arena: Arena, spec: Spec): Omit<OptimizerFields, 'rate' | 'clipValue'>;
  /** The options that make its state smallest, if it has any. */
  readonly smallest?: Parameters<Spec>;
}
