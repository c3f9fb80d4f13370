/**
 * How weights are updated, as plain JSON. All are lazy: a row of weights that no sample chose in a batch is not touched;
 * `skipped` says what becomes of the steps that it did not take part in. A further optimizer is a definition of its own in a
 * file beside this one, and an entry here.
 */
import { type AdagradSpec, adagradDefinition } from './adagrad.ts';
import { type AdamSpec, adamDefinition } from './adam.ts';
import { checkOptions, shown, type Known } from '../spec/options.ts';
import { HINTS, STEP_OPTIONS, type OptimizerDefinition, type StepOptions } from './definition.ts';
import { momentumDefinition, type MomentumSpec } from './momentum.ts';
import { checkSchedule, scheduleFactor } from './schedules.ts';
import { sgdDefinition, type SgdSpec } from './sgd.ts';

/** Any optimizer, as plain JSON. */
export type OptimizerSpec = SgdSpec | MomentumSpec | AdagradSpec | AdamSpec;

type Definitions = {
  readonly [Kind in OptimizerSpec['kind']]: OptimizerDefinition<Extract<OptimizerSpec, { kind: Kind }>>;
};

const DEFINITIONS: Definitions = {
  sgd: sgdDefinition,
  momentum: momentumDefinition,
  adagrad: adagradDefinition,
  adam: adamDefinition,
};

/** The definition of a spec's kind. @throws {RangeError} naming the known ones if there is none. */
export function definitionOf(spec: OptimizerSpec): OptimizerDefinition<StepOptions> {
  if (typeof spec !== 'object' || spec === null) {
    throw new TypeError(`An optimizer is an object, as \`adam()\` gives it; got ${shown(spec)}.`);
  }
  const { kind } = spec;
  if (!Object.hasOwn(DEFINITIONS, kind)) {
    const known = Object.keys(DEFINITIONS).join(', ');
    throw new RangeError(`There is no optimizer ${shown(kind)}; known are ${known}.`);
  }
  // A definition is given specs of its kind only.
  return DEFINITIONS[kind] as OptimizerDefinition<StepOptions>;
}

/** Kinds whose state threads may race over. */
export function kindsThatRace(): string[] {
  return Object.entries(DEFINITIONS)
    .filter(([, { unsafeRaces }]) => unsafeRaces === undefined)
    .map(([kind]) => kind);
}

/**
 * The learning rate at step `t`, counted from 0.
 * @throws {RangeError} @throws {TypeError} for what is no optimizer, or no step.
 */
export function rateAt(spec: OptimizerSpec, t: number): number {
  checkOptimizer(spec);
  if (!(Number.isFinite(t) && t >= 0)) throw new RangeError(`Steps are counted from 0 on; got ${shown(t)}.`);
  return rateOf(spec, t);
}

/** The same of a spec that was checked. */
export function rateOf(spec: OptimizerSpec, t: number): number {
  return spec.schedule ? spec.rate * scheduleFactor(spec.schedule, t) : spec.rate;
}

/** Refuses parameters out of range, and such that there are not. @throws {RangeError} @throws {TypeError} */
export function checkOptimizer(spec: OptimizerSpec): void {
  const definition = definitionOf(spec);
  const { kind } = spec;
  const known = { kind: true, ...STEP_OPTIONS, ...definition.options };
  checkOptions<object>(kind, spec, known as Known<object>, HINTS);
  const below = (name: string, value: number, end: number): void => {
    if (!(Number.isFinite(value) && value >= 0 && Math.fround(value) < end)) {
      throw new RangeError(`${kind}: ${name} is from 0 to below ${end}; got ${shown(value)}.`);
    }
  };
  const positive = (name: string, value: number): void => {
    if (!(Number.isFinite(value) && Math.fround(value) > 0 && Math.fround(value) < Infinity)) {
      throw new RangeError(`${kind}: ${name} is a positive number; got ${shown(value)}.`);
    }
  };
  const oneOf = (name: string, value: string, those: readonly string[]): void => {
    if (!those.includes(value)) {
      throw new RangeError(`${kind}: ${name} is ${those.join(' or ')}; got ${shown(value)}.`);
    }
  };
  const { rate, schedule, weightDecay = 0, clipValue, clipNorm } = spec;
  positive('rate', rate);
  if (schedule !== undefined) checkSchedule(schedule);
  below('weightDecay', weightDecay, Infinity);
  below('rate * weightDecay', rate * weightDecay, 1);
  if (clipValue !== undefined) positive('clipValue', clipValue);
  if (clipNorm !== undefined) positive('clipNorm', clipNorm);
  if (clipValue !== undefined && clipNorm !== undefined) {
    throw new RangeError(`${kind}: give either clipValue or clipNorm; got both.`);
  }
  definition.check(spec, { below, positive, oneOf });
}

/** Multiply-adds of an update of one weight, as reports count them: a root and a division are one each. */
export function optimizerCost(spec: OptimizerSpec): number {
  return definitionOf(spec).multiplyAdds;
}
