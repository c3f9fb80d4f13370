/** What a study tells while it runs, and how long the rest will take. */
import { mean } from 'simple-statistics';
import { canonicalJson } from './json.ts';
import type { TrialRecord } from './record.ts';
import type { PlannedTrial } from './plan.ts';

/** A run tells its progress through these; all methods return at once. */
export interface Progress {
  /**
   * A stage begins: what is to be run, what is finished already, and how many blocks run at once; Infinity if all do that
   * somebody has room for.
   */
  start(todo: readonly PlannedTrial[], finished: readonly TrialRecord[], jobs: number): void;
  begin(trial: PlannedTrial): void;
  /** The share of a trial that is done, from 0 to 1. */
  progress(trial: PlannedTrial, done: number): void;
  /** A trial ended, and its record is kept. */
  end(record: TrialRecord): void;
  /** Something for the user to read that ends nothing. */
  note(text: string): void;
  /** The stage is over, finished or not. */
  stop(): void;
}

/** Tells nothing. */
export const silent: Progress = { start() {}, begin() {}, progress() {}, end() {}, note() {}, stop() {} };

/** The same progress, with something that is done first whenever a stage, or a part of it, begins. */
export function startingWith(first: () => void, progress: Progress): Progress {
  return {
    start(...stage) {
      first();
      progress.start(...stage);
    },
    begin: (trial) => progress.begin(trial),
    progress: (trial, done) => progress.progress(trial, done),
    end: (record) => progress.end(record),
    note: (text) => progress.note(text),
    stop: () => progress.stop(),
  };
}

/** Estimates the time that trials take from those that are finished. */
export class TimeLeft {
  readonly #seconds: Map<string, number[]> = new Map();
  #jobs = 1;

  /** What is known from before, and how many trials run at once. */
  start(finished: readonly TrialRecord[], jobs: number): void {
    this.#jobs = jobs;
    for (const record of finished) this.finished(record);
  }

  /** Takes note of a trial's time. */
  finished({ trial, seconds, error }: TrialRecord): void {
    if (error !== undefined) return;
    const key = canonicalJson(trial.point);
    this.#seconds.set(key, [...(this.#seconds.get(key) ?? []), seconds]);
  }

  /**
   * Seconds until all of `waiting` are done, and those of `running`, of each of which a share is done after some seconds;
   * `undefined` while nothing is known.
   */
  left(
    waiting: readonly PlannedTrial[],
    running: readonly {
      readonly trial: PlannedTrial;
      readonly done: number;
      readonly seconds: number;
    }[] = [],
  ): number | undefined {
    const paces = running.flatMap(({ done, seconds }) => (done > 0 ? [seconds / done] : []));
    const all = [...this.#seconds.values()].flat();
    const other = all.length > 0 ? mean(all) : paces[0];
    const expected = ({ trial }: PlannedTrial): number | undefined => {
      const known = this.#seconds.get(canonicalJson(trial.point));
      return known === undefined ? other : mean(known);
    };
    let sum = 0;
    for (const trial of waiting) {
      const seconds = expected(trial);
      if (seconds === undefined) return undefined;
      sum += seconds;
    }
    for (const { trial, done, seconds } of running) {
      // A trial's own pace is the best witness of what is left of it.
      const whole = done > 0 ? seconds / done : expected(trial);
      if (whole === undefined) return undefined;
      sum += Math.max(0, whole - seconds);
    }
    return sum / (Number.isFinite(this.#jobs) ? this.#jobs : Math.max(1, running.length));
  }
}
