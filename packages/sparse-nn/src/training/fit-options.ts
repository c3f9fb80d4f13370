/** What `fit` is told and what it tells. */
import type { Examples } from '../examples/examples.ts';
import type { DiagnosticsOptions, LayerDiagnostics } from '../evaluation/diagnostics.ts';
import { EVALUATE_OPTIONS, type EvaluateOptions, type Evaluation } from '../evaluation/evaluate-options.ts';
import type { ExampleStream } from '../examples/example-stream.ts';
import { checkSignal, type Abortable } from '../passes/abort.ts';
import { checkBoolean, checkOptions, shown, type Known } from '../spec/options.ts';
import type { OnWarning } from './warnings.ts';
import type { WorkReport } from './work.ts';

/** A measure of an evaluation: 'loss', the lower the better; 'accuracy'; or a function, the higher the better. */
export type Metric = 'loss' | 'accuracy' | ((evaluation: Evaluation) => number);

/** When training ends before its last epoch (Prechelt 1998). */
export interface EarlyStopping {
  /** Epochs in a row that may bring nothing better, 1 or more: training stops after the last of them. */
  readonly patience: number;
  /** Default 'loss'. It has to be a finite number after each epoch. */
  readonly metric?: Metric;
  /** What counts as better: an improvement of more than this. Default 0. */
  readonly minDelta?: number;
  /**
   * Whether the best epoch's weights come back when the run ends, however it does: by patience, its epochs, `maxSteps`, a
   * `break`, a signal or an error. `resume` still goes on from where it was. Default false.
   */
  readonly restoreBest?: boolean;
}

/** Examples that are evaluated after each epoch, and how. */
export interface Validation extends EvaluateOptions {
  /** A stream is read anew after each epoch; a function is given the epoch's number. */
  readonly examples: Examples | ExampleStream;
}

/** Training rows that are evaluated after each epoch, and how. */
export interface TrainingEvaluation extends EvaluateOptions {
  /** The first so many of the training examples. Default: all. */
  readonly rows?: number;
}

/** How a stream of examples is shuffled, by the network's seed. */
export interface WindowOptions {
  /**
   * Rows that wait at a time, 1 or more: each that comes takes the place of one that is drawn from them. So a row comes at most
   * `window` - 1 places early, and there has to be room for up to three windows of rows.
   */
  readonly window: number;
}

/** Where and how often the network is saved while it is trained. */
export interface CheckpointOptions {
  /** The file, written anew each time: there is always a whole one. */
  readonly path: string;
  /** Steps of the run after which it is saved. */
  readonly everySteps?: number;
  /** Epochs of the run after which it is saved; it is when the run ends, too. Default 1. */
  readonly everyEpochs?: number;
}

/** How long a network is trained, and what is done besides. */
export interface FitOptions {
  /** Epochs of the run, those before it was interrupted included. */
  readonly epochs: number;
  /** Steps of the run, at most: it may end in the middle of an epoch. */
  readonly maxSteps?: number;
  /**
   * Asked after each step; where it holds, training ends, perhaps in the middle of an epoch. It is for budgets: of
   * work, say, or of seconds.
   */
  readonly until?: (spent: Spent) => boolean;
  /**
   * Goes on with a run that was interrupted, in the middle of an epoch if need be. It does not matter by what: a signal, an
   * error, a `break`, the end of the process. Begins a new run where there was none. Default false: a new run.
   */
  readonly resume?: boolean;
  /**
   * Whether each epoch takes the rows in an order of its own. false: as they come. Default true. Of a stream `{ window }` or
   * false, which has to be said.
   */
  readonly shuffle?: boolean | WindowOptions;
  /** Ends training between two steps: the iterator throws the signal's reason. `resume` goes on from there. */
  readonly signal?: Abortable;
  /** Evaluated after each epoch, into its report. */
  readonly validation?: Validation;
  /**
   * Instead of `validation`: the share of the examples that is not trained on but evaluated after each epoch, above 0 and below 1.
   * Which rows follows from the network's seed, as by `splitExamples`; so a run that is resumed holds the same ones back.
   */
  readonly validationSplit?: number;
  /** The training examples themselves, evaluated after each epoch as the validation is: `{}` for all of them. */
  readonly evaluateTraining?: TrainingEvaluation;
  /** Needs `validation` or `validationSplit`. */
  readonly earlyStopping?: EarlyStopping;
  /** Saves the network, and where the run is. */
  readonly checkpoint?: CheckpointOptions;
  /** What selectors choose, looked at after each epoch. */
  readonly diagnostics?: DiagnosticsOptions;
  /** Called after each step; training waits for what it returns. */
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  /** Called with each epoch's report before the iterator gives it; training waits for what it returns. */
  readonly onEpochEnd?: (report: EpochReport) => void | Promise<void>;
  /** Takes what there is to warn of, such as a rate that has ended at 0. Default: console.warn. */
  readonly onWarning?: OnWarning;
}

/** What the epoch that is under way has taken so far, as its report will say. */
export interface Spent {
  /** From 1. */
  readonly epoch: number;
  /** In multiply-adds: all parts and kinds of work together, by COST_WEIGHTS. */
  readonly work: number;
  readonly seconds: number;
}

/** One step of training. */
export interface StepReport {
  /** From 1, over the run. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly samples: number;
  /** Mean loss of the batch. */
  readonly loss: number;
}

/** One epoch of training. */
export interface EpochReport extends WorkReport {
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  readonly validation?: Evaluation;
  /** Of the training examples, where `evaluateTraining` asks for it. */
  readonly training?: Evaluation;
  /** Of the layers that select, the first first. */
  readonly diagnostics?: readonly LayerDiagnostics[];
  /** Why there will be no more, where it is not that all epochs are done. */
  readonly stopped?: 'earlyStopping' | 'maxSteps' | 'until';
}

/** A whole run of training. */
export interface History {
  /** A report for each epoch that this call trained, the first first. */
  readonly epochs: readonly EpochReport[];
  /** Why the run ended. */
  readonly stopped: 'epochs' | NonNullable<EpochReport['stopped']>;
}

const KNOWN: Known<FitOptions> = {
  epochs: true,
  maxSteps: true,
  until: true,
  resume: true,
  shuffle: true,
  signal: true,
  validation: true,
  validationSplit: true,
  evaluateTraining: true,
  earlyStopping: true,
  checkpoint: true,
  diagnostics: true,
  onStep: true,
  onEpochEnd: true,
  onWarning: true,
};

/** What other trainers call it. */
const HINTS: Readonly<Record<string, string>> = {
  batchSize: 'it is one of Network.create, Network.load and net.use',
  optimizer: "it is a part of the network's spec, and an option of Network.load and net.use",
  learningRate: "the rate is the optimizer's: `adam({ rate })`; net.use({ optimizer }) changes it",
  iterations: 'say how many `epochs`, or `maxSteps`',
  steps: 'say how many `epochs`, or `maxSteps`',
  validationData: 'give `validation: { examples }`',
  classWeight: 'the last layer has it: `softmax(classes, select, { classWeights })`',
  classWeights: 'the last layer has it: `softmax(classes, select, { classWeights })`',
  labelSmoothing: 'the last layer has it: `softmax(classes, select, { labelSmoothing })`',
  sampleWeight: 'the examples have it: `sampleWeights`, one a row',
  sampleWeights: 'the examples have it: `sampleWeights`, one a row',
  callbacks: 'give `onStep` and `onEpochEnd`',
  onBatchEnd: 'it is called `onStep`',
  patience: 'give `earlyStopping: { patience }`',
  verbose: 'print what `onEpochEnd` or the iteration gives',
};

/** @throws {RangeError} if a number is out of range, or what needs another option lacks it. @throws {TypeError} for what is no such option. */
export function checkFitOptions(options: FitOptions): void {
  checkOptions('fit', options, KNOWN, HINTS);
  const { epochs, maxSteps, shuffle = true, signal, validation, evaluateTraining, diagnostics } = options;
  count('epochs', epochs);
  if (maxSteps !== undefined) count('maxSteps', maxSteps);
  checkBoolean('resume', options.resume);
  if (typeof shuffle !== 'boolean') {
    checkOptions('shuffle', shuffle, { window: true });
    count("shuffle's window", shuffle.window);
  }
  checkSignal(signal);
  for (const name of ['until', 'onStep', 'onEpochEnd', 'onWarning'] as const) {
    const callback: unknown = options[name];
    if (callback !== undefined && typeof callback !== 'function') {
      throw new TypeError(`${name} is a function; got ${shown(callback)}.`);
    }
  }
  if (validation !== undefined) {
    checkOptions('validation', validation, { examples: true, ...EVALUATE_OPTIONS });
    if (options.validationSplit !== undefined) {
      throw new RangeError('Give either `validation` or `validationSplit`; got both.');
    }
  }
  if (evaluateTraining !== undefined) {
    checkOptions('evaluateTraining', evaluateTraining, { rows: true, ...EVALUATE_OPTIONS });
    if (evaluateTraining.rows !== undefined) count("evaluateTraining's rows", evaluateTraining.rows);
  }
  if (diagnostics !== undefined) checkOptions('diagnostics', diagnostics, { probe: true, rows: true });
  checkEarlyStopping(options);
  checkCheckpoint(options);
}

function checkEarlyStopping({ earlyStopping, validation, validationSplit }: FitOptions): void {
  if (earlyStopping === undefined) return;
  checkOptions('earlyStopping', earlyStopping, {
    patience: true,
    metric: true,
    minDelta: true,
    restoreBest: true,
  });
  const { patience, metric = 'loss', minDelta = 0, restoreBest } = earlyStopping;
  count("earlyStopping's patience", patience);
  if (!(Number.isFinite(minDelta) && minDelta >= 0)) {
    throw new RangeError(`minDelta is a finite number of 0 or more; got ${shown(minDelta)}.`);
  }
  if (typeof metric !== 'function' && metric !== 'loss' && metric !== 'accuracy') {
    throw new RangeError(`metric is 'loss', 'accuracy' or a function; got ${shown(metric)}.`);
  }
  checkBoolean('restoreBest', restoreBest);
  if (validation === undefined && validationSplit === undefined) {
    throw new RangeError('earlyStopping needs `validation` or `validationSplit`, whose metric it follows.');
  }
}

function checkCheckpoint({ checkpoint }: FitOptions): void {
  if (checkpoint === undefined) return;
  checkOptions('checkpoint', checkpoint, { path: true, everySteps: true, everyEpochs: true });
  const { path, everySteps, everyEpochs } = checkpoint;
  if (typeof path !== 'string' || path === '') {
    throw new RangeError(`A checkpoint's path is a file's; got ${shown(path)}.`);
  }
  if (everySteps !== undefined) count('everySteps', everySteps);
  if (everyEpochs !== undefined) count('everyEpochs', everyEpochs);
}

function count(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(`${name} is an integer of 1 or more; got ${shown(value)}.`);
  }
}
