/** The training loop. */
import { resumeStream } from '@hashgrad/kernels';
import { isBetter, restoreBest, takeSnapshot } from './early-stopping.ts';
import { checkAnswers, checkLabelCounts, type Examples } from '../examples/examples.ts';
import { DiagnosticsProbe } from '../evaluation/diagnostics.ts';
import type { Engine } from './engine.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { checkFitOptions, type EpochReport, type FitOptions } from './fit-options.ts';
import { checkSameExamples, endEpoch, newRun, shuffled, type Run, type Training } from './run.ts';
import { activeUnits } from '../layers/signal.ts';

/** Milliseconds after which timers, signals and the screen have their turn. */
const TURN = 50;

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
  const { epochs, maxSteps = Infinity, signal, validation, checkpoint, onStep, onEpochEnd } = options;
  check(engine, examples);
  if (validation) check(engine, validation.examples, false);
  const probe = options.diagnostics && new DiagnosticsProbe(engine.passes, examples, options.diagnostics);
  const run = begin(engine, training, examples, options.resume ?? false);
  let turn = performance.now();
  while (run.epoch <= epochs && !run.stopped && run.steps < maxSteps) {
    const order = orderOf(run, training, examples.rows);
    if (run.epochSteps === 0) engine.passes.counts.reset();
    while (run.position < examples.rows && run.steps < maxSteps) {
      signal?.throwIfAborted();
      const batch = Math.min(engine.passes.options.batchSize, examples.rows - run.position);
      const loss = step(engine, run, examples, order, batch);
      if (checkpoint?.everySteps && run.steps % checkpoint.everySteps === 0) save(checkpoint.path);
      await onStep?.({ step: run.steps, epoch: run.epoch, samples: batch, loss: loss / batch });
      if (performance.now() - turn > TURN) {
        await giveTurn();
        turn = performance.now();
      }
      takenOver(training, run, engine);
    }
    const complete = run.position === examples.rows;
    const evaluation = complete && validation && evaluate(engine.passes, validation.examples, validation);
    const report = reportOf(engine, run);
    if (complete) {
      if (evaluation && options.earlyStopping) {
        const { patience, restoreBest: wanted } = options.earlyStopping;
        if (isBetter(run.stopping, evaluation, options.earlyStopping)) {
          if (wanted) training.best = takeSnapshot(engine.passes.layers);
        } else if (run.stopping.waited >= patience) run.stopped = true;
        if ((run.stopped || run.epoch === epochs) && training.best)
          restoreBest(engine.passes.layers, training.best);
      }
      endEpoch(run);
    }
    const stopped = run.stopped
      ? 'earlyStopping'
      : run.epoch <= epochs && run.steps >= maxSteps
        ? 'maxSteps'
        : '';
    const ended = stopped !== '' || run.epoch > epochs;
    const everyEpochs = checkpoint?.everyEpochs ?? (checkpoint?.everySteps ? Infinity : 1);
    if (checkpoint && (ended || report.epoch % everyEpochs === 0)) save(checkpoint.path);
    const full: EpochReport = {
      ...report,
      ...(evaluation && { validation: evaluation }),
      ...(complete && probe && { diagnostics: probe.look() }),
      ...(stopped && { stopped }),
    };
    await onEpochEnd?.(full);
    yield full;
    await giveTurn();
    turn = performance.now();
    takenOver(training, run, engine);
  }
}

function check(engine: Engine, examples: Examples, trained: boolean = true): void {
  engine.passes.check(examples);
  checkAnswers(examples, engine.passes.classes, engine.passes.loss.kind);
  const { selector, output } = engine.passes.layers.at(-1)!;
  if (trained) checkLabelCounts(examples, selector?.most ?? output.width);
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
function orderOf(run: Run, training: Training, rows: number): Int32Array {
  if (run.order) return shuffled(rows, resumeStream(run.order));
  run.order = training.shuffle.state();
  return shuffled(rows, training.shuffle);
}

function step(engine: Engine, run: Run, examples: Examples, order: Int32Array, batch: number): number {
  const start = performance.now();
  engine.passes.buffers.load(examples, order, run.position, batch);
  const loss = engine.train(batch);
  run.loss += loss;
  for (const { output } of engine.passes.layers.slice(0, -1)) run.active += activeUnits(output, batch);
  run.position += batch;
  run.steps++;
  run.epochSteps++;
  run.seconds += (performance.now() - start) / 1000;
  return loss;
}

function reportOf(engine: Engine, run: Run): Omit<EpochReport, 'validation' | 'diagnostics' | 'stopped'> {
  const { layers, spec, counts } = engine.passes;
  const units = layers.slice(0, -1).reduce((total, { output }) => total + output.width, 0);
  const selectors = layers.flatMap(({ selector }) => selector ?? []);
  const padded = selectors.reduce((total, { paddedShare }) => total + paddedShare, 0);
  const { multiplyAdds, seconds } = counts.get();
  return {
    epoch: run.epoch,
    steps: run.epochSteps,
    samples: run.position,
    loss: run.loss / run.position,
    seconds: run.seconds,
    multiplyAdds,
    partSeconds: seconds,
    activeShare: spec.layers.length === 1 ? 1 : run.active / (units * run.position),
    paddedShare: selectors.length === 0 ? 0 : padded / selectors.length,
  };
}

/** @throws {Error} if the network was disposed meanwhile, or another `fit` began: two would write over each other. */
function takenOver(training: Training, run: Run, engine: Engine): void {
  engine.passes.alive();
  if (training.run !== run)
    throw new Error('Another run of `fit` has begun on this network; this one is over.');
}

/** Timers, signals and the screen have their turn. */
function giveTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Where there is setImmediate it does not wait as timers do.
    if (typeof globalThis.setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve);
  });
}
