/** What the queue carries: a block as a job, and what workers write down of it as they run it. */
import type { Queue } from 'bullmq';
import type { Limits, StudyReference } from '../engine/child-processes.ts';
import type { Place } from '../engine/executor.ts';
import type { Sources } from '../engine/key.ts';
import type { Outcome } from '../engine/measure.ts';
import type { Trial } from '../engine/record.ts';

/** The version of these formats. A worker of another one refuses the block. */
export const JOB_VERSION = 1;

/** The data of a job: one block. */
export interface BlockJob {
  readonly version: typeof JOB_VERSION;
  readonly study: StudyReference;
  readonly trials: readonly Trial[];
  /** Of the trials. */
  readonly keys: readonly string[];
  /** What the trials depend on; a worker's must be the same. */
  readonly sources: Sources;
  readonly limits: Limits;
}

/** A line of a job's log, as JSON. It stays until the block's records are stored, whichever worker wrote it. */
export type Entry =
  | { readonly kind: 'begin'; readonly index: number; readonly host: string }
  | {
      readonly kind: 'end';
      readonly index: number;
      readonly host: string;
      readonly outcome: Outcome;
      readonly place: Place;
    }
  | { readonly kind: 'refused'; readonly host: string; readonly why: string };

/** The share of a trial that is done; what a worker tells of it now and then. */
export interface TrialProgress {
  readonly index: number;
  readonly done: number;
}

/** The entries of a job's log from the `from`-th on; those of a job that is gone are none. */
export async function entriesOf(queue: Queue<BlockJob>, id: string, from = 0): Promise<Entry[]> {
  const { logs } = await queue.getJobLogs(id, from, -1);
  return logs.map((line) => JSON.parse(line) as Entry);
}
