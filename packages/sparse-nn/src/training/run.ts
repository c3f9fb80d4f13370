/** Where a run of training is: what, with the weights, it takes to go on from there with the same bits. */
import type { RandomStream } from '@hashgrad/kernels';
import { NO_WORK, type Work } from './work.ts';
import type { SelectorState } from '../selectors/selector.ts';
import { hasTargets, inOrder, isSparse, type Examples } from '../examples/examples.ts';

/** How the measure of early stopping went. */
export interface StoppingState {
  /** The best so far, higher is better; none yet. */
  best?: number;
  /** Epochs since then. */
  waited: number;
}

/** What the examples of a continued run must agree with: how many rows, values and labels or targets; null for a stream. */
export type RunExamples = readonly number[] | null;

/** Changed by `fit` after each step; plain JSON, so that a checkpoint carries it. */
export interface Run {
  readonly examples: RunExamples;
  /** The epoch that is under way, or comes next, from 1. */
  epoch: number;
  /** Rows of it that were trained on. */
  position: number;
  /** Of the run. */
  steps: number;
  /** Of the epoch. */
  epochSteps: number;
  /** The stream of the epoch's order before it was drawn; null: rows come as they are. None before the first step. */
  shuffleState?: readonly number[] | null;
  /** Rows in which the epoch of a stream is shuffled, if it is. */
  window?: number;
  /** Of the epoch so far. */
  work: Work;
  stopping: StoppingState;
  /** Whether early stopping ended it. */
  stopped: boolean;
}

/** Weights of every layer, by the layer's and the array's names. */
export type Snapshot = Readonly<Record<string, Float32Array | Int32Array>>;

/** Where training ended, while the network has its best weights. */
export interface Latest {
  readonly weights: Snapshot;
  /** One a layer, where its selector has a state. */
  readonly selectors: readonly (SelectorState | undefined)[];
}

/** What training keeps between calls of `fit`. */
export interface Training {
  /** The order of rows comes from it. */
  shuffle: RandomStream;
  run: Run | undefined;
  /** The weights of the run's best epoch, where early stopping is to restore them. */
  best: Snapshot | undefined;
  /** From where to go on, if the best weights were restored: the network has them, and `best` is undefined. */
  latest: Latest | undefined;
}

/** What a network begins with. */
export function newTraining(shuffle: RandomStream): Training {
  return { shuffle, run: undefined, best: undefined, latest: undefined };
}

export function newRun(examples: RunExamples): Run {
  return {
    examples,
    epoch: 1,
    position: 0,
    steps: 0,
    epochSteps: 0,
    work: NO_WORK,
    stopping: { waited: 0 },
    stopped: false,
  };
}

/** Begins the next epoch. */
export function endEpoch(run: Run): void {
  run.epoch++;
  run.position = 0;
  run.epochSteps = 0;
  run.work = NO_WORK;
  delete run.shuffleState;
  delete run.window;
}

/** @throws {RangeError} if the examples are not those that the run was on, as far as their sizes tell. */
export function checkSameExamples({ examples: before }: Run, examples: RunExamples): void {
  if (String(before) === String(examples)) return;
  throw new RangeError(`The run to resume was on ${describe(before)}; got ${describe(examples)}.`);
}

function describe(examples: RunExamples): string {
  if (!examples) return 'a stream of examples';
  const [rows, values, answers] = examples;
  return `${rows} rows with ${values} values and ${answers} labels or targets`;
}

export function shapeOf(examples: Examples): readonly number[] {
  const values = isSparse(examples) ? examples.values : examples.inputs;
  const answers = hasTargets(examples) ? examples.targets : examples.labels;
  return [examples.rows, values.length, answers.length];
}

/** The rows in the order of an epoch: from their own order each time, so that it depends on the stream's position alone. */
export function shuffled(rows: number, stream: RandomStream): Int32Array {
  const permutation = inOrder(rows);
  for (let i = rows - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    const row = permutation[i]!;
    permutation[i] = permutation[j]!;
    permutation[j] = row;
  }
  return permutation;
}
