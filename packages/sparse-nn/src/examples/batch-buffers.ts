/** A batch of examples in the arena: the first layer's input, and what is to be learned of it. */
import type { Arena } from '@hashgrad/kernels';
import { hasLabelSets, hasTargets, type Examples, type Inputs } from './examples.ts';
import { loadRows } from './load-rows.ts';
import { weightOf } from './sample-weights.ts';
import type { Labels } from '../selectors/selector.ts';
import {
  denseActivations,
  freeActivations,
  sparseActivations,
  type Activations,
} from '../layers/activations.ts';

export class BatchBuffers implements Disposable {
  readonly input: Activations;
  /** Without any where there are targets. */
  labels: Labels;
  /** Sample s has a row of `outputs` numbers from s * outputs on; empty where there are labels. */
  readonly targets: Float32Array;
  /** What each sample counts in the loss: 1 where examples do not say. */
  readonly weights: Float32Array;
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
    this.weights = arena.float32(batch);
  }

  /** Loads the rows permutation[first], permutation[first + 1], ...: `count` of them. */
  load(examples: Examples, permutation: Int32Array, first: number, count: number): void {
    const rows = permutation.subarray(first, first + count);
    loadRows(examples, rows, this.input);
    for (let s = 0; s < count; s++) this.weights[s] = weightOf(examples, rows[s]!);
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
    loadRows(inputs, permutation.subarray(first, first + count), this.input);
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
    this.#arena.free(this.weights);
  }
}
