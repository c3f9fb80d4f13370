/** The progress of a study on the console: a table that fills and a bar on a terminal, a line for each trial elsewhere. */
import pc from 'picocolors';
import { metricInfo, metricValue } from '../analysis/metrics.ts';
import { pointLabel } from '../analysis/runs.ts';
import { type Progress, TimeLeft } from '../engine/progress.ts';
import type { TrialRecord } from '../engine/record.ts';
import type { PlannedTrial } from '../engine/plan.ts';
import type { Study } from '../engine/study.ts';
import { duration, significant } from '../format.ts';

/** The part of a stream that progress is written to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * The bar and the table if `output` is a terminal, lines otherwise.
 *
 * @param table draws the records that there are.
 * @param now seconds.
 */
export function consoleProgress(
  study: Study,
  table: (records: readonly TrialRecord[]) => string,
  output: Output = process.stdout,
  now: () => number = () => performance.now() / 1000,
): Progress {
  return output.isTTY
    ? new LiveProgress(study, table, output, now)
    : new LineProgress(study, table, output, now);
}

/** What both kinds know: where in the plan the study is, and how fast it goes. */
class Pace {
  readonly #now: () => number;
  readonly #left: TimeLeft = new TimeLeft();
  readonly #running: Map<string, { trial: PlannedTrial; began: number; done: number }> = new Map();
  #waiting: PlannedTrial[] = [];
  records: TrialRecord[] = [];
  total = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(todo: readonly PlannedTrial[], finished: readonly TrialRecord[], jobs: number): void {
    this.#waiting = [...todo];
    this.records = [...finished];
    this.total = todo.length + finished.length;
    this.#left.start(finished, jobs);
  }

  begin(trial: PlannedTrial): void {
    this.#waiting = this.#waiting.filter(({ key }) => key !== trial.key);
    this.#running.set(trial.key, { trial, began: this.#now(), done: 0 });
  }

  progress({ key }: PlannedTrial, done: number): void {
    const running = this.#running.get(key);
    if (running !== undefined) running.done = done;
  }

  end(record: TrialRecord): void {
    this.#running.delete(record.key);
    this.#waiting = this.#waiting.filter(({ key }) => key !== record.key);
    this.#left.finished(record);
    this.records.push(record);
  }

  /** Trials that are done, a running one by its share. */
  get done(): number {
    return [...this.#running.values()].reduce((sum, { done }) => sum + done, this.records.length);
  }

  /** What runs now, for people. */
  get running(): string {
    return [...this.#running.values()].map(({ trial }) => trialLabel(trial.trial)).join('; ');
  }

  /** e.g. `, 2 min 05 s left`; empty while nothing is known, and at the end. */
  left(): string {
    const running = [...this.#running.values()].map(({ trial, began, done }) => ({
      trial,
      done,
      seconds: this.#now() - began,
    }));
    const seconds = this.#left.left(this.#waiting, running);
    return seconds === undefined || seconds === 0 ? '' : `, ${duration(seconds)} left`;
  }
}

/** Plain lines, for logs; the table after each first look at all arms. */
class LineProgress implements Progress {
  readonly #study: Study;
  readonly #output: Output;
  readonly #pace: Pace;

  constructor(
    study: Study,
    _table: (records: readonly TrialRecord[]) => string,
    output: Output,
    now: () => number,
  ) {
    this.#study = study;
    this.#output = output;
    this.#pace = new Pace(now);
  }

  start(todo: readonly PlannedTrial[], finished: readonly TrialRecord[], jobs: number): void {
    // Of a stage in several steps only what was there before.
    const known = this.#pace.records.length;
    this.#pace.start(todo, finished, jobs);
    if (finished.length > known) {
      this.#output.write(`${finished.length} of ${this.#pace.total} trials are finished already.\n`);
    }
  }

  begin(trial: PlannedTrial): void {
    this.#pace.begin(trial);
  }

  progress(trial: PlannedTrial, done: number): void {
    this.#pace.progress(trial, done);
  }

  end(record: TrialRecord): void {
    this.#pace.end(record);
    const { records, total } = this.#pace;
    const place = `[${String(records.length).padStart(String(total).length)}/${total}]`;
    this.#output.write(`${place} ${trialLine(this.#study, record)}${this.#pace.left()}\n`);
  }

  note(text: string): void {
    this.#output.write(`${text}\n`);
  }

  stop(): void {}
}

/** The table of results with a bar under it, drawn anew in place. */
class LiveProgress implements Progress {
  readonly #output: Output;
  readonly #table: (records: readonly TrialRecord[]) => string;
  readonly #pace: Pace;
  #lines = 0;

  constructor(
    _study: Study,
    table: (records: readonly TrialRecord[]) => string,
    output: Output,
    now: () => number,
  ) {
    this.#output = output;
    this.#table = table;
    this.#pace = new Pace(now);
  }

  start(todo: readonly PlannedTrial[], finished: readonly TrialRecord[], jobs: number): void {
    this.#pace.start(todo, finished, jobs);
    this.#draw();
  }

  begin(trial: PlannedTrial): void {
    this.#pace.begin(trial);
    this.#draw();
  }

  progress(trial: PlannedTrial, done: number): void {
    this.#pace.progress(trial, done);
    this.#draw();
  }

  end(record: TrialRecord): void {
    this.#pace.end(record);
    if (record.error !== undefined) {
      this.#clear();
      this.#output.write(`${pc.red(`${trialLabel(record.trial)}: ${record.error.message}`)}\n`);
    }
    this.#draw();
  }

  note(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
    this.#draw();
  }

  /** Leaves nothing: the table is printed once more by whoever started the study. */
  stop(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#lines > 0) this.#output.write(`\u001B[${this.#lines}F\u001B[J`);
    this.#lines = 0;
  }

  #draw(): void {
    const { records, done, total, running } = this.#pace;
    const filled = total === 0 ? 0 : Math.round((done / total) * 30);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${records.length}/${total} trials${this.#pace.left()}`;
    const room = Math.max(1, (this.#output.rows ?? 24) - 3);
    const table = records.some(({ trial }) => trial.stage === 'run')
      ? this.#table(records).split('\n').slice(0, room)
      : [];
    // A line that the terminal wraps would take two rows, of which clearing takes back one.
    const width = Math.max(1, (this.#output.columns ?? 80) - 1);
    const lines = [...table, running === '' ? bar : `${bar} | ${running}`].map((line) =>
      line.slice(0, width),
    );
    this.#clear();
    this.#output.write(`${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }
}

/** `lsh, 5 %, seed 1`; of tuning with the parameters. */
function trialLabel({ point, seed, stage, tuned }: TrialRecord['trial']): string {
  const parameters = Object.entries(tuned).map(([path, value]) => `${path} ${JSON.stringify(value)}`);
  return [pointLabel(point), ...(stage === 'tune' ? ['tuning', ...parameters] : [`seed ${seed}`])].join(', ');
}

/** One finished trial: `lsh, 5 %, seed 1: accuracy, full pass 95.1 %, 4.21 s`. */
function trialLine(study: Study, record: TrialRecord): string {
  if (record.error !== undefined) return `${trialLabel(record.trial)}: FAILED: ${record.error.message}`;
  const values = study.metrics.slice(0, 2).flatMap((metric) => {
    const { name, title, unit } = typeof metric === 'string' ? metricInfo(metric) : metric;
    const value = metricValue(record, name);
    if (value === undefined) return [];
    return [`${title} ${unit === 'share' ? `${(value * 100).toFixed(1)} %` : significant(value)}`];
  });
  return `${trialLabel(record.trial)}: ${[...values, `${significant(record.seconds)} s`].join('; ')}`;
}
