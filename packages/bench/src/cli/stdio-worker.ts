/** A worker for executors of one's own: lines of JSON in and out, over ssh for example. */
import { createInterface } from 'node:readline';
import { type BlockRequest, childProcesses, type Limits } from '../engine/child-processes.ts';
import { type Place, RefusedError } from '../engine/executor.ts';
import type { Outcome } from '../engine/measure.ts';
import { thisMachine } from '../engine/machine.ts';

/** A line of the input: a block to run. Its sources must be the same here. */
export interface StdioRequest extends Required<BlockRequest> {
  readonly limits?: Limits;
}

/** A line of the output. A block ends with 'done', 'refused' or 'failed'. */
export type StdioMessage =
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'progress'; readonly index: number; readonly done: number }
  | { readonly kind: 'end'; readonly index: number; readonly outcome: Outcome; readonly place: Place }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'failed'; readonly why: string };

/** Runs the blocks that come, one after the other, until the input ends. Where nobody reads the output, it stops at once. */
export async function workOverStdio(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  const tell = (message: StdioMessage): void => {
    output.write(`${JSON.stringify(message)}\n`);
  };
  const place = { machine: thisMachine(), shared: false };
  for await (const line of createInterface({ input })) {
    try {
      const { study, trials, sources, limits } = JSON.parse(line) as StdioRequest;
      await childProcesses(study, limits, sources).runBlock(
        trials,
        {
          begin: (index) => tell({ kind: 'begin', index }),
          progress: (index, done) => tell({ kind: 'progress', index, done }),
          end: (index, outcome) => tell({ kind: 'end', index, outcome, place }),
          note() {},
        },
        new AbortController().signal,
      );
      tell({ kind: 'done' });
    } catch (error) {
      tell({ kind: error instanceof RefusedError ? 'refused' : 'failed', why: (error as Error).message });
    }
  }
}
