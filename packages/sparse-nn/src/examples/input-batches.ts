/** Rows in the arena, a batch at a time, for predictions: of inputs of any number of non-zeros. */
import type { Arena } from '@hashgrad/kernels';
import { isSparse, type Inputs } from './examples.ts';
import { loadRows } from './load-rows.ts';
import {
  denseActivations,
  freeActivations,
  sparseActivations,
  type Activations,
} from '../layers/activations.ts';

export class InputBatches implements Disposable {
  readonly #arena: Arena;
  readonly #rows: Int32Array;
  #activations: Activations;

  /** Batches of `batch` rows at most. */
  constructor(arena: Arena, batch: number, inputs: number, sparse: boolean) {
    this.#arena = arena;
    this.#rows = new Int32Array(batch);
    this.#activations = sparse
      ? sparseActivations(arena, batch, inputs, 0, false)
      : denseActivations(arena, batch, inputs, false);
  }

  /** The rows first, first + 1, ...: `count` of them; good until the next. */
  load(inputs: Inputs, first: number, count: number): Activations {
    const rows = this.#rows.subarray(0, count);
    for (let s = 0; s < count; s++) rows[s] = first + s;
    if (isSparse(inputs)) this.#reserve(inputs.offsets[first + count]! - inputs.offsets[first]!);
    loadRows(inputs, rows, this.#activations);
    return this.#activations;
  }

  [Symbol.dispose](): void {
    freeActivations(this.#arena, this.#activations);
  }

  /** Makes room for a batch of sparse rows. */
  #reserve(nonZeros: number): void {
    const activations = this.#activations;
    if (activations.kind === 'dense' || nonZeros <= activations.ids.length) return;
    const capacity = Math.ceil(1.5 * nonZeros);
    this.#activations = sparseActivations(this.#arena, this.#rows.length, activations.width, capacity, false);
    freeActivations(this.#arena, activations);
  }
}
