/** What predicts: a network that is trained, and one that is frozen. */
import { Resource } from '@hashgrad/kernels';
import type { Inputs } from '../examples/examples.ts';
import { atOnce, type Piecewise } from '../layers/piecewise.ts';
import type { AsyncOptions } from '../passes/abort.ts';
import { inTurns, Turns } from '../passes/event-turns.ts';
import { checkOptions, optionsOf } from '../spec/options.ts';
import type { PredictOptions } from './predict.ts';
import type { Predictions } from './predictions.ts';

/** Predictions at once, and with turns for others. */
export abstract class Predictor extends Resource {
  /**
   * The most probable classes of each row. A single output ranks no classes: see `outputs`.
   * @throws {RangeError} @throws {TypeError} if the rows or the options do not fit, or an output is not finite.
   */
  predict(inputs: Inputs, options: PredictOptions = {}): Predictions {
    return atOnce(this.predicting(inputs, options));
  }

  /** The same, with turns for timers, signals and the screen every 50 ms. @throws as `predict`, and the signal's reason. */
  async predictAsync(inputs: Inputs, options: PredictOptions & AsyncOptions = {}): Promise<Predictions> {
    const { signal, ...how } = optionsOf('predictAsync', options);
    return this.inTurns(this.predicting(inputs, how), signal);
  }

  /**
   * All outputs of each row, rows x units: probabilities of a softmax or of sigmoid outputs, the numbers of a linear output.
   * @throws {RangeError} @throws {TypeError} if the rows do not fit, or an output is not finite.
   */
  outputs(inputs: Inputs): Float32Array {
    return atOnce(this.allOutputs(inputs));
  }

  /** The same, with turns for timers, signals and the screen every 50 ms. @throws as `outputs`, and the signal's reason. */
  async outputsAsync(inputs: Inputs, options: AsyncOptions = {}): Promise<Float32Array> {
    checkOptions('outputsAsync', options, { signal: true });
    return this.inTurns(this.allOutputs(inputs), options.signal);
  }

  /** What `predict` does, in pieces. */
  protected abstract predicting(inputs: Inputs, options: PredictOptions): Piecewise<Predictions>;

  /** What `outputs` does, in pieces. */
  protected abstract allOutputs(inputs: Inputs): Piecewise<Float32Array>;

  /** What throws as soon as work that begins now cannot go on. */
  protected abstract guard(): () => void;

  /** Does work in turns with others. */
  protected inTurns<T>(work: Piecewise<T>, signal: AsyncOptions['signal']): Promise<T> {
    return inTurns(work, new Turns(), this.guard(), signal);
  }
}
