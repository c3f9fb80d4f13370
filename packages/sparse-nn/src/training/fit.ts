/** The training loop. */
import { resumeStream } from '@hashgrad/kernels';
import { CheckpointCadence } from './checkpoint-cadence.ts';
import { endEpochEarly } from './early-stopping.ts';
import type { Examples } from '../examples/examples.ts';
import { DiagnosticsProbe } from '../evaluation/diagnostics.ts';
import type { Engine } from './engine.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { checkFitOptions, type EpochReport, type FitOptions } from './fit-options.ts';
import { checkSameExamples, endEpoch, newRun, shuffled, type Run, type Training } from './run.ts';
import { checkExamples, trainBatch } from './step.ts';
import { Turns } from './turns.ts';
import { addWork, reportOf } from './work.ts';

/**
 * Trains as it is iterated, and gives a report after each epoch. `save` writes the checkpoint. Whatever interrupts it does so
 * between two steps, where `training.run` says what is done.
 */
export async function* fit(
  engine: Engine,
  training: Training,
  examples: Examples,
  options: FitOptions,
  save: (path: string) => void,
): AsyncGenerator<EpochReport, void, undefined> {
  checkFitOptions(options);
  const { epochs, maxSteps = Infinity, signal, validation, earlyStopping, onStep, onEpochEnd } = options;
  const { passes } = engine;
  checkExamples(engine, examples, true);
  if (validation) checkExamples(engine, validation.examples, false);
  const probe = options.diagnostics && new DiagnosticsProbe(passes, examples, options.diagnostics);
  const run = begin(engine, training, examples, options.resume ?? false);
  const cadence = new CheckpointCadence(options.checkpoint, save);
  const turns = new Turns();
  while (run.epoch <= epochs && !run.stopped && run.steps < maxSteps) {
    const permutation = permutationOf(run, training, examples.rows);
    if (run.epochSteps === 0) passes.counts.reset();
    while (run.position < examples.rows && run.steps < maxSteps) {
      signal?.throwIfAborted();
      const batch = Math.min(passes.options.batchSize, examples.rows - run.position);
      const work = trainBatch(engine, examples, permutation, run.position, batch);
      run.work = addWork(run.work, work);
      run.position += batch;
      run.steps++;
      run.epochSteps++;
      cadence.afterStep(run.steps);
      await onStep?.({ step: run.steps, epoch: run.epoch, samples: batch, loss: work.loss / batch });
      await turns.giveIfDue();
      takenOver(training, run, engine);
    }
    const complete = run.position === examples.rows;
    const evaluation = complete && validation && evaluate(passes, validation.examples, validation);
    const { epoch, epochSteps: steps, position, work } = run;
    const report = { epoch, steps, ...reportOf(passes.layers, work, position, passes.counts.get()) };
    if (complete) {
      if (evaluation && earlyStopping) {
        endEpochEarly(training, run, passes.layers, evaluation, earlyStopping, epoch === epochs);
      }
      endEpoch(run);
    }
    const stopped = stopOf(run, epochs, maxSteps);
    cadence.afterEpoch(epoch, stopped !== undefined || run.epoch > epochs);
    const full: EpochReport = {
      ...report,
      ...(evaluation && { validation: evaluation }),
      ...(complete && probe && { diagnostics: probe.look() }),
      ...(stopped && { stopped }),
    };
    await onEpochEnd?.(full);
    yield full;
    await turns.give();
    takenOver(training, run, engine);
  }
}

/** Why the run ends before its epochs do, if it does. */
function stopOf(run: Run, epochs: number, maxSteps: number): EpochReport['stopped'] {
  if (run.stopped) return 'earlyStopping';
  return run.epoch <= epochs && run.steps >= maxSteps ? 'maxSteps' : undefined;
}

/** The run to continue, or a new one. */
function begin(engine: Engine, training: Training, examples: Examples, resume: boolean): Run {
  if (resume && training.run) checkSameExamples(training.run, examples);
  else {
    training.run = newRun(examples);
    training.best = undefined;
    engine.passes.counts.reset();
  }
  // A copy, so that an iterator that was left alone notices that this one took over.
  return (training.run = { ...training.run });
}

/** The order of the epoch that begins, or, in the middle of one, the same again. */
function permutationOf(run: Run, training: Training, rows: number): Int32Array {
  if (run.shuffleState) return shuffled(rows, resumeStream(run.shuffleState));
  run.shuffleState = training.shuffle.state();
  return shuffled(rows, training.shuffle);
}

/** @throws {Error} if the network was disposed meanwhile, or another `fit` began: two would write over each other. */
function takenOver(training: Training, run: Run, engine: Engine): void {
  engine.passes.alive();
  if (training.run !== run)
    throw new Error('Another run of `fit` has begun on this network; this one is over.');
}
