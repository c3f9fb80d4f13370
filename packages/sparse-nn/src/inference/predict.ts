/** The classes that a network finds most probable. */
import { ClassRanking } from '../layers/best-classes.ts';
import type { Inputs } from '../examples/examples.ts';
import type { PassKind, Passes } from '../passes/passes.ts';
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

/** @throws {RangeError} if the rows or the options do not fit. */
export function predict(passes: Passes, inputs: Inputs, options: PredictOptions = {}): Predictions {
  const { k = 1, pass = 'full' } = options;
  const { buffers, team } = passes;
  const { rows } = inputs;
  passes.check(inputs);
  checkClasses(k, passes.classes);
  const chunk = passes.batchOf(pass);
  const permutation = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new PredictionList(rows, k);
  using ranking = new ClassRanking(team, chunk, k);
  passes.counts.paused(() => {
    for (let row = 0; row < rows; row += chunk) {
      const batch = Math.min(chunk, rows - row);
      buffers.loadInputs(inputs, permutation, row, batch);
      const outputs = passes.outputs(pass, batch);
      made.add(ranking.of(outputs, batch), batch, passes.loss.scores(outputs, batch));
    }
  });
  return made;
}

/** All outputs, rows x units. @throws {RangeError} if the rows do not fit. */
export function outputsOf(passes: Passes, inputs: Inputs): Float32Array {
  const { rows } = inputs;
  passes.check(inputs);
  const chunk = passes.fullBatch;
  const permutation = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new Float32Array(rows * passes.classes);
  for (let row = 0; row < rows; row += chunk) {
    const batch = Math.min(chunk, rows - row);
    passes.buffers.loadInputs(inputs, permutation, row, batch);
    const outputs = passes.forwardAll(batch);
    writeScores(made, row, outputs, batch, passes.loss.scores(outputs, batch));
  }
  return made;
}

/** @throws {RangeError} unless `k` is a number of classes. */
export function checkClasses(k: number, classes: number): void {
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) {
    throw new RangeError(`k is an integer from 1 to the network's ${classes} classes; got ${k}.`);
  }
}
