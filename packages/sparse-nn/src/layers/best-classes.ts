/** The classes that a batch of logits ranks highest. */
import { bestOfRows, type Team } from '@hashgrad/kernels';
import type { Activations } from './activations.ts';

/** The best classes of a batch: sample s has ids[s * k] to ids[s * k + lengths[s] - 1], best first. */
export interface BestClasses {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /** Where each stands in the arrays of the logits. */
  readonly positions: Int32Array;
}

/** Finds the `k` best of batches, in a kernel: what a row of 100,000 logits is read for once. */
export class ClassRanking implements Disposable {
  readonly k: number;
  readonly #team: Team;
  readonly #ids: Int32Array;
  readonly #positions: Int32Array;
  readonly #lengths: Int32Array;

  /** Room for batches of `batch` samples. */
  constructor(team: Team, batch: number, k: number) {
    this.#team = team;
    this.k = k;
    this.#ids = new Int32Array(batch * k);
    this.#positions = team.arena.int32(batch * k);
    this.#lengths = team.arena.int32(batch);
  }

  /** The best of a batch, good until the next. Among equals the lower ids come first. */
  of(logits: Activations, batch: number): BestClasses {
    const { k } = this;
    const sparse = logits.kind === 'sparse';
    const { values, width } = logits;
    const rows = {
      values,
      width,
      ...(sparse ? { offsets: logits.offsets, stride: 0 } : { stride: logits.stride }),
    };
    bestOfRows(this.#team, { positions: this.#positions, lengths: this.#lengths, ...rows, k }, batch);
    for (let s = 0; s < batch; s++) {
      for (let i = s * k; i < s * k + this.#lengths[s]!; i++) {
        const position = this.#positions[i]!;
        this.#ids[i] = sparse ? logits.ids[position]! : position - s * logits.stride;
      }
    }
    return { ids: this.#ids, lengths: this.#lengths, positions: this.#positions };
  }

  [Symbol.dispose](): void {
    this.#team.arena.free(this.#positions);
    this.#team.arena.free(this.#lengths);
  }
}
