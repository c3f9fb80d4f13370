/** The classes that a network finds most probable. */
import { ClassRanking } from '../layers/best-classes.ts';
import type { Inputs } from '../examples/examples.ts';
import type { Engine } from '../training/engine.ts';
import { passBatch, type PassKind } from '../evaluation/evaluate.ts';
import { PredictionList, writeScores, type Predictions } from './predictions.ts';

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
export function predict(engine: Engine, inputs: Inputs, options: PredictOptions = {}): Predictions {
  const { k = 1, pass } = options;
  const { buffers, team } = engine;
  const { rows } = inputs;
  engine.check(inputs);
  checkClasses(k, engine.classes);
  const chunk = passBatch(engine, pass);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new PredictionList(rows, k);
  using ranking = new ClassRanking(team, chunk, k);
  engine.counts.paused(() => {
    for (let row = 0; row < rows; row += chunk) {
      const batch = Math.min(chunk, rows - row);
      buffers.loadInputs(inputs, order, row, batch);
      const outputs = pass === 'sparse' ? engine.forward(batch, false) : engine.forwardAll(batch);
      made.add(ranking.of(outputs, batch), batch, engine.loss.scores(outputs, batch));
    }
  });
  return made;
}

/** All outputs, rows x units. @throws {RangeError} if the rows do not fit. */
export function outputsOf(engine: Engine, inputs: Inputs): Float32Array {
  const { rows } = inputs;
  engine.check(inputs);
  const chunk = engine.fullBatch;
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const made = new Float32Array(rows * engine.classes);
  for (let row = 0; row < rows; row += chunk) {
    const batch = Math.min(chunk, rows - row);
    engine.buffers.loadInputs(inputs, order, row, batch);
    const outputs = engine.forwardAll(batch);
    writeScores(made, row, outputs, batch, engine.loss.scores(outputs, batch));
  }
  return made;
}

/** @throws {RangeError} unless `k` is a number of classes. */
export function checkClasses(k: number, classes: number): void {
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) {
    throw new RangeError(`k is an integer from 1 to the network's ${classes} classes; got ${k}.`);
  }
}
