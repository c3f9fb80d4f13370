/** What a run of the ablation study of selectors is, and which of them a study makes, in which order. */
import { checkArm } from './arms.ts';

/** Everything that decides what a study measures. */
export interface StudySettings {
  /** Names of arms, see `ARMS`; or the paper's. */
  readonly arms: readonly string[];
  /** Shares of hidden units that the sparse arms may compute, each in (0, 1]. */
  readonly fractions: readonly number[];
  /** One run of every arm at every fraction for each of these whole numbers. */
  readonly seeds: readonly number[];
  /** Passes over the training set, at least 1. */
  readonly epochs: number;
  /** Samples per step, at least 1. */
  readonly batchSize: number;
  /** Threads that a network computes with, at least 1. */
  readonly threads: number;
  /** Widths of the hidden layers, at least one. */
  readonly hidden: readonly number[];
  /** Learning rate, above 0. */
  readonly rate: number;
}

/** One run to make. The dense arm's fraction is 1. */
export interface PlannedRun {
  readonly arm: string;
  readonly fraction: number;
  readonly seed: number;
}

/**
 * The runs of a study in order. Seeds are the outer loop: every arm is measured at the beginning, in the middle and
 * at the end, so that a machine whose speed drifts does not favour one of them.
 *
 * @throws Error for an unknown arm, or an empty or repeated list entry.
 */
export function planStudy(settings: Pick<StudySettings, 'arms' | 'fractions' | 'seeds'>): PlannedRun[] {
  const { fractions, seeds } = settings;
  const arms = settings.arms.map((name) => checkArm(name).name);
  for (const [name, list] of Object.entries({ arms, fractions, seeds })) {
    if (list.length === 0)
      throw new Error(`A study needs at least one of its ${name}, but the list is empty.`);
    const repeated = list.find((item, index) => list.indexOf(item as never) !== index);
    if (repeated !== undefined) throw new Error(`The list of ${name} holds ${repeated} twice.`);
  }
  for (const fraction of fractions) {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new RangeError(`A fraction of active units lies above 0 and up to 1, but ${fraction} was given.`);
    }
  }
  return seeds.flatMap((seed) =>
    arms.flatMap((arm) =>
      (arm === 'dense' ? [1] : fractions).map((fraction): PlannedRun => ({ arm, fraction, seed })),
    ),
  );
}
