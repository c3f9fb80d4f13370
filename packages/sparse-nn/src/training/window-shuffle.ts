/** The order of rows that come piece by piece: shuffled in a window, as by tf.data's shuffle. */
import type { RandomStream } from '@hashgrad/kernels';
import type { Examples } from '../examples/examples.ts';
import { gatherRows, type PieceRow } from '../examples/gather-rows.ts';
import type { RowOrder } from '../passes/stream-batches.ts';

/**
 * Keeps a window of rows. Each row that comes takes the place of one that is drawn from it, which is next. A row that waits keeps
 * its whole piece from being given back; so, once more than two windows of rows are kept, those that wait are copied.
 */
export class WindowShuffle implements RowOrder {
  readonly #window: number;
  readonly #draws: RandomStream;
  #waiting: PieceRow[] = [];
  /** Rows of the pieces that those that wait are from, at most. */
  #kept = 0;

  /** `window`: rows, 1 or more. */
  constructor(window: number, draws: RandomStream) {
    this.#window = window;
    this.#draws = draws;
  }

  /** The rows that are next once those of `piece` have come. */
  *add(piece: Examples): Generator<PieceRow, void, undefined> {
    if (this.#kept > 2 * this.#window) this.#copy();
    this.#kept += piece.rows;
    for (let row = 0; row < piece.rows; row++) {
      if (this.#waiting.length < this.#window) {
        this.#waiting.push({ piece, row });
        continue;
      }
      const at = this.#draws.integer(this.#window);
      yield this.#waiting[at]!;
      this.#waiting[at] = { piece, row };
    }
  }

  /** Those that still wait when all have come. */
  *rest(): Generator<PieceRow, void, undefined> {
    const waiting = this.#waiting;
    while (waiting.length > 0) {
      const at = this.#draws.integer(waiting.length);
      yield waiting[at]!;
      waiting[at] = waiting.at(-1)!;
      waiting.pop();
    }
  }

  #copy(): void {
    const piece = gatherRows(this.#waiting);
    this.#waiting = this.#waiting.map((_, row) => ({ piece, row }));
    this.#kept = piece.rows;
  }
}
