/** The arms of the study: the same network, and one way each of choosing the hidden units that are computed. */

/** One arm of the study. */
export interface Arm {
  readonly name: string;
  /** For the report and the help: what the arm computes, in one sentence. */
  readonly description: string;
}

/** All arms, in the order in which a study runs them when nothing else is asked for. */
export const ARMS: readonly Arm[] = [
  { name: 'dense', description: 'All hidden units are computed: what the others are compared with.' },
  {
    name: 'narrow',
    description: 'A dense network that has only as many hidden units as the others may compute.',
  },
  {
    name: 'random',
    description: 'Units drawn anew for every sample, whatever the input: dropout of a fixed size.',
  },
  { name: 'fixed', description: 'Units drawn once for each layer and used for every sample.' },
  {
    name: 'topK',
    description: 'The units with the largest activations, found by computing all of them: the oracle.',
  },
  {
    name: 'lsh',
    description:
      'Units found by hashing the input into tables of the units’ weights (Spring and Shrivastava, 2017).',
  },
];

/** @throws Error that lists the arms, if `name` is none of them. */
export function checkArm(name: string): Arm {
  const arm = ARMS.find((candidate) => candidate.name === name);
  if (arm === undefined) {
    const names = ARMS.map((candidate) => candidate.name).join(', ');
    throw new Error(`There is no arm "${name}"; the arms are ${names}.`);
  }
  return arm;
}
