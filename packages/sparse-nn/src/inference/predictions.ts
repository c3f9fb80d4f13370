/** What predicting gives. */
import type { BestClasses } from '../layers/best-classes.ts';
import type { Rankings } from '../evaluation/labelled.ts';
import type { DenseActivations } from '../layers/activations.ts';

/** Row r has the classes ids[r * k] to ids[r * k + k - 1], best first, with their scores. */
export interface Predictions extends Rankings {
  /** How many the network has: 1 of a single output, which ranks no classes. */
  readonly classes: number;
  /**
   * Probabilities: of a softmax in a sparse pass, among the classes that were active. Of a linear output, its values. 0
   * where the id is -1.
   */
  readonly scores: Float32Array;
}

/** Writes how all outputs of a batch score, row after row, from `first` on. @throws {RangeError} if one is no finite number. */
export function writeScores(
  made: Float32Array,
  first: number,
  outputs: DenseActivations,
  batch: number,
  score: (position: number) => number,
): void {
  const { stride, width } = outputs;
  for (let s = 0; s < batch; s++) {
    for (let u = 0; u < width; u++) {
      made[(first + s) * width + u] = finite(score(s * stride + u), first + s);
    }
  }
}

/** @throws {RangeError} unless a score of row `row` is finite. */
function finite(score: number, row: number): number {
  if (Number.isFinite(score)) return score;
  throw new RangeError(
    `The network's outputs for row ${row} are not finite: its inputs, or the network's weights, are too large for 32 bits.`,
  );
}

/** Predictions, filled batch by batch. */
export class PredictionList implements Predictions {
  readonly rows: number;
  readonly k: number;
  readonly classes: number;
  readonly ids: Int32Array;
  readonly scores: Float32Array;
  #rows = 0;

  constructor(rows: number, k: number, classes: number) {
    this.rows = rows;
    this.k = k;
    this.classes = classes;
    this.ids = new Int32Array(rows * k).fill(-1);
    this.scores = new Float32Array(rows * k);
  }

  /**
   * Adds a batch: its best by the outputs' values (probabilities may be equal), and how these score.
   * @throws {RangeError} if a score is no finite number.
   */
  add(best: BestClasses, batch: number, score: (position: number) => number): void {
    const { k } = this;
    const { ids, lengths, positions } = best;
    for (let s = 0; s < batch; s++) {
      const to = (this.#rows + s) * k;
      for (let i = 0; i < lengths[s]!; i++) {
        this.ids[to + i] = ids[s * k + i]!;
        this.scores[to + i] = finite(score(positions[s * k + i]!), this.#rows + s);
      }
    }
    this.#rows += batch;
  }
}
