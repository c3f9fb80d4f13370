/** Where trials run. */
import { type MeasureDefinition, type Outcome, runTrial } from './measure.ts';
import type { Trial } from './record.ts';

/** What an executor tells while it runs a block; `index` is the trial's place in it. */
export interface TrialEvents {
  begin(index: number): void;
  /** The share of the trial that is done, from 0 to 1. */
  progress(index: number, done: number): void;
  /** What it throws ends the run. */
  end(index: number, outcome: Outcome): void;
}

/** Runs the trials of one block, one after the other. Trials that fail are outcomes, and those after them run. */
export interface Executor {
  /**
   * @throws {Error} if trials cannot be run at all, or what an event threw.
   * @throws the signal's reason once it is aborted: the trial in hand is given up.
   */
  runBlock(trials: readonly Trial[], events: TrialEvents, signal: AbortSignal): Promise<void>;
}

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
