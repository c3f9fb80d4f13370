/** The arms of the study: the same network, and one way each of choosing the hidden units that are computed. */
import { simHash } from '@hashgrad/lsh';
import { adam, all, fixed, hidden, lsh, network, random, softmax, topK } from '@hashgrad/sparse-nn';
import type { NetworkSpec, SelectorSpec } from '@hashgrad/sparse-nn';

/** The network that an arm is made for. */
export interface ArmOptions {
  /** Dimension of the input. */
  readonly inputs: number;
  /** Widths of the hidden layers of the dense network. */
  readonly hidden: readonly number[];
  readonly classes: number;
  /** Share of hidden units that the arm may compute, in (0, 1]. */
  readonly fraction: number;
  /** Learning rate of Adam. */
  readonly rate: number;
}

/** One arm of the study. */
export interface Arm {
  readonly name: string;
  /** For the report and the help: what the arm computes, in one sentence. */
  readonly description: string;
  /** Hidden units that this arm's network has, of `units` in the dense network. */
  width?(units: number, fraction: number): number;
  /** How the units of a hidden layer are chosen. */
  select(fraction: number): SelectorSpec;
}

/** All arms, in the order in which a study runs them when nothing else is asked for. */
export const ARMS: readonly Arm[] = [
  {
    name: 'dense',
    description: 'All hidden units are computed: what the others are compared with.',
    select: () => all(),
  },
  {
    name: 'narrow',
    description: 'A dense network that has only as many hidden units as the others may compute.',
    width: (units, fraction) => Math.max(1, Math.round(fraction * units)),
    select: () => all(),
  },
  {
    name: 'random',
    description: 'Units drawn anew for every sample, whatever the input: dropout of a fixed size.',
    select: (fraction) => random({ fraction }),
  },
  {
    name: 'fixed',
    description: 'Units drawn once for each layer and used for every sample.',
    select: (fraction) => fixed({ fraction }),
  },
  {
    name: 'topK',
    description: 'The units with the largest activations, found by computing all of them: the oracle.',
    select: (fraction) => topK({ fraction }),
  },
  {
    name: 'lsh',
    description:
      'Units found by hashing the input into tables of the units’ weights (Spring and Shrivastava, 2017).',
    select: (fraction) => lsh({ fraction, family: simHash({ bits: 4, tables: 50, projection: 'hadamard' }) }),
  },
];

/** Few epochs want a larger rate than Adam's usual 0.001; at this one all arms learn better in them, dense included. */
export const DEFAULT_RATE = 0.003;

/**
 * The network of an arm.
 *
 * @throws Error for an unknown arm, RangeError for widths or a rate out of range.
 */
export function armSpec(name: string, options: ArmOptions): NetworkSpec {
  const arm = checkArm(name);
  const { fraction } = options;
  const layers = options.hidden.map((units) =>
    hidden(arm.width?.(units, fraction) ?? units, arm.select(fraction)),
  );
  return network(options.inputs, [...layers, softmax(options.classes)], adam({ rate: options.rate }));
}

/** @throws Error that lists the arms, if `name` is none of them. */
export function checkArm(name: string): Arm {
  const arm = ARMS.find((candidate) => candidate.name === name);
  if (arm === undefined) {
    const names = ARMS.map((candidate) => candidate.name).join(', ');
    throw new Error(`There is no arm "${name}"; the arms are ${names}.`);
  }
  return arm;
}
