/** A batch of examples in the arena: the first layer's input, and the labels. */
import type { Arena } from '@hashgrad/kernels';
import { isSparse, type Examples } from './data.ts';
import type { Labels } from './selector.ts';
import { denseSignal, freeSignal, sparseSignal, type Signal } from './signal.ts';

export class BatchBuffers implements Disposable {
  readonly input: Signal;
  labels: Labels;
  readonly #arena: Arena;

  /** Room for `batch` rows; `nonZeros` in all where they are sparse, 0 where they are dense. */
  constructor(arena: Arena, batch: number, inputs: number, nonZeros: number) {
    this.#arena = arena;
    this.input =
      nonZeros > 0
        ? sparseSignal(arena, batch, inputs, nonZeros, false)
        : denseSignal(arena, batch, inputs, false);
    this.labels = { offsets: arena.int32(batch + 1), ids: arena.int32(batch) };
  }

  /** Loads the rows order[first], order[first + 1], ...: `count` of them. */
  load(examples: Examples, order: Int32Array, first: number, count: number): void {
    if (isSparse(examples)) this.#loadSparse(examples, order, first, count);
    else {
      const { values, stride, width } = this.input as Extract<Signal, { kind: 'dense' }>;
      for (let s = 0; s < count; s++) {
        const row = order[first + s]!;
        values.set(examples.inputs.subarray(row * width, (row + 1) * width), s * stride);
        this.labels.offsets[s + 1] = s + 1;
        this.labels.ids[s] = examples.labels[row]!;
      }
    }
  }

  #loadSparse(
    examples: Extract<Examples, { offsets: Int32Array }>,
    order: Int32Array,
    first: number,
    count: number,
  ): void {
    const { offsets, ids, values } = this.input as Extract<Signal, { kind: 'sparse' }>;
    let to = 0;
    let labelCount = 0;
    for (let s = 0; s < count; s++) {
      const row = order[first + s]!;
      const from = examples.offsets[row]!;
      const end = examples.offsets[row + 1]!;
      ids.set(examples.ids.subarray(from, end), to);
      values.set(examples.values.subarray(from, end), to);
      to += end - from;
      offsets[s + 1] = to;
      labelCount += examples.labelOffsets[row + 1]! - examples.labelOffsets[row]!;
    }
    if (labelCount > this.labels.ids.length) {
      this.#arena.free(this.labels.ids);
      this.labels = { offsets: this.labels.offsets, ids: this.#arena.int32(2 * labelCount) };
    }
    let label = 0;
    for (let s = 0; s < count; s++) {
      const row = order[first + s]!;
      const from = examples.labelOffsets[row]!;
      const end = examples.labelOffsets[row + 1]!;
      this.labels.ids.set(examples.labels.subarray(from, end), label);
      label += end - from;
      this.labels.offsets[s + 1] = label;
    }
  }

  [Symbol.dispose](): void {
    freeSignal(this.#arena, this.input);
    this.#arena.free(this.labels.offsets);
    this.#arena.free(this.labels.ids);
  }
}
