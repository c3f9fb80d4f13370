/** The classes that a network finds most probable. */
import { ClassRanking } from '../layers/best-classes.ts';
import type { Piecewise } from '../layers/piecewise.ts';
import type { Inputs } from '../examples/examples.ts';
import { checkPass, type PassKind, type Passes } from '../passes/passes.ts';
import { checkOptions, shown, type Known } from '../spec/options.ts';
import { PredictionList, writeScores, type Predictions } from './predictions.ts';

/** How many classes are predicted, and which units compute. */
export interface PredictOptions {
  /** Classes for each row, best first: 1 (the default) to all. */
  readonly k?: number;
  /**
   * 'full' (the default): exact. 'sparse': the best of those that selectors choose, which takes time by their number and not
   * by that of all classes.
   */
  readonly pass?: PassKind;
}

const PREDICT_OPTIONS: Known<PredictOptions> = { k: true, pass: true };

/** The options with their defaults. @throws {RangeError} @throws {TypeError} if they do not fit. */
export function acceptPrediction(options: PredictOptions, classes: number): Required<PredictOptions> {
  checkOptions('predict', options, PREDICT_OPTIONS);
  const { k = 1, pass = 'full' } = options;
  checkClasses(k, classes);
  checkPass(pass);
  return { k, pass };
}

/** The best classes of all of accepted rows, batch by batch. */
export function* predicting(
  passes: Passes,
  inputs: Inputs,
  { k, pass }: Required<PredictOptions>,
): Piecewise<Predictions> {
  const { buffers, team } = passes;
  const { rows } = inputs;
  const chunk = passes.batchOf(pass);
  const permutation = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new PredictionList(rows, k, passes.classes);
  using ranking = new ClassRanking(team, chunk, k);
  for (let row = 0; row < rows; row += chunk) {
    const batch = Math.min(chunk, rows - row);
    passes.counts.paused(() => {
      buffers.loadInputs(inputs, permutation, row, batch);
      const outputs = passes.outputs(pass, batch);
      made.add(ranking.of(outputs, batch), batch, passes.loss.scores(outputs, batch));
    });
    yield;
  }
  return made;
}

/** All outputs of accepted rows, rows x units, batch by batch. */
export function* allOutputs(passes: Passes, inputs: Inputs): Piecewise<Float32Array> {
  const { rows } = inputs;
  const chunk = passes.fullBatch;
  const permutation = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new Float32Array(rows * passes.classes);
  for (let row = 0; row < rows; row += chunk) {
    const batch = Math.min(chunk, rows - row);
    passes.buffers.loadInputs(inputs, permutation, row, batch);
    const outputs = passes.forwardAll(batch);
    writeScores(made, row, outputs, batch, passes.loss.scores(outputs, batch));
    yield;
  }
  return made;
}

/** @throws {RangeError} unless `k` is a number of classes. */
function checkClasses(k: number, classes: number): void {
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) {
    throw new RangeError(`k is an integer from 1 to the network's ${classes} classes; got ${shown(k)}.`);
  }
}
