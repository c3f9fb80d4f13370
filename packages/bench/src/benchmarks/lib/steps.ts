/** Timing single training steps, of several networks by turns. */
import { OPERATIONS, PARTS } from '@hashgrad/sparse-nn';
import type { Examples, Network, Part, StepResult, WorkCounts } from '@hashgrad/sparse-nn';
import { mean } from 'simple-statistics';
import { sample } from './measure.ts';
import type { Sample } from './measure.ts';

/** A training step that was measured. */
export interface Step {
  readonly report: StepResult;
  readonly batch: Examples;
}

/** A network that is trained a step at a time, on its batches by turns. */
export class Stepper {
  readonly network: Network;
  readonly batches: readonly Examples[];
  #next = 0;

  /** `batches`: one or more, none larger than the network's batch size. */
  constructor(network: Network, batches: readonly Examples[]) {
    this.network = network;
    this.batches = batches;
  }

  /** Trains on the next batch. */
  step(): Step {
    const batch = this.batches[this.#next++ % this.batches.length] as Examples;
    return { report: this.network.step(batch), batch };
  }
}

/** How many steps a measurement has. */
export interface StepPlan {
  /** Steps that come first and are not counted. */
  readonly warmUp: number;
  readonly measured: number;
}

const WARM_UP = 10;

/**
 * Divides `steps` into some to warm up and some to measure. Those measured are whole periods of `period` steps, so that
 * work which is done once a period (a rehash) has its share in the mean; one period at least, and 2 steps before it,
 * even if that is more than was asked for.
 */
export function planSteps(steps: number, period: number): StepPlan {
  const measured = Math.max(1, Math.floor((steps - 2) / period)) * period;
  return { warmUp: Math.min(WARM_UP, Math.max(2, steps - measured)), measured };
}

/** A measurement that takes turns with others. */
export interface StepRun {
  readonly stepper: Stepper;
  readonly plan: StepPlan;
}

/** Steps that a run has in a row before it is another's turn. */
const TURN = 20;

/**
 * Measures several runs by turns of some 20 steps, so that a machine that slows down for a while slows them all. A run
 * with fewer steps has shorter turns.
 *
 * @param onTurn is told of each turn of a run, from 1, and how many there are.
 * @returns by name, the measured steps.
 */
export function timeSteps<Name extends string>(
  runs: Readonly<Record<Name, StepRun>>,
  onTurn?: (turn: number, turns: number) => void,
): Record<Name, Step[]> {
  const entries = Object.entries(runs) as [Name, StepRun][];
  const steps = Object.fromEntries(entries.map(([name]) => [name, [] as Step[]])) as Record<Name, Step[]>;
  for (const [, { stepper, plan }] of entries) {
    for (let step = 0; step < plan.warmUp; step++) stepper.step();
  }
  const turns = Math.max(1, Math.round(Math.max(...entries.map(([, { plan }]) => plan.measured)) / TURN));
  for (let turn = 1; turn <= turns; turn++) {
    for (const [name, { stepper, plan }] of entries) {
      const until = Math.floor((plan.measured * turn) / turns);
      while (steps[name].length < until) steps[name].push(stepper.step());
    }
    onTurn?.(turn, turns);
  }
  return steps;
}

/** Measured steps of one network, summed up. */
export interface StepSummary {
  /** Milliseconds of a step. Rehashing, which few steps have, is spread evenly over all of them. */
  readonly milliseconds: Sample;
  /** Seconds of all steps by their number, in milliseconds: what the median is to be held against. */
  readonly meanMilliseconds: number;
  /** Mean milliseconds of a step, by part. What is missing to the mean belongs to no part: loading the batch. */
  readonly parts: Readonly<Record<Part, number>>;
  /** Mean work of a step, by kind and part. */
  readonly work: WorkCounts;
  /** Mean share of the hidden layers' units that were active. */
  readonly activeShare: number;
  /** Share of the chosen units that were padding. */
  readonly paddedShare: number;
  /** What each step was trained on. */
  readonly batches: readonly Examples[];
}

/** Sums up steps, whole periods of rehashing of them. */
export function summarizeSteps(steps: readonly Step[]): StepSummary {
  const reports = steps.map(({ report }) => report);
  const parts = byPart((part) => 1000 * mean(reports.map(({ partSeconds }) => partSeconds[part])));
  const times = reports.map(
    ({ seconds, partSeconds }) => 1000 * (seconds - partSeconds.rehash) + parts.rehash,
  );
  return {
    milliseconds: sample(times),
    meanMilliseconds: mean(times),
    parts,
    work: meanWork(reports),
    activeShare: mean(reports.map((report) => report.activeShare)),
    paddedShare: mean(reports.map((report) => report.paddedShare)),
    batches: steps.map(({ batch }) => batch),
  };
}

function meanWork(reports: readonly WorkCounts[]): WorkCounts {
  const kinds = OPERATIONS.map(
    (kind) => [kind, byPart((part) => mean(reports.map((report) => report[kind][part])))] as const,
  );
  return Object.fromEntries(kinds) as unknown as WorkCounts;
}

/** Mean milliseconds of a step that belong to no part. */
export function otherMilliseconds(summary: StepSummary): number {
  return Math.max(0, summary.meanMilliseconds - PARTS.reduce((sum, part) => sum + summary.parts[part], 0));
}

/** A value for each part, from a function of the part. */
export function byPart(value: (part: Part) => number): Record<Part, number> {
  return Object.fromEntries(PARTS.map((part) => [part, value(part)])) as Record<Part, number>;
}
