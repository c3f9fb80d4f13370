/** What a study shows while it runs: a bar with the time left on a terminal, a line per finished run elsewhere. */
import { SingleBar } from 'cli-progress';
import { duration, fractionLabel, significant } from './format.ts';
import type { EpochRecord, RunRecord } from './records.ts';
import type { PlannedRun } from './plan.ts';
import { TimeLeft } from './time-left.ts';

/** A study tells its progress through these; all methods return at once. */
export interface Progress {
  /** Once, before the first run. */
  start(plan: readonly PlannedRun[], epochs: number): void;
  /** A run begins. */
  begin(run: PlannedRun): void;
  /** An epoch of the run that began last is finished and evaluated. */
  epoch(epoch: EpochRecord): void;
  /** The run that began last is finished. */
  end(record: RunRecord): void;
  /** The study is over, finished or not: gives the terminal back. */
  stop(): void;
}

/** Shows nothing. */
export const silent: Progress = { start() {}, begin() {}, epoch() {}, end() {}, stop() {} };

/** The part of a stream that progress is written to. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The bar if `output` is a terminal, lines otherwise. `now` gives seconds. */
export function consoleProgress(
  output: NodeJS.WriteStream = process.stdout,
  now: () => number = () => performance.now() / 1000,
): Progress {
  return output.isTTY ? new BarProgress(output, now) : new LineProgress(output, now);
}

/** The arm of a run, with its fraction if it has one: `lsh 5 %`. */
export function runLabel(run: { readonly arm: string; readonly fraction: number }): string {
  return run.arm === 'dense' ? run.arm : `${run.arm} ${fractionLabel(run.fraction)}`;
}

/** What both kinds know: where in the plan the study is, and how fast it goes. */
class Pace {
  readonly #now: () => number;
  readonly #timeLeft: TimeLeft = new TimeLeft();
  #plan: readonly PlannedRun[] = [];
  #epochs = 1;
  #began = 0;
  #epochsDone = 0;
  /** Number of finished runs. */
  finished = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get total(): number {
    return this.#plan.length;
  }

  start(plan: readonly PlannedRun[], epochs: number): void {
    this.#plan = plan;
    this.#epochs = epochs;
  }

  begin(): void {
    this.#began = this.#now();
    this.#epochsDone = 0;
  }

  epoch(): void {
    this.#epochsDone += 1;
  }

  end(): void {
    const run = this.#plan[this.finished];
    if (run !== undefined) this.#timeLeft.finished(run, this.#now() - this.#began);
    this.finished += 1;
    this.begin();
  }

  /** e.g. `2 min 05 s left`; empty while nothing is known. */
  left(): string {
    const seconds = this.#timeLeft.left(
      this.#plan.slice(this.finished),
      this.#now() - this.#began,
      this.#epochsDone / this.#epochs,
    );
    return seconds === null ? '' : `${duration(seconds)} left`;
  }
}

/** Plain lines, for logs. */
export class LineProgress implements Progress {
  readonly #output: Output;
  readonly #pace: Pace;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#pace = new Pace(now);
  }

  start(plan: readonly PlannedRun[], epochs: number): void {
    this.#pace.start(plan, epochs);
  }

  begin(): void {
    this.#pace.begin();
  }

  epoch(): void {
    this.#pace.epoch();
  }

  end(record: RunRecord): void {
    this.#pace.end();
    const { finished, total } = this.#pace;
    this.#output.write(`${finishedLine(record, finished, total)}, ${this.#pace.left()}\n`);
  }

  stop(): void {}
}

/** A bar that counts epochs of all runs. */
class BarProgress implements Progress {
  readonly #bar: SingleBar;
  readonly #pace: Pace;

  constructor(output: NodeJS.WriteStream, now: () => number) {
    this.#pace = new Pace(now);
    this.#bar = new SingleBar({
      stream: output,
      format: '{bar} {value}/{total} epochs | {run} | {left}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      hideCursor: true,
      gracefulExit: false,
    });
  }

  start(plan: readonly PlannedRun[], epochs: number): void {
    this.#pace.start(plan, epochs);
    this.#bar.start(plan.length * epochs, 0, { run: '', left: '' });
  }

  begin(run: PlannedRun): void {
    this.#pace.begin();
    this.#bar.update({ run: `${runLabel(run)}, seed ${run.seed}`, left: this.#pace.left() });
  }

  epoch(): void {
    this.#pace.epoch();
    this.#bar.increment(1, { left: this.#pace.left() });
  }

  end(): void {
    this.#pace.end();
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** One finished run: `[ 3/33] lsh 5 %, seed 1: accuracy 95.1 % full, 94.7 % sparse, 4.21 s`. */
function finishedLine(record: RunRecord, index: number, total: number): string {
  const { accuracy } = record;
  const place = `[${String(index).padStart(String(total).length)}/${total}]`;
  const full = (accuracy.full * 100).toFixed(1);
  const sparse = (accuracy.sparse * 100).toFixed(1);
  const seconds = significant(record.seconds);
  return `${place} ${runLabel(record)}, seed ${record.seed}: accuracy ${full} % full, ${sparse} % sparse, ${seconds} s`;
}
