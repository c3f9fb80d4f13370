/**
 * How weights are updated, as plain JSON. All are lazy: a row of weights that no sample chose in a batch is not touched;
 * `skipped` says what becomes of the steps that it did not take part in. A further optimizer is a definition of its own in a
 * file beside this one, and an entry here.
 */
import { type AdagradSpec, adagradDefinition } from './adagrad.ts';
import { type AdamSpec, adamDefinition } from './adam.ts';
import type { OptimizerDefinition, StepOptions } from './definition.ts';
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
export function definitionOf({ kind }: OptimizerSpec): OptimizerDefinition<StepOptions> {
  if (!Object.hasOwn(DEFINITIONS, kind)) {
    const known = Object.keys(DEFINITIONS).join(', ');
    throw new RangeError(`There is no optimizer '${String(kind)}'; known are ${known}.`);
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

/** The learning rate at step `t`, counted from 0. */
export function rateAt(spec: OptimizerSpec, t: number): number {
  return spec.schedule ? spec.rate * scheduleFactor(spec.schedule, t) : spec.rate;
}

/** Refuses parameters out of range. @throws {RangeError} */
export function checkOptimizer(spec: OptimizerSpec): void {
  const definition = definitionOf(spec);
  const { kind } = spec;
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
  positive('rate', spec.rate);
  if (spec.schedule !== undefined) checkSchedule(spec.schedule);
  below('weightDecay', spec.weightDecay ?? 0, Infinity);
  below('rate * weightDecay', spec.rate * (spec.weightDecay ?? 0), 1);
  if (spec.clipValue !== undefined) positive('clipValue', spec.clipValue);
  if (spec.clipNorm !== undefined) positive('clipNorm', spec.clipNorm);
  if (spec.clipValue !== undefined && spec.clipNorm !== undefined) {
    throw new RangeError(`${kind}: give either clipValue or clipNorm; got both.`);
  }
  definition.check(spec, { below, positive, oneOf });
}

/** Multiply-adds of an update of one weight, as reports count them: a root and a division are one each. */
export function optimizerCost(spec: OptimizerSpec): number {
  return definitionOf(spec).multiplyAdds;
}
