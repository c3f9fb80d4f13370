/** Ways of choosing the outputs of a wide softmax that are computed in training. */
import { identity } from '@hashgrad/mips';
import {
  all,
  frequency,
  inBatch,
  logUniform,
  lsh,
  random,
  type LshSpec,
  type SelectorSpec,
} from '@hashgrad/sparse-nn';
import { SHARED, wideLsh } from './benchmarks/wide-task.ts';

/** What arms are sized by. */
export interface OutputsSize {
  /** Classes, numbered by frequency: 0 is the most frequent. */
  readonly classes: number;
  /** Classes that are computed for a row, at most, its labels included. */
  readonly active: number;
  /** Training rows, and how many of them have each class. */
  readonly rows: number;
  readonly frequencies: Int32Array;
}

export interface OutputsArm {
  readonly name: string;
  /** One line. */
  readonly about: string;
  select(size: OutputsSize): SelectorSpec;
}

/** What the others are held against. */
export const FULL = 'full';

/** Of classes that no training row has, for a sampler that needs a frequency above 0. */
const UNSEEN = 0.5;

/** Each with its logits corrected for what was drawn, and without. */
const SAMPLERS: Readonly<Record<string, [string, (size: OutputsSize, logQ: boolean) => SelectorSpec]>> = {
  lsh: [
    'classes whose weights collide with the hidden layer’s output in hash tables, filled up at random',
    (size, logQ) => tables(size, { logQ }),
  ],
  lshLabel: [
    'classes whose weights collide with those of one of the row’s labels, filled up at random',
    // With identity() a label's own codes are asked with, so that nothing is hashed in training.
    (size, logQ) => tables(size, { logQ, query: 'label', transform: identity() }),
  ],
  uniform: ['classes drawn uniformly', ({ active }, logQ) => random({ count: active, logQ, shared: SHARED })],
  logUniform: [
    'classes drawn by Zipf’s law',
    ({ active }, logQ) => logUniform({ count: active, logQ, shared: SHARED }),
  ],
  frequency: [
    'classes drawn by frequency to the power 0.75, as in word2vec',
    ({ active, frequencies }, logQ) => {
      const weights = Float64Array.from(frequencies, (count) => Math.max(count, UNSEEN));
      return frequency({ count: active, frequencies: weights, logQ, shared: SHARED });
    },
  ],
  inBatch: [
    'the labels of the batch’s other rows',
    ({ active, frequencies, rows }, logQ) =>
      inBatch({ count: active, logQ, ...(logQ ? { frequencies, rows } : {}) }),
  ],
};

function tables({ classes, active }: OutputsSize, options: Partial<LshSpec>): LshSpec {
  return lsh({ ...wideLsh({ labels: classes, active }), ...options });
}

const arms = (logQ: boolean): OutputsArm[] =>
  Object.entries(SAMPLERS).map(([name, [about, select]]) => ({
    name: logQ ? `${name}+logQ` : name,
    about: logQ ? `${about}, logits corrected for the draw` : about,
    select: (size) => select(size, logQ),
  }));

/** All arms, in the order of their marks in plots. */
export const OUTPUTS_ARMS: readonly OutputsArm[] = [
  { name: FULL, about: 'all classes', select: () => all() },
  ...arms(true),
  ...arms(false),
];

/** Their names. */
export const OUTPUTS_ARM_NAMES: readonly string[] = OUTPUTS_ARMS.map(({ name }) => name);

/** @throws {Error} if there is no such arm. */
export function outputsArm(name: string): OutputsArm {
  const arm = OUTPUTS_ARMS.find((each) => each.name === name);
  if (arm) return arm;
  throw new Error(`There is no arm "${name}"; the arms are ${OUTPUTS_ARM_NAMES.join(', ')}.`);
}

/**
 * The place of an arm's mark. Samplers have the same colour with and without logQ: there are as many colours as there are
 * arms up to the last with it.
 */
export function outputsMark(name: string): number {
  const place = OUTPUTS_ARM_NAMES.indexOf(name);
  return place > Object.keys(SAMPLERS).length ? place + 1 : Math.max(0, place);
}
