/** What predicting gives. */
import type { BestClasses } from '../layers/best-classes.ts';
import type { Rankings } from '../evaluation/ranking-metrics.ts';
import type { DenseActivations } from '../layers/activations.ts';

/** Row r has the classes ids[r * k] to ids[r * k + k - 1], best first, with their scores. */
export interface Predictions extends Rankings {
  /**
   * Probabilities: of a softmax in a sparse pass, among the classes that were active. Of a linear output, its values. 0
   * where the id is -1.
   */
  readonly scores: Float32Array;
}

/** Writes how all outputs of a batch score, row after row, from `first` on. */
export function writeScores(
  made: Float32Array,
  first: number,
  outputs: DenseActivations,
  batch: number,
  score: (position: number) => number,
): void {
  const { stride, width } = outputs;
  for (let s = 0; s < batch; s++) {
    for (let u = 0; u < width; u++) made[(first + s) * width + u] = score(s * stride + u);
  }
}

/** Predictions, filled batch by batch. */
export class PredictionList implements Predictions {
  readonly rows: number;
  readonly k: number;
  readonly ids: Int32Array;
  readonly scores: Float32Array;
  #rows = 0;

  constructor(rows: number, k: number) {
    this.rows = rows;
    this.k = k;
    this.ids = new Int32Array(rows * k).fill(-1);
    this.scores = new Float32Array(rows * k);
  }

  /** Adds a batch: its best by the outputs' values (probabilities may be equal), and how these score. */
  add(best: BestClasses, batch: number, score: (position: number) => number): void {
    const { k } = this;
    const { ids, lengths, positions } = best;
    for (let s = 0; s < batch; s++) {
      const to = (this.#rows + s) * k;
      for (let i = 0; i < lengths[s]!; i++) {
        this.ids[to + i] = ids[s * k + i]!;
        this.scores[to + i] = score(positions[s * k + i]!);
      }
    }
    this.#rows += batch;
  }
}
