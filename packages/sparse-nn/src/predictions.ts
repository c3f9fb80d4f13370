/** What predicting gives. */
import type { ClassRanking } from './best-classes.ts';
import type { Rankings } from './ranking-metrics.ts';
import type { Signal } from './signal.ts';

/** Row r has the classes ids[r * k] to ids[r * k + k - 1], best first, with their scores. */
export interface Predictions extends Rankings {
  /** Probabilities, in a sparse pass among the classes that were active; 0 where the id is -1. */
  readonly scores: Float32Array;
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

  /** Adds a batch: its best by the logits (probabilities may be equal), with what `scoresOf` gives, laid out like them. */
  add(ranking: ClassRanking, logits: Signal, batch: number, scoresOf: () => Float32Array): void {
    const { k } = this;
    const { ids, lengths, positions } = ranking.of(logits, batch);
    const scores = scoresOf();
    for (let s = 0; s < batch; s++) {
      const to = (this.#rows + s) * k;
      for (let i = 0; i < lengths[s]!; i++) {
        this.ids[to + i] = ids[s * k + i]!;
        this.scores[to + i] = scores[positions[s * k + i]!]!;
      }
    }
    this.#rows += batch;
  }
}
