/** A worker: takes blocks from the queue, runs each in a child process, and writes down how its trials ended. */
import { hostname } from 'node:os';
import type { Job } from 'bullmq';
import { childProcesses } from '../engine/child-processes.ts';
import { RefusedError } from '../engine/executor.ts';
import type { Trial } from '../engine/record.ts';
import { thisMachine } from '../engine/machine.ts';
import { type BlockJob, entriesOf, type Entry, JOB_VERSION, type TrialProgress } from './block-job.ts';
import { connect, type Connection, QUEUE_NAME, withoutPassword } from './connection.ts';

/** How a worker works. */
export interface WorkerOptions {
  /** Blocks at once; with more than one, times are marked as not comparable. */
  readonly jobs: number;
  /** Seconds without a sign of life after which others take over a worker's block. */
  readonly stalledAfter: number;
  /** Aborted, it finishes the trials in hand, gives the rest of their blocks back, and ends. */
  readonly stop: AbortSignal;
  /** Tells what it does. */
  log(text: string): void;
}

/** A trial during which so many workers died is not tried again: it may be what kills them. */
const MOST_DEATHS = 5;

/** A worker that refused a block leaves the next ones to others for so long. */
const REFUSED_MILLISECONDS = 10_000;

/** The share that is done is told no more often. */
const PROGRESS_MILLISECONDS = 500;

/** How a block that is given back, or was taken away, is left. */
class LeftError extends Error {}

/**
 * Works until it is stopped.
 *
 * @throws {Error} if the packages are missing, saying what to install, or no Redis answers at `url`.
 */
export async function runWorker(url: string, options: WorkerOptions): Promise<void> {
  const connection = await connect(url);
  const { bullmq, redis } = connection;
  const milliseconds = options.stalledAfter * 1000;
  let resume: NodeJS.Timeout | undefined;
  const worker = new bullmq.Worker<BlockJob>(
    QUEUE_NAME,
    async (job, token, lost) => {
      try {
        await runJob(job, lost, connection, options);
      } catch (error) {
        if (error instanceof LeftError) {
          await job.moveToWait(token);
          throw new bullmq.WaitingError();
        }
        if (!(error instanceof RefusedError)) throw error;
        await worker.pause(true);
        resume = setTimeout(() => worker.resume(), REFUSED_MILLISECONDS);
        await job.moveToDelayed(Date.now() + 1000, token);
        throw new bullmq.DelayedError();
      }
    },
    {
      connection: redis,
      concurrency: options.jobs,
      lockDuration: milliseconds,
      stalledInterval: milliseconds,
      // Deaths are counted by trial: a long block may lose many workers.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    },
  );
  let said = '';
  worker.on('error', ({ message }) => {
    if (message !== said) options.log(`Redis: ${message}`);
    said = message;
  });
  worker.on('failed', (_, error) => options.log(`A block could not be run: ${error.message}`));
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id);
  });
  await worker.waitUntilReady();
  options.log(`Waiting for blocks in the queue at ${withoutPassword(url)}.`);
  await aborted(options.stop);
  clearTimeout(resume);
  await worker.close();
  await connection.close();
}

/** Runs what is left of a block. @throws {LeftError} where it stops before the end. */
async function runJob(
  job: Job<BlockJob>,
  lost: AbortSignal | undefined,
  { queue }: Connection,
  { jobs, stop, log }: WorkerOptions,
): Promise<void> {
  const { version, study, trials, sources, limits } = job.data;
  const host = hostname();
  const before = await entriesOf(queue, job.id as string);
  const ended = new Set(before.flatMap((entry) => (entry.kind === 'end' ? [entry.index] : [])));
  const elsewhere = before.some((entry) => entry.kind === 'end' && entry.host !== host);
  const place = { machine: thisMachine(), shared: jobs > 1 || elsewhere };

  const leave = new AbortController();
  let writing: Promise<unknown> = Promise.resolve();
  const write = (what: () => Promise<unknown>): void => {
    writing = writing.then(what);
    // A job that is gone, with a study that was stopped, takes no entries.
    writing.catch((error: unknown) => leave.abort(error));
  };
  const say = (entry: Entry): void => write(() => job.log(JSON.stringify(entry)));
  let told = -Infinity;
  const tell = (progress: TrialProgress): void => {
    told = performance.now();
    write(() => job.updateProgress(progress));
  };

  const killers = trials.flatMap((_, index) => {
    const begun = before.filter((entry) => entry.kind === 'begin' && entry.index === index).length;
    return !ended.has(index) && begun >= MOST_DEATHS ? [index] : [];
  });
  for (const index of killers) {
    const message = `${MOST_DEATHS} workers ended while they ran this trial: it is not tried again.`;
    const outcome = { error: { message }, seconds: 0, startedAt: new Date().toISOString() };
    say({ kind: 'end', index, host, outcome, place });
    ended.add(index);
  }
  const todo = [...trials.keys()].filter((index) => !ended.has(index));
  const at = (index: number): number => todo[index] as number;

  let running = false;
  const onStop = (): void => {
    if (!running) leave.abort(new LeftError());
  };
  const onLost = (): void => leave.abort(new Error('Another worker took the block over.'));
  stop.addEventListener('abort', onStop);
  lost?.addEventListener('abort', onLost);
  try {
    if (version !== JOB_VERSION) {
      throw new RefusedError(
        `the block has the form ${String(version)}, and this hashgrad knows ${JOB_VERSION}.`,
      );
    }
    if (stop.aborted) onStop();
    await childProcesses(study, limits, sources).runBlock(
      todo.map((index) => trials[index] as Trial),
      {
        begin(index) {
          running = true;
          say({ kind: 'begin', index: at(index), host });
          tell({ index: at(index), done: 0 });
        },
        progress(index, done) {
          if (performance.now() - told > PROGRESS_MILLISECONDS) tell({ index: at(index), done });
        },
        end(index, outcome) {
          running = false;
          say({ kind: 'end', index: at(index), host, outcome, place });
          tell({ index: at(index), done: 1 });
          const line = lineOf(
            trials[at(index)] as Trial,
            'error' in outcome ? outcome.error.message : undefined,
          );
          write(async () => log(line)); // when it is written down
          if (stop.aborted && index + 1 < todo.length) leave.abort(new LeftError());
        },
        note: log,
      },
      leave.signal,
    );
  } catch (error) {
    if (error instanceof RefusedError) {
      log(`Refused a block: ${error.message}`);
      say({ kind: 'refused', host, why: error.message });
      tell({ index: -1, done: 0 });
    }
    throw error;
  } finally {
    stop.removeEventListener('abort', onStop);
    lost?.removeEventListener('abort', onLost);
    // What was measured must be written before the block is anybody else's.
    await writing.catch(() => {});
  }
  await writing;
}

/** `selectors, dense, seed 1`. */
function lineOf({ study, point, seed }: Trial, error: string | undefined): string {
  const name = [study, ...Object.values(point), `seed ${seed}`].join(', ');
  return error === undefined ? name : `${name}: FAILED: ${error}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
