/** The training loop. */
import { checkFolderOf } from '@hashgrad/kernels';
import { CheckpointCadence } from './checkpoint-cadence.ts';
import { DivergenceError } from './divergence.ts';
import { bringBestBack, bringLatestBack, checkMetric, noteEpoch } from './early-stopping.ts';
import { isStream, type ExampleStream } from '../examples/example-stream.ts';
import { firstRows, type Examples } from '../examples/examples.ts';
import { checkSampleWeights } from '../examples/sample-weights.ts';
import { splitExamples } from '../examples/split.ts';
import { DiagnosticsProbe } from '../evaluation/diagnostics.ts';
import type { Engine } from './engine.ts';
import { checkEvaluation, measured, streamEvaluation } from '../evaluation/evaluate.ts';
import type { Evaluation } from '../evaluation/evaluate-options.ts';
import {
  checkFitOptions,
  type EpochReport,
  type FitOptions,
  type History,
  type Spent,
  type TrainingEvaluation,
  type Validation,
} from './fit-options.ts';
import { type Counts, PARTS, workOf } from '../layers/counts.ts';
import { inTurns, Turns } from '../passes/event-turns.ts';
import type { Passes } from '../passes/passes.ts';
import { checkSameExamples, endEpoch, newRun, type Run, type Training } from './run.ts';
import { checkReadable, StreamedExamples, WholeExamples, type Source } from './sources.ts';
import { acceptTraining, trainBatch } from './step.ts';
import { shown } from '../spec/options.ts';
import { warn } from './warnings.ts';
import { addWork, reportOf } from './work.ts';

/**
 * What `fit` gives: it trains as it is iterated, and gives a report after each epoch. It is no promise of them: one that is
 * awaited is refused, since nothing would be trained.
 */
export interface Fit extends AsyncGenerator<EpochReport, void, undefined> {
  /** Refuses to be awaited. */
  then(fulfilled: (none: never) => unknown, rejected: (reason: Error) => unknown): void;
}

const NOT_ITERATED =
  '`fit` trains as it is iterated: `for await (const report of net.fit(...))`. ' +
  'To train to the end and get all reports, `await net.train(...)`.';

/** Milliseconds after which a `fit` that nobody iterates is pointed out. */
const FORGOTTEN = 1000;

/** What of a network `fit` works on; `save` writes its checkpoint. */
export interface Trained {
  readonly engine: Engine;
  readonly training: Training;
  readonly save: (path: string) => void;
}

/** What one call of `fit` trains by. */
interface Plan extends Trained {
  readonly source: Source;
  readonly options: FitOptions;
  /** Training rows that are evaluated after each epoch. */
  readonly evaluated: Validation | undefined;
  readonly probe: DiagnosticsProbe | undefined;
  readonly warn: (message: string) => void;
}

/**
 * Checks all that it is given, and trains once it is iterated. Whatever interrupts it does so between two steps, where
 * `training.run` says what is done.
 * @throws {RangeError} @throws {TypeError}
 */
export function fit(trained: Trained, given: Examples | ExampleStream, options: FitOptions): Fit {
  checkFitOptions(options);
  const { engine } = trained;
  const { passes } = engine;
  const { evaluateTraining, diagnostics, onWarning = warn } = options;
  const { source, rows, held } = sourceOf(engine, given, options);
  const wanted = held ? { examples: held } : options.validation;
  const validation = wanted && acceptValidation(passes, wanted, options);
  const evaluated = rows && evaluateTraining && acceptEvaluated(passes, rows, evaluateTraining);
  checkMetric(passes, options);
  if (options.checkpoint) checkFolderOf(options.checkpoint.path);
  const probe = diagnostics && new DiagnosticsProbe(passes, rows, diagnostics);
  const forgotten = setTimeout(() => onWarning(`Nothing was trained: ${NOT_ITERATED}`), FORGOTTEN);
  const accepted = validation ? { ...options, validation } : options;
  const plan = { ...trained, source, options: accepted, evaluated, probe, warn: onWarning };
  const reports = trainEpochs(plan, () => clearTimeout(forgotten));
  return Object.assign(reports, {
    // oxlint-disable-next-line unicorn/no-thenable -- so that awaiting it says what is wrong
    then(_fulfilled: (none: never) => unknown, rejected: (reason: Error) => unknown): void {
      clearTimeout(forgotten);
      rejected(new TypeError(NOT_ITERATED));
    },
  });
}

/** What is trained on; its rows, if they are all here; and those that are held back from them. */
function sourceOf(
  engine: Engine,
  given: Examples | ExampleStream,
  options: FitOptions,
): { readonly source: Source; readonly rows?: Examples; readonly held?: Examples | undefined } {
  if (isStream(given)) return { source: new StreamedExamples(engine, given, options) };
  const { seed, batchSize } = engine.passes.options;
  const { validationSplit } = options;
  const whole = acceptTraining(engine, given);
  const [rows, held] =
    validationSplit === undefined ? [whole] : splitExamples(whole, validationSplit, { seed });
  return { source: new WholeExamples(rows, batchSize, options), rows, held };
}

/** @throws {RangeError} @throws {TypeError} if what is at hand of a validation does not fit the network. */
function acceptValidation(passes: Passes, given: Validation, { epochs }: FitOptions): Validation {
  const { examples, ...how } = given;
  checkEvaluation(passes, how);
  if (!isStream(examples)) return { ...how, examples: passes.acceptExamples(examples) };
  checkReadable(examples, epochs, 'The stream of the validation');
  return given;
}

/** @throws {RangeError} @throws {TypeError} if training rows cannot be evaluated so. */
function acceptEvaluated(passes: Passes, given: Examples, options: TrainingEvaluation): Validation {
  const { rows, ...how } = options;
  const examples = firstRows(given, rows);
  checkEvaluation(passes, how);
  checkSampleWeights(examples);
  return { ...how, examples };
}

/** Trains to the end. @throws as `fit`, and what ends it early. */
export async function train(
  trained: Trained,
  examples: Examples | ExampleStream,
  options: FitOptions,
): Promise<History> {
  const epochs: EpochReport[] = [];
  for await (const report of fit(trained, examples, options)) epochs.push(report);
  const { run } = trained.training;
  const stopped = epochs.at(-1)?.stopped ?? (run && stopOf(run, options, false));
  return { epochs, stopped: stopped ?? 'epochs' };
}

async function* trainEpochs(plan: Plan, started: () => void): AsyncGenerator<EpochReport, void, undefined> {
  started();
  const { engine, training, source, options, evaluated, probe } = plan;
  const { maxSteps = Infinity, until, signal, validation, earlyStopping } = options;
  const { passes } = engine;
  passes.alive();
  // For the look at the last step: memory that is short is told of before anything is trained.
  passes.reserveFull();
  const run = begin(plan);
  const cadence = new CheckpointCadence(options.checkpoint, plan.save);
  const turns = new Turns();
  const goOn = (): void => takenOver(training, run, engine);
  const measure = ({ examples: rows, ...how }: Validation): Promise<Evaluation> => {
    if (!isStream(rows)) return inTurns(measured(passes, rows, how), turns, goOn, signal);
    const { epoch } = run;
    const stream = { stream: rows, epoch, name: `the validation of epoch ${epoch}` };
    return streamEvaluation(passes, stream, how, turns, goOn, signal);
  };
  const warnOfRate = once(() => plan.warn(engine.rateWarning()));
  let over = false;
  try {
    while (isLeft(run, options) && !over) {
      const batches = source.batches(run, training);
      if (run.epochSteps === 0) passes.counts.reset();
      let complete = false;
      try {
        while (!complete && !over && run.steps < maxSteps) {
          signal?.throwIfAborted();
          const { value: batch } = await batches.next();
          goOn();
          if (!batch) {
            complete = true;
            break;
          }
          if (engine.nextRate === 0) warnOfRate();
          const { examples, permutation, first, count, isLast } = batch;
          const work = trainBatch(engine, examples, permutation, first, count);
          run.work = addWork(run.work, work);
          run.position += count;
          run.steps++;
          run.epochSteps++;
          complete = isLast;
          const epochEnds = complete || run.steps === maxSteps;
          over = until ? isOver(until(spentOf(run, passes.counts))) : false;
          if (cadence.isDue(run.steps) || over || (epochEnds && mayEnd(run, plan)))
            engine.checkUpdated(count);
          cadence.afterStep(run.steps);
          await options.onStep?.({
            step: run.steps,
            epoch: run.epoch,
            samples: count,
            loss: work.loss / count,
          });
          await turns.giveIfDue();
          goOn();
        }
      } finally {
        // A stream that was not read to its end is told so.
        await batches.return();
      }
      const counts = passes.counts.get();
      const validated = complete && validation && (await measure(validation));
      const trained = complete && evaluated && (await measure(evaluated));
      goOn();
      const { epoch, epochSteps: steps, position, work } = run;
      const report = { epoch, steps, ...reportOf(passes.layers, work, position, counts) };
      if (complete) {
        if (validated && earlyStopping) noteEpoch(training, run, passes.layers, validated, earlyStopping);
        endEpoch(run);
      }
      const ended = over || !isLeft(run, options);
      const diagnostics = complete && probe ? { diagnostics: probe.look() } : {};
      if (ended) endWithBest(plan);
      cadence.afterEpoch(epoch, ended);
      const stopped = stopOf(run, options, over);
      const full: EpochReport = {
        ...report,
        ...(validated && { validation: validated }),
        ...(trained && { training: trained }),
        ...diagnostics,
        ...(stopped && { stopped }),
      };
      await options.onEpochEnd?.(full);
      yield full;
      await turns.give();
      goOn();
    }
  } catch (error) {
    // Where the weights are ruined there is nothing to go on from but the best.
    if (error instanceof DivergenceError) endWithBest(plan, true);
    throw error;
  } finally {
    if (training.run === run && passes.open) endWithBest(plan);
  }
}

function isLeft(run: Run, { epochs, maxSteps = Infinity }: FitOptions): boolean {
  return run.epoch <= epochs && !run.stopped && run.steps < maxSteps;
}

/** Whether the epoch whose last step was just taken may be the run's last, or is to be saved. */
function mayEnd(run: Run, { options }: Plan): boolean {
  const { epochs, maxSteps, earlyStopping, checkpoint } = options;
  return run.epoch === epochs || run.steps === maxSteps || Boolean(earlyStopping ?? checkpoint);
}

/** Why the run ends before its epochs do, if it does. */
function stopOf(
  run: Run,
  { epochs, maxSteps = Infinity }: FitOptions,
  over: boolean,
): EpochReport['stopped'] {
  if (run.stopped) return 'earlyStopping';
  if (run.epoch > epochs) return undefined;
  return run.steps >= maxSteps ? 'maxSteps' : over ? 'until' : undefined;
}

/** @throws {TypeError} unless it is what `until` gives: a promise would always hold. */
function isOver(given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  throw new TypeError(`until gives true or false; got ${shown(given)}.`);
}

function spentOf({ epoch, work }: Run, counts: Counts): Spent {
  return { epoch, seconds: work.seconds, work: workOf(counts.get(), PARTS) };
}

/** `forget`: whether the weights of before are of no use. */
function endWithBest({ engine, training, options }: Plan, forget: boolean = false): void {
  if (!options.earlyStopping?.restoreBest) return;
  bringBestBack(training, engine.passes);
  if (forget) training.latest = undefined;
}

/** The run to continue, or a new one. */
function begin({ engine, training, source, options }: Plan): Run {
  const { resume = false, earlyStopping } = options;
  const { run: before } = training;
  if (resume && before) {
    checkSameExamples(before, source.shape);
    // It was stopped by a patience that may be larger now.
    before.stopped &&= earlyStopping !== undefined && before.stopping.waited >= earlyStopping.patience;
    if (isLeft(before, options)) bringLatestBack(training, engine.passes);
  } else {
    training.run = newRun(source.shape);
    training.best = undefined;
    training.latest = undefined;
    engine.passes.counts.reset();
  }
  // A copy, so that an iterator that was left alone notices that this one took over.
  return (training.run = { ...training.run! });
}

/** @throws {Error} if the network was disposed meanwhile, or another `fit` began: two would write over each other. */
function takenOver(training: Training, run: Run, engine: Engine): void {
  if (!training.run)
    throw new Error('This network was given to `use`; this run of `fit` is over: `resume` it.');
  engine.passes.alive();
  if (training.run !== run)
    throw new Error('Another run of `fit` has begun on this network; this one is over.');
}

/** Does `work` the first time only. */
function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
