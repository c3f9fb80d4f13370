/**
 * How weights are updated, as plain JSON. All are lazy: a row of weights that no sample chose in a batch is not touched;
 * `skipped` says what becomes of the steps that it did not take part in.
 */
import { checkSchedule, scheduleFactor, type ScheduleSpec } from './schedules.ts';

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

/** Gradient descent as plain JSON, see `sgd`. */
export interface SgdSpec extends StepOptions {
  readonly kind: 'sgd';
}

/** Momentum as plain JSON, see `momentum`. */
export interface MomentumSpec extends StepOptions {
  readonly kind: 'momentum';
  readonly decay: number;
  /** 'bfloat16': half the memory, rounded to the nearest. */
  readonly velocity: 'float32' | 'bfloat16';
  readonly skipped: Skipped;
}

/** Adagrad as plain JSON, see `adagrad`. */
export interface AdagradSpec extends StepOptions {
  readonly kind: 'adagrad';
  readonly epsilon: number;
  /** What the sums of squares start from. */
  readonly initial: number;
  /** 'bfloat16': half the memory, rounded at random so that the mean is kept. 'row': one, of the row's mean square. */
  readonly sums: 'float32' | 'bfloat16' | 'row';
}

/** Adam as plain JSON, see `adam`. */
export interface AdamSpec extends StepOptions {
  readonly kind: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 'bfloat16': half the memory, rounded to the nearest. */
  readonly firstMoment: 'float32' | 'bfloat16';
  /** 'bfloat16': half the memory, rounded at random so that the mean is kept. 'row': one, of the row's mean square. */
  readonly secondMoment: 'float32' | 'bfloat16' | 'row';
  readonly skipped: Skipped;
}

/** Any optimizer, as plain JSON. */
export type OptimizerSpec = SgdSpec | MomentumSpec | AdagradSpec | AdamSpec;

/** What a call leaves out, the optimizer's defaults fill in. */
type Parameters<Spec extends StepOptions> = Partial<Omit<Spec, 'kind'>>;

/** w -= rate g. */
export function sgd(parameters: Omit<SgdSpec, 'kind'>): SgdSpec {
  return { kind: 'sgd', ...parameters };
}

/**
 * u = decay u + g; w -= rate u (Polyak 1964). `decay` is 0.9 by default. A row that skipped steps catches up by default:
 * when it is next used it moves and loses velocity as it would have in them.
 */
export function momentum(parameters: Parameters<MomentumSpec> & { readonly rate: number }): MomentumSpec {
  return { kind: 'momentum', decay: 0.9, velocity: 'float32', skipped: 'catchUp', ...parameters };
}

/** G += g^2; w -= rate g / (sqrt(G) + epsilon) (Duchi et al., JMLR 2011). Being lazy changes nothing of it. */
export function adagrad(parameters: Parameters<AdagradSpec> = {}): AdagradSpec {
  return { kind: 'adagrad', rate: 0.01, epsilon: 1e-10, initial: 0, sums: 'float32', ...parameters };
}

/**
 * Kingma and Ba (ICLR 2015), algorithm 1. Where skipped steps wait (the default), bias corrections are by each row's own
 * count of updates; where a row catches up, by the count of all steps. Wide layers are bound by memory, and two thirds of
 * it are moments: they can be kept smaller. Biases always have 32-bit ones.
 */
export function adam(parameters: Parameters<AdamSpec> = {}): AdamSpec {
  return {
    kind: 'adam',
    rate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    firstMoment: 'float32',
    secondMoment: 'float32',
    skipped: 'wait',
    ...parameters,
  };
}

/** The learning rate at step `t`, counted from 0. */
export function rateAt(spec: OptimizerSpec, t: number): number {
  return spec.schedule ? spec.rate * scheduleFactor(spec.schedule, t) : spec.rate;
}

/** Refuses parameters out of range. @throws {RangeError} */
export function checkOptimizer(spec: OptimizerSpec): void {
  const { kind } = spec;
  if (!['sgd', 'momentum', 'adagrad', 'adam'].includes(kind)) {
    throw new RangeError(`There is no optimizer '${String(kind)}'; known are sgd, momentum, adagrad, adam.`);
  }
  const below = (name: string, value: number, end: number): void => {
    if (!(value >= 0 && value < end)) {
      throw new RangeError(`${kind}: ${name} is from 0 to below ${end}; got ${value}.`);
    }
  };
  const positive = (name: string, value: number): void => {
    if (!(Math.fround(value) > 0 && Math.fround(value) < Infinity)) {
      throw new RangeError(`${kind}: ${name} is a positive number; got ${value}.`);
    }
  };
  const oneOf = (name: string, value: string, known: readonly string[]): void => {
    if (!known.includes(value)) {
      throw new RangeError(`${kind}: ${name} is ${known.join(' or ')}; got '${value}'.`);
    }
  };
  const skipped = (value: Skipped): void => oneOf('skipped', value, ['catchUp', 'wait']);
  positive('rate', spec.rate);
  if (spec.schedule !== undefined) checkSchedule(spec.schedule);
  below('weightDecay', spec.weightDecay ?? 0, Infinity);
  below('rate * weightDecay', spec.rate * (spec.weightDecay ?? 0), 1);
  if (spec.clipValue !== undefined) positive('clipValue', spec.clipValue);
  if (spec.clipNorm !== undefined) positive('clipNorm', spec.clipNorm);
  if (spec.clipValue !== undefined && spec.clipNorm !== undefined) {
    throw new RangeError(`${kind}: give either clipValue or clipNorm; got both.`);
  }
  if (spec.kind === 'momentum') {
    below('decay', spec.decay, 1);
    oneOf('velocity', spec.velocity, ['float32', 'bfloat16']);
    skipped(spec.skipped);
  }
  if (spec.kind === 'adagrad') {
    positive('epsilon', spec.epsilon);
    below('initial', spec.initial, Infinity);
    oneOf('sums', spec.sums, ['float32', 'bfloat16', 'row']);
  }
  if (spec.kind === 'adam') {
    below('beta1', spec.beta1, 1);
    below('beta2', spec.beta2, 1);
    positive('epsilon', spec.epsilon);
    oneOf('firstMoment', spec.firstMoment, ['float32', 'bfloat16']);
    oneOf('secondMoment', spec.secondMoment, ['float32', 'bfloat16', 'row']);
    skipped(spec.skipped);
    if (spec.skipped === 'catchUp' && !(spec.beta1 < Math.sqrt(spec.beta2))) {
      throw new RangeError(
        `adam: to catch up, beta1 is below the root of beta2, or the skipped steps would have no end; ` +
          `got ${spec.beta1} and ${spec.beta2}.`,
      );
    }
  }
}

/** Multiply-adds of an update of one weight, as reports count them: a root and a division are one each. */
export function optimizerCost(spec: OptimizerSpec): number {
  return { sgd: 1, momentum: 2, adagrad: 4, adam: 8 }[spec.kind];
}
