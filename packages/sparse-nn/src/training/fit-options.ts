/** What `fit` is told and what it tells. */
import type { Examples } from '../examples/examples.ts';
import type { DiagnosticsOptions, LayerDiagnostics } from '../evaluation/diagnostics.ts';
import type { EvaluateOptions, Evaluation } from '../evaluation/evaluate.ts';
import type { WorkReport } from './work.ts';

/** A measure of an evaluation: 'loss', the lower the better; 'accuracy'; or a function, the higher the better. */
export type Metric = 'loss' | 'accuracy' | ((evaluation: Evaluation) => number);

/** When training ends before its last epoch (Prechelt 1998). */
export interface EarlyStopping {
  /** Epochs in a row that may bring nothing better, 1 or more: training stops after the last of them. */
  readonly patience: number;
  /** Default 'loss'. */
  readonly metric?: Metric;
  /** What counts as better: an improvement of more than this. Default 0. */
  readonly minDelta?: number;
  /** Whether the best epoch's weights come back when the run ends, by patience or by its epochs. Default false. */
  readonly restoreBest?: boolean;
}

/** Examples that are evaluated after each epoch, and how. */
export interface Validation extends EvaluateOptions {
  readonly examples: Examples;
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

/**
 * What training uses of an AbortSignal. AbortSignal's own type comes with the DOM's, which programs for servers leave out.
 */
export interface Abortable {
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
}

/** How long a network is trained, and what is done besides. */
export interface FitOptions {
  /** Epochs of the run, those before it was interrupted included. */
  readonly epochs: number;
  /** Steps of the run, at most: it may end in the middle of an epoch. */
  readonly maxSteps?: number;
  /**
   * Goes on with a run that was interrupted, in the middle of an epoch if need be. It does not matter by what: a signal, an
   * error, a `break`, the end of the process. Begins a new run where there was none. Default false: a new run.
   */
  readonly resume?: boolean;
  /** Ends training between two steps: the iterator throws the signal's reason. `resume` goes on from there. */
  readonly signal?: Abortable;
  /** Evaluated after each epoch, into its report. */
  readonly validation?: Validation;
  /** Needs `validation`. */
  readonly earlyStopping?: EarlyStopping;
  /** Saves the network, and where the run is. */
  readonly checkpoint?: CheckpointOptions;
  /** What selectors choose, looked at after each epoch. */
  readonly diagnostics?: DiagnosticsOptions;
  /** Called after each step; training waits for what it returns. */
  readonly onStep?: (report: StepReport) => void | Promise<void>;
  /** Called with each epoch's report before the iterator gives it; training waits for what it returns. */
  readonly onEpochEnd?: (report: EpochReport) => void | Promise<void>;
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
  /** Of the layers that select, the first first. */
  readonly diagnostics?: readonly LayerDiagnostics[];
  /** Why there will be no more, where it is not that all epochs are done. */
  readonly stopped?: 'earlyStopping' | 'maxSteps';
}

/** @throws {RangeError} if a number is out of range, or what needs another option lacks it. */
export function checkFitOptions(options: FitOptions): void {
  const { epochs, maxSteps, earlyStopping, validation, checkpoint } = options;
  atLeast1('Epochs are', epochs);
  if (maxSteps !== undefined) atLeast1('maxSteps is', maxSteps);
  if (earlyStopping) {
    const { patience, metric = 'loss', minDelta = 0 } = earlyStopping;
    atLeast1('patience is', patience);
    if (!(minDelta >= 0 && minDelta < Infinity)) {
      throw new RangeError(`minDelta is 0 or more; got ${minDelta}.`);
    }
    if (typeof metric !== 'function' && metric !== 'loss' && metric !== 'accuracy') {
      throw new RangeError(`metric is 'loss', 'accuracy' or a function; got '${String(metric)}'.`);
    }
    if (!validation) throw new RangeError('earlyStopping needs `validation`, whose metric it follows.');
  }
  if (checkpoint) {
    const { path, everySteps, everyEpochs } = checkpoint;
    if (typeof path !== 'string' || path === '') {
      throw new RangeError(`A checkpoint's path is a file's; got '${String(path)}'.`);
    }
    if (everySteps !== undefined) atLeast1('everySteps is', everySteps);
    if (everyEpochs !== undefined) atLeast1('everyEpochs is', everyEpochs);
  }
}

function atLeast1(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(`${name} 1 or more; got ${value}.`);
  }
}
