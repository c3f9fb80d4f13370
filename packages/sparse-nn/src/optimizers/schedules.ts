/** How the learning rate changes from step to step: plain JSON that gives a factor of the optimizer's `rate`. */

import { checkOptions, shown, type Known } from '../spec/options.ts';

/** The rate stays as it is. */
export interface ConstantSpec {
  readonly kind: 'constant';
}

/** factor^floor(t / every) */
export interface StepDecaySpec {
  readonly kind: 'step';
  readonly every: number;
  readonly factor: number;
}

/** factor^(t / every) */
export interface ExponentialDecaySpec {
  readonly kind: 'exponential';
  readonly every: number;
  readonly factor: number;
}

/** end + (1 - end) (1 + cos(pi t / steps)) / 2, and from step `steps` on `end`. */
export interface CosineDecaySpec {
  readonly kind: 'cosine';
  readonly steps: number;
  readonly end: number;
}

/** (t + 1) / steps in the first `steps` steps, then `next`, whose t starts at 0 there. */
export interface WarmUpSpec {
  readonly kind: 'warmUp';
  readonly steps: number;
  readonly next: ScheduleSpec;
}

/** Any schedule of the learning rate, as plain JSON. */
export type ScheduleSpec = ConstantSpec | StepDecaySpec | ExponentialDecaySpec | CosineDecaySpec | WarmUpSpec;

/** Always the optimizer's rate: the default. */
export function constant(): ConstantSpec {
  return { kind: 'constant' };
}

/** Multiplies the rate by `factor` (0.1 by default) after every so many steps. */
export function stepDecay(parameters: { readonly every: number; readonly factor?: number }): StepDecaySpec {
  checkOptions('stepDecay', parameters, { every: true, factor: true });
  return { kind: 'step', every: parameters.every, factor: parameters.factor ?? 0.1 };
}

/** As stepDecay, but smoothly: after `every` steps the rate is `factor` (0.1 by default) times what it was. */
export function exponentialDecay(parameters: {
  readonly every: number;
  readonly factor?: number;
}): ExponentialDecaySpec {
  checkOptions('exponentialDecay', parameters, { every: true, factor: true });
  return { kind: 'exponential', every: parameters.every, factor: parameters.factor ?? 0.1 };
}

/**
 * Half a cosine from the rate down to `end` (0 by default) times it, in so many steps (Loshchilov and Hutter, ICLR 2017,
 * without restarts).
 */
export function cosineDecay(parameters: { readonly steps: number; readonly end?: number }): CosineDecaySpec {
  checkOptions('cosineDecay', parameters, { steps: true, end: true });
  return { kind: 'cosine', steps: parameters.steps, end: parameters.end ?? 0 };
}

/** Rises to the rate in so many steps, then goes on with another schedule (constant by default). */
export function warmUp(parameters: { readonly steps: number; readonly next?: ScheduleSpec }): WarmUpSpec {
  checkOptions('warmUp', parameters, { steps: true, next: true });
  return { kind: 'warmUp', steps: parameters.steps, next: parameters.next ?? constant() };
}

/** What the rate is multiplied by at step `t`, counted from 0. */
export function scheduleFactor(spec: ScheduleSpec, t: number): number {
  switch (spec.kind) {
    case 'constant':
      return 1;
    case 'step':
      return spec.factor ** Math.floor(t / spec.every);
    case 'exponential':
      return spec.factor ** (t / spec.every);
    case 'cosine': {
      const way = Math.min(t / spec.steps, 1);
      return spec.end + ((1 - spec.end) * (1 + Math.cos(Math.PI * way))) / 2;
    }
    case 'warmUp':
      return t < spec.steps ? (t + 1) / spec.steps : scheduleFactor(spec.next, t - spec.steps);
  }
}

/** What each kind has. */
const KNOWN: Readonly<Record<ScheduleSpec['kind'], Readonly<Record<string, true>>>> = {
  constant: { kind: true },
  step: { kind: true, every: true, factor: true },
  exponential: { kind: true, every: true, factor: true },
  cosine: { kind: true, steps: true, end: true },
  warmUp: { kind: true, steps: true, next: true },
};

/** Refuses what is no schedule. @throws {RangeError} @throws {TypeError} for an option that there is not. */
export function checkSchedule(spec: ScheduleSpec): void {
  if (typeof spec !== 'object' || spec === null) {
    throw new RangeError(`A schedule is an object, as cosineDecay() gives it; got ${shown(spec)}.`);
  }
  const { kind } = spec;
  if (!Object.hasOwn(KNOWN, kind)) {
    throw new RangeError(`There is no schedule ${shown(kind)}; known are ${Object.keys(KNOWN).join(', ')}.`);
  }
  checkOptions<object>(`The schedule '${kind}'`, spec, KNOWN[kind] as Known<object>);
  const steps = (name: string, value: number): void => {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${kind}: ${name} is a number of steps, 1 or more; got ${shown(value)}.`);
    }
  };
  switch (spec.kind) {
    case 'constant':
      return;
    case 'step':
    case 'exponential':
      steps('every', spec.every);
      if (!(Number.isFinite(spec.factor) && spec.factor > 0 && spec.factor <= 1)) {
        throw new RangeError(`${kind}: factor is above 0 and at most 1; got ${shown(spec.factor)}.`);
      }
      return;
    case 'cosine':
      steps('steps', spec.steps);
      if (!(Number.isFinite(spec.end) && spec.end >= 0 && spec.end <= 1)) {
        throw new RangeError(`cosine: end is from 0 to 1; got ${shown(spec.end)}.`);
      }
      return;
    case 'warmUp':
      steps('steps', spec.steps);
      checkSchedule(spec.next);
  }
}
