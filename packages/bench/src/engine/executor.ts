/** Where trials run. */
import type { Machine } from './machine.ts';
import { type MeasureDefinition, type Outcome, runTrial } from './measure.ts';
import type { Trial } from './record.ts';

/** What an executor tells while it runs a block; `index` is the trial's place in it. */
export interface TrialEvents {
  begin(index: number): void;
  /** The share of the trial that is done, from 0 to 1. */
  progress(index: number, done: number): void;
  /**
   * A trial ended. What this throws ends the run.
   *
   * @param place where it ran, if it was not on this machine.
   */
  end(index: number, outcome: Outcome, place?: Place): void;
  /** Tells the user something that does not end the run: what a trial printed, or that another machine refused the block. */
  note(text: string): void;
}

/** Where a trial ran. */
export interface Place {
  readonly machine: Machine;
  /** Whether its times are not comparable with those of the block's other trials. */
  readonly shared: boolean;
}

/** Runs the trials of one block, one after the other. Trials that fail are outcomes, and those after them run. */
export interface Executor {
  /**
   * @throws {Error} if trials cannot be run at all, or what an event threw.
   * @throws the signal's reason once it is aborted: the trial in hand is given up.
   */
  runBlock(trials: readonly Trial[], events: TrialEvents, signal: AbortSignal): Promise<void>;
}

/** A machine cannot run a block as it is asked to: its sources are others, or data is missing. Another machine may. */
export class RefusedError extends Error {}

/** Computes the study's own metrics of what a measure made. */
export type OwnMetrics = (subject: unknown) => Readonly<Record<string, number>>;

/** Trials run in this process, without limits. It is for tests and for programs of one's own. */
export function inThisProcess(definition: MeasureDefinition, own: OwnMetrics): Executor {
  return {
    async runBlock(trials, events, signal) {
      for (const [index, trial] of trials.entries()) {
        signal.throwIfAborted();
        events.begin(index);
        const outcome = await runTrial(definition, own, trial, async (done) => {
          events.progress(index, done);
          await new Promise((resolve) => setImmediate(resolve));
          signal.throwIfAborted();
        });
        signal.throwIfAborted();
        events.end(index, outcome);
      }
    },
  };
}
