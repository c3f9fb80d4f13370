/** Rows in the arena, a batch at a time, for predictions: as they are, or sparse ones made dense. */
import type { Arena } from '@hashgrad/kernels';
import { isSparse, type Inputs, type SparseInputs } from './examples.ts';
import {
  denseActivations,
  freeActivations,
  sparseActivations,
  type Activations,
} from '../layers/activations.ts';

export class InputBatches implements Disposable {
  readonly #arena: Arena;
  readonly #batch: number;
  #signal: Activations;

  /** Batches of `batch` rows at most; `sparse` says whether they stay sparse. */
  constructor(arena: Arena, batch: number, inputs: number, sparse: boolean) {
    this.#arena = arena;
    this.#batch = batch;
    this.#signal = sparse
      ? sparseActivations(arena, batch, inputs, 0, false)
      : denseActivations(arena, batch, inputs, false);
  }

  /** The rows first, first + 1, ...: `count` of them; good until the next. */
  load(inputs: Inputs, first: number, count: number): Activations {
    if (this.#signal.kind === 'sparse') return this.#loadSparse(inputs as SparseInputs, first, count);
    const { values, stride, width } = this.#signal;
    for (let s = 0; s < count; s++) {
      const row = first + s;
      if (!isSparse(inputs)) {
        values.set(inputs.inputs.subarray(row * width, (row + 1) * width), s * stride);
        continue;
      }
      values.fill(0, s * stride, s * stride + width);
      for (let q = inputs.offsets[row]!; q < inputs.offsets[row + 1]!; q++) {
        values[s * stride + inputs.ids[q]!] = inputs.values[q]!;
      }
    }
    return this.#signal;
  }

  [Symbol.dispose](): void {
    freeActivations(this.#arena, this.#signal);
  }

  #loadSparse({ offsets, ids, values }: SparseInputs, first: number, count: number): Activations {
    const from = offsets[first]!;
    const to = offsets[first + count]!;
    let signal = this.#signal as Extract<Activations, { kind: 'sparse' }>;
    if (to - from > signal.ids.length) {
      const larger = sparseActivations(
        this.#arena,
        this.#batch,
        signal.width,
        Math.ceil(1.5 * (to - from)),
        false,
      );
      freeActivations(this.#arena, signal);
      signal = larger;
      this.#signal = larger;
    }
    for (let s = 0; s <= count; s++) signal.offsets[s] = offsets[first + s]! - from;
    signal.ids.set(ids.subarray(from, to));
    signal.values.set(values.subarray(from, to));
    return signal;
  }
}
