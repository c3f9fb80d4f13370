/** The program of a child process: runs the trials that its parent sends, and tells how they ended. */
import type { BlockRequest, ChildMessage } from '../engine/child-processes.ts';
import { runTrial } from '../engine/measure.ts';
import { ownMetricsOf } from '../engine/runner.ts';
import type { Study } from '../engine/study.ts';
import { measureOf } from '../measures/index.ts';
import { loadStudy } from '../studies/load.ts';
import { loadSame } from './same-study.ts';

function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const { send } = process;
    if (send === undefined) throw new Error('This program is for a child process of hashgrad.');
    send.call(process, message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

async function run(request: BlockRequest): Promise<void> {
  const { study: reference, trials, sources } = request;
  let study: Study;
  if (sources === undefined) ({ study } = await loadStudy(reference));
  else {
    try {
      study = await loadSame(reference, sources);
      for (const { config } of trials) await measureOf(study).prepare?.(config);
    } catch (error) {
      await tell({ kind: 'refused', why: error instanceof Error ? error.message : String(error) });
      return process.disconnect?.();
    }
  }
  const definition = measureOf(study);
  for (const [index, trial] of trials.entries()) {
    await tell({ kind: 'begin', index });
    const outcome = await runTrial(definition, ownMetricsOf(study), trial, (done) =>
      tell({ kind: 'progress', index, done }),
    );
    await tell({ kind: 'end', index, outcome });
  }
  process.disconnect?.();
}

// Ctrl-C on a terminal reaches all processes; the parent decides what happens to this one.
process.on('SIGINT', () => {});
// A parent that was killed leaves nobody to work for.
process.on('disconnect', () => process.exit());
process.once('message', (request: BlockRequest) => {
  run(request).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
});
