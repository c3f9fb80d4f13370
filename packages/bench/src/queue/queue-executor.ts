/** Trials on any number of machines: each block is a job of a queue in Redis, which workers empty. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, QueueEvents } from 'bullmq';
import type { Limits, StudyReference } from '../engine/child-processes.ts';
import type { Executor, TrialEvents } from '../engine/executor.ts';
import { keyOf, type Sources } from '../engine/key.ts';
import type { Trial } from '../engine/record.ts';
import { type BlockJob, entriesOf, JOB_VERSION, type TrialProgress } from './block-job.ts';
import { connect, type Connection, QUEUE_NAME, withoutPassword } from './connection.ts';

/** What the jobs of a study have in common. */
export interface Asked {
  readonly study: StudyReference;
  readonly sources: Sources;
  readonly limits?: Limits;
}

/** How often workers try a block that they cannot run. */
const ATTEMPTS = 3;

/** Results that nobody fetches are deleted after a month. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** Jobs are looked at when Redis tells of them, and this often in case that it was not heard. */
const LOOK_MILLISECONDS = 2000;

/** How long to wait for the last job to be over, when all of its trials are. */
const CLOSING_MILLISECONDS = 2000;

/** States of jobs whose trials may have been asked for before. */
const STATES = ['waiting', 'delayed', 'prioritized', 'active', 'completed', 'failed'] as const;

/**
 * Connects to the queue. Trials that were asked for before, by a study that was stopped meanwhile, are not put again: what
 * workers did of them since then is fetched.
 *
 * @throws {Error} if the packages are missing, saying what to install, or no Redis answers at `url`.
 */
export async function queueExecutor(url: string, asked: Asked): Promise<Executor & AsyncDisposable> {
  const connection = await connect(url);
  const events = new connection.bullmq.QueueEvents(QUEUE_NAME, { connection: connection.redis });
  events.on('error', () => {}); // it goes on by itself
  await events.waitUntilReady();
  return new Queued(connection, events, asked, withoutPassword(url));
}

/** The trials of a block that have not ended yet: their places in it, by key. */
type Wanted = Map<string, number>;

class Queued implements Executor, AsyncDisposable {
  readonly #connection: Connection;
  readonly #events: QueueEvents;
  readonly #asked: Asked;
  readonly #url: string;
  /** What is called when something is heard of a job, by its name. */
  readonly #listeners: Map<string, (progress?: TrialProgress) => void> = new Map();
  /** The jobs that were followed, and how many entries of each were read. */
  readonly #read: Map<string, number> = new Map();
  #earlier: Promise<Job<BlockJob>[]> | undefined;

  constructor(connection: Connection, events: QueueEvents, asked: Asked, url: string) {
    this.#connection = connection;
    this.#events = events;
    this.#asked = asked;
    this.#url = url;
    events.on('progress', ({ jobId, data }) =>
      this.#listeners.get(jobId)?.(data as unknown as TrialProgress),
    );
    events.on('completed', ({ jobId }) => this.#listeners.get(jobId)?.());
    events.on('failed', ({ jobId }) => this.#listeners.get(jobId)?.());
  }

  async runBlock(trials: readonly Trial[], events: TrialEvents, signal: AbortSignal): Promise<void> {
    const keys = trials.map((trial) => keyOf(trial, this.#asked.sources));
    const wanted: Wanted = new Map(keys.map((key, index) => [key, index]));
    const earlier = await (this.#earlier ??= this.#begin(events));
    const there = earlier.filter(({ data }) => data.keys.some((key) => wanted.has(key)));
    await Promise.all(
      there.map(({ id, data }) => this.#follow(id as string, data.keys, wanted, events, signal)),
    );
    while (wanted.size > 0) {
      signal.throwIfAborted();
      const left = [...wanted.entries()];
      const id = await this.#put(left.map(([key, index]) => ({ key, trial: trials[index] as Trial })));
      const asked = left.map(([key]) => key);
      const failure = await this.#follow(id, asked, wanted, events, signal);
      if (failure !== undefined) throw new Error(`No worker could run a block: ${failure}`);
    }
  }

  /** Removes what nobody works on; the blocks that workers have in hand stay, to be fetched another time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { queue } = this.#connection;
    const deadline = performance.now() + CLOSING_MILLISECONDS;
    for (const [id, read] of this.#read) {
      while ((await queue.getJobState(id)) === 'active' && performance.now() < deadline) await sleep(50);
      if ((await entriesOf(queue, id, read)).length > 0) continue;
      await queue.remove(id).catch(() => {}); // a worker has it in hand
    }
    await this.#events.close();
    await this.#connection.close();
  }

  /** The jobs that are there before this study's. */
  async #begin(events: TrialEvents): Promise<Job<BlockJob>[]> {
    const { queue } = this.#connection;
    const workers = await queue.getWorkersCount().catch(() => 1); // not every Redis tells
    if (workers === 0) events.note(`No worker is there yet. Start some with: hashgrad worker ${this.#url}`);
    const jobs = await queue.getJobs([...STATES]);
    return jobs.filter((job) => job?.data.version === JOB_VERSION);
  }

  async #put(trials: readonly { readonly key: string; readonly trial: Trial }[]): Promise<string> {
    const { study, sources, limits = {} } = this.#asked;
    const data: BlockJob = {
      version: JOB_VERSION,
      study,
      trials: trials.map(({ trial }) => trial),
      keys: trials.map(({ key }) => key),
      sources,
      limits,
    };
    const kept = { age: KEPT_SECONDS };
    const job = await this.#connection.queue.add(trials[0]?.trial.study as string, data, {
      // Numbers would come again in a Redis that lost all it had, and blocks be taken for others.
      jobId: randomUUID(),
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: 1000 },
      removeOnComplete: kept,
      removeOnFail: kept,
    });
    this.#read.set(job.id as string, 0);
    return job.id as string;
  }

  /**
   * Tells of a job's trials, which `keys` names, until all that are wanted have ended, and takes them out of `wanted`.
   *
   * @returns why workers gave it up, if they did; nothing for a job that is gone, too.
   */
  async #follow(
    id: string,
    keys: readonly string[],
    wanted: Wanted,
    events: TrialEvents,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { queue } = this.#connection;
    const place = (index: number): number | undefined => wanted.get(keys[index] as string);
    const told = new Set<string>();
    try {
      for (let read = 0; ;) {
        signal.throwIfAborted();
        const news = this.#news(id, signal, ({ index, done }) => {
          const at = place(index);
          if (at !== undefined) events.progress(at, done);
        });
        // Asked for before the entries: what is over has all of its.
        const state = await queue.getJobState(id);
        const entries = await entriesOf(queue, id, read);
        read += entries.length;
        for (const entry of entries) {
          if (entry.kind === 'refused') {
            const text = `${entry.host} refuses: ${entry.why}`;
            if (!told.has(text)) events.note(text);
            told.add(text);
            continue;
          }
          const at = place(entry.index);
          if (at === undefined) continue;
          if (entry.kind === 'begin') events.begin(at);
          else {
            events.end(at, entry.outcome, entry.place);
            wanted.delete(keys[entry.index] as string);
          }
        }
        this.#read.set(id, read);
        if (!keys.some((key) => wanted.has(key))) return undefined;
        if (state === 'unknown' || state === 'completed') return undefined;
        if (state === 'failed') return (await queue.getJob(id))?.failedReason ?? 'its job failed.';
        await news;
      }
    } finally {
      this.#listeners.delete(id);
    }
  }

  /** Waits until something is heard of a job, or it is time to look. */
  #news(id: string, signal: AbortSignal, onProgress: (progress: TrialProgress) => void): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, LOOK_MILLISECONDS).unref();
      signal.addEventListener('abort', end);
      this.#listeners.set(id, (progress) => {
        if (progress !== undefined) onProgress(progress);
        end();
      });
    });
  }
}
