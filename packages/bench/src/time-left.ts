/** An estimate of the time that the rest of a study takes, from the runs that are finished. */
import { mean } from 'simple-statistics';
import type { PlannedRun } from './plan.ts';

/** Learns from finished runs how long each kind takes. */
export class TimeLeft {
  readonly #durations: { run: PlannedRun; seconds: number }[] = [];

  /** Takes note that `run` took `seconds` of wall time, evaluation included. */
  finished(run: PlannedRun, seconds: number): void {
    this.#durations.push({ run, seconds });
  }

  /**
   * Seconds that `run` should take: the mean of finished runs of the same arm and fraction, else of the same arm,
   * else of all runs; `null` before any run is finished.
   */
  expected(run: PlannedRun): number | null {
    const sameArm = this.#durations.filter((done) => done.run.arm === run.arm);
    const sameRun = sameArm.filter((done) => done.run.fraction === run.fraction);
    const known = [sameRun, sameArm, this.#durations].find((list) => list.length > 0);
    return known === undefined ? null : mean(known.map(({ seconds }) => seconds));
  }

  /**
   * Seconds until all of `remaining` are done, the first of which is running for `elapsed` seconds and has
   * finished the share `done` of its epochs; `null` while nothing is known yet.
   */
  left(remaining: readonly PlannedRun[], elapsed = 0, done = 0): number | null {
    const [current, ...later] = remaining;
    if (current === undefined) return 0;
    // The run's own pace is the best witness of what is left of it, and of everything while nothing is finished.
    const own = done > 0 ? elapsed / done : null;
    let sum = 0;
    for (const run of later) {
      const expected = this.expected(run) ?? own;
      if (expected === null) return null;
      sum += expected;
    }
    const whole = own ?? this.expected(current);
    return whole === null ? null : sum + Math.max(0, whole - elapsed);
  }
}
