/** A batch of examples in the arena: the first layer's input, and what is to be learned of it. */
import type { Arena } from '@hashgrad/kernels';
import {
  hasLabelSets,
  hasTargets,
  isSparse,
  type DenseInputs,
  type Examples,
  type Inputs,
  type SparseInputs,
} from './examples.ts';
import type { Labels } from '../selectors/selector.ts';
import {
  denseActivations,
  freeActivations,
  sparseActivations,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from '../layers/activations.ts';

export class BatchBuffers implements Disposable {
  readonly input: Activations;
  /** Without any where there are targets. */
  labels: Labels;
  /** Sample s has a row of `outputs` numbers from s * outputs on; empty where there are labels. */
  readonly targets: Float32Array;
  readonly #arena: Arena;
  readonly #outputs: number;

  /**
   * Room for `batch` rows; `nonZeros` in all where they are sparse, 0 where they are dense. `outputs`: targets of a row, 0
   * where it has labels.
   */
  constructor(arena: Arena, batch: number, inputs: number, nonZeros: number, outputs: number) {
    this.#arena = arena;
    this.#outputs = outputs;
    this.input =
      nonZeros > 0
        ? sparseActivations(arena, batch, inputs, nonZeros, false)
        : denseActivations(arena, batch, inputs, false);
    this.labels = { offsets: arena.int32(batch + 1), ids: arena.int32(batch) };
    this.targets = arena.float32(batch * outputs);
  }

  /** Loads the rows permutation[first], permutation[first + 1], ...: `count` of them. */
  load(examples: Examples, permutation: Int32Array, first: number, count: number): void {
    const rows = permutation.subarray(first, first + count);
    this.#loadInputs(examples, rows);
    if (hasTargets(examples)) {
      const outputs = this.#outputs;
      for (const [s, row] of rows.entries()) {
        this.targets.set(examples.targets.subarray(row * outputs, (row + 1) * outputs), s * outputs);
      }
    } else if (hasLabelSets(examples)) this.#loadLabels(examples.labelOffsets, examples.labels, rows);
    else {
      for (const [s, row] of rows.entries()) {
        this.labels.offsets[s + 1] = s + 1;
        this.labels.ids[s] = examples.labels[row]!;
      }
    }
  }

  /** Loads the rows without what is to be learned of them. */
  loadInputs(inputs: Inputs, permutation: Int32Array, first: number, count: number): void {
    this.labels.offsets.fill(0, 0, count + 1);
    this.#loadInputs(inputs, permutation.subarray(first, first + count));
  }

  #loadInputs(inputs: Inputs, rows: Int32Array): void {
    if (isSparse(inputs)) loadSparse(inputs, this.input as SparseActivations, rows);
    else loadDense(inputs, this.input as DenseActivations, rows);
  }

  #loadLabels(offsets: Int32Array, labels: Int32Array, rows: Int32Array): void {
    const total = rows.reduce((count, row) => count + offsets[row + 1]! - offsets[row]!, 0);
    if (total > this.labels.ids.length) {
      this.#arena.free(this.labels.ids);
      this.labels = { offsets: this.labels.offsets, ids: this.#arena.int32(2 * total) };
    }
    let to = 0;
    for (const [s, row] of rows.entries()) {
      const own = labels.subarray(offsets[row], offsets[row + 1]);
      this.labels.ids.set(own, to);
      to += own.length;
      this.labels.offsets[s + 1] = to;
    }
  }

  [Symbol.dispose](): void {
    freeActivations(this.#arena, this.input);
    this.#arena.free(this.labels.offsets);
    this.#arena.free(this.labels.ids);
    this.#arena.free(this.targets);
  }
}

function loadDense(
  { inputs }: DenseInputs,
  { values, stride, width }: DenseActivations,
  rows: Int32Array,
): void {
  for (const [s, row] of rows.entries()) {
    values.set(inputs.subarray(row * width, (row + 1) * width), s * stride);
  }
}

function loadSparse(examples: SparseInputs, signal: SparseActivations, rows: Int32Array): void {
  let to = 0;
  for (const [s, row] of rows.entries()) {
    const from = examples.offsets[row]!;
    const end = examples.offsets[row + 1]!;
    signal.ids.set(examples.ids.subarray(from, end), to);
    signal.values.set(examples.values.subarray(from, end), to);
    to += end - from;
    signal.offsets[s + 1] = to;
  }
}
