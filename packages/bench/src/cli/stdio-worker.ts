/** A worker for executors of one's own: lines of JSON in and out, over ssh for example. */
import { createInterface } from 'node:readline';
import { childProcesses } from '../engine/child-processes.ts';
import { RefusedError } from '../engine/executor.ts';
import type { WorkerMessage, WorkerRequest } from '../engine/worker-protocol.ts';
import { thisMachine } from '../engine/machine.ts';

/** Runs the blocks that come, one after the other, until the input ends. Where nobody reads the output, it stops at once. */
export async function workOverStdio(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  const tell = (message: WorkerMessage): void => {
    output.write(`${JSON.stringify(message)}\n`);
  };
  const place = { machine: thisMachine(), shared: false };
  for await (const line of createInterface({ input })) {
    try {
      const { study, trials, sources, limits } = JSON.parse(line) as WorkerRequest;
      await childProcesses(study, limits, sources).runBlock(
        trials,
        {
          begin: (index) => tell({ kind: 'begin', index }),
          progress: (index, done) => tell({ kind: 'progress', index, done }),
          end: (index, outcome) => tell({ kind: 'end', index, outcome, place }),
          // The output is for what comes of the trials.
          note: (text) => console.error(text),
        },
        new AbortController().signal,
      );
      tell({ kind: 'done' });
    } catch (error) {
      tell({ kind: error instanceof RefusedError ? 'refused' : 'failed', why: (error as Error).message });
    }
  }
}
