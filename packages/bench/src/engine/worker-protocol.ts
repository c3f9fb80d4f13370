/** What `hashgrad worker --stdio` is told and what it tells: lines of JSON, for executors of one's own. */
import type { BlockRequest, Limits } from './child-processes.ts';
import type { Place } from './executor.ts';
import type { Outcome } from './measure.ts';

/** A line to the worker: a block to run. */
export interface WorkerRequest extends Required<BlockRequest> {
  readonly limits?: Limits;
}

/** A line from the worker. A block ends with 'done'; with 'refused' if its study or sources are not the same there; or with 'failed'. */
export type WorkerMessage =
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'progress'; readonly index: number; readonly done: number }
  | { readonly kind: 'end'; readonly index: number; readonly outcome: Outcome; readonly place: Place }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'failed'; readonly why: string };
