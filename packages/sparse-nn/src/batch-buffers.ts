/** A batch of examples in the arena: the first layer's input, and the labels. */
import type { Arena } from '@hashgrad/kernels';
import { isSparse, type Examples, type Inputs } from './data.ts';
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

  /** Loads the rows order[first], order[first + 1], ...: `count` of them, with their labels. */
  load(examples: Examples, order: Int32Array, first: number, count: number): void {
    this.loadInputs(examples, order, first, count);
    this.#loadLabels(examples, order, first, count);
  }

  /** Loads rows without labels. */
  loadInputs(rows: Inputs, order: Int32Array, first: number, count: number): void {
    this.labels.offsets.fill(0, 0, count + 1);
    if (!isSparse(rows)) {
      const { values, stride, width } = this.input as Extract<Signal, { kind: 'dense' }>;
      for (let s = 0; s < count; s++) {
        const row = order[first + s]!;
        values.set(rows.inputs.subarray(row * width, (row + 1) * width), s * stride);
      }
      return;
    }
    const { offsets, ids, values } = this.input as Extract<Signal, { kind: 'sparse' }>;
    let to = 0;
    for (let s = 0; s < count; s++) {
      const row = order[first + s]!;
      const from = rows.offsets[row]!;
      const end = rows.offsets[row + 1]!;
      ids.set(rows.ids.subarray(from, end), to);
      values.set(rows.values.subarray(from, end), to);
      to += end - from;
      offsets[s + 1] = to;
    }
  }

  #loadLabels(examples: Examples, order: Int32Array, first: number, count: number): void {
    const { offsets } = this.labels;
    if (!isSparse(examples)) {
      for (let s = 0; s < count; s++) {
        offsets[s + 1] = s + 1;
        this.labels.ids[s] = examples.labels[order[first + s]!]!;
      }
      return;
    }
    const { labelOffsets, labels } = examples;
    for (let s = 0; s < count; s++) {
      const row = order[first + s]!;
      offsets[s + 1] = offsets[s]! + labelOffsets[row + 1]! - labelOffsets[row]!;
    }
    const total = offsets[count]!;
    if (total > this.labels.ids.length) {
      this.#arena.free(this.labels.ids);
      this.labels = { offsets, ids: this.#arena.int32(2 * total) };
    }
    for (let s = 0; s < count; s++) {
      const row = order[first + s]!;
      this.labels.ids.set(labels.subarray(labelOffsets[row], labelOffsets[row + 1]), offsets[s]!);
    }
  }

  [Symbol.dispose](): void {
    freeSignal(this.#arena, this.input);
    this.#arena.free(this.labels.offsets);
    this.#arena.free(this.labels.ids);
  }
}
