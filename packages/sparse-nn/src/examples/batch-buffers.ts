/** A batch of examples in the arena: the first layer's input, and what is to be learned of it. */
import type { Arena } from '@hashgrad/kernels';
import { hasLabelSets, hasTargets, type Examples, type Inputs } from './examples.ts';
import { checkThere, lengthOf, loadRows } from './load-rows.ts';
import { writeRowKeys } from './row-keys.ts';
import { weightOf } from './sample-weights.ts';
import type { Labels } from '../selectors/selector.ts';
import {
  denseActivations,
  freeActivations,
  sparseActivations,
  type Activations,
} from '../layers/activations.ts';

export class BatchBuffers implements Disposable {
  input: Activations;
  /** How often rows were loaded: by that it is told whether a batch is still the one that is loaded. */
  loads = 0;
  /** Without any where there are targets. */
  labels: Labels;
  /** Sample s has a row of `outputs` numbers from s * outputs on; empty where there are labels. */
  readonly targets: Float32Array;
  /** What each sample counts in the loss: 1 where examples do not say. */
  readonly weights: Float32Array;
  readonly #arena: Arena;
  readonly #classes: number;
  readonly #outputs: number;
  readonly #keys: Uint32Array;
  /** Rows of the batch that is loaded, or 0 once they have their keys. */
  #withoutKeys = 0;

  /**
   * Room for `batch` rows; `nonZeros` in all where they are sparse, 0 where they are dense. `classes`: the last layer's units;
   * `linear`: whether a row has a target for each of them, in place of labels.
   */
  constructor(
    arena: Arena,
    batch: number,
    inputs: number,
    nonZeros: number,
    classes: number,
    linear: boolean,
  ) {
    const outputs = linear ? classes : 0;
    this.#arena = arena;
    this.#classes = classes;
    this.#outputs = outputs;
    this.input =
      nonZeros > 0
        ? sparseActivations(arena, batch, inputs, nonZeros, false)
        : denseActivations(arena, batch, inputs, false);
    this.labels = { offsets: arena.int32(batch + 1), ids: arena.int32(batch) };
    this.targets = arena.float32(batch * outputs);
    this.weights = arena.float32(batch);
    this.#keys = arena.uint32(batch);
  }

  /**
   * Loads the rows permutation[first], permutation[first + 1], ...: `count` of them. Examples were checked before, but they
   * are the user's, who may have changed them since: numbers by which kernels find places are looked at again.
   * @param mostLabels of a row.
   * @throws {RangeError} if one of them is out of range.
   */
  load(
    examples: Examples,
    permutation: Int32Array,
    first: number,
    count: number,
    mostLabels: number = Infinity,
  ): void {
    const rows = permutation.subarray(first, first + count);
    this.loads++;
    loadRows(examples, rows, this.input);
    this.#withoutKeys = count;
    for (let s = 0; s < count; s++) this.weights[s] = this.#weight(weightOf(examples, rows[s]!), rows[s]!);
    if (hasTargets(examples)) {
      const outputs = this.#outputs;
      for (const [s, row] of rows.entries()) {
        checkThere('targets', examples.targets, row, (row + 1) * outputs);
        this.targets.set(examples.targets.subarray(row * outputs, (row + 1) * outputs), s * outputs);
      }
    } else if (hasLabelSets(examples)) {
      this.#loadLabels(examples.labelOffsets, examples.labels, rows, mostLabels);
    } else {
      for (const [s, row] of rows.entries()) {
        this.labels.offsets[s + 1] = s + 1;
        this.labels.ids[s] = this.#class(examples.labels[row]!, row);
      }
    }
  }

  /** Loads the rows without what is to be learned of them. */
  loadInputs(inputs: Inputs, permutation: Int32Array, first: number, count: number): void {
    this.labels.offsets.fill(0, 0, count + 1);
    this.loads++;
    loadRows(inputs, permutation.subarray(first, first + count), this.input);
    this.#withoutKeys = count;
  }

  /** Makes room for the gradients with respect to the inputs, which nobody needs unless a network is part of another model. */
  reserveInputGradients(): void {
    const { input } = this;
    if (input.gradients.length > 0) return;
    this.#arena.free(input.gradients);
    this.input = { ...input, gradients: this.#arena.float32(input.values.length) };
  }

  /** A number for each of the batch's rows, made of the bits of its inputs; made when first asked for. */
  keys(batch: number): Uint32Array {
    if (this.#withoutKeys > 0) writeRowKeys(this.input, this.#withoutKeys, this.#keys);
    this.#withoutKeys = 0;
    return this.#keys.subarray(0, batch);
  }

  #loadLabels(offsets: Int32Array, labels: Int32Array, rows: Int32Array, most: number): void {
    const total = rows.reduce((count, row) => count + lengthOf(offsets, row, labels.length, most), 0);
    if (total > this.labels.ids.length) {
      const ids = this.#arena.int32(2 * total);
      this.#arena.free(this.labels.ids);
      this.labels = { offsets: this.labels.offsets, ids };
    }
    let to = 0;
    for (const [s, row] of rows.entries()) {
      for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
        this.labels.ids[to++] = this.#class(labels[i]!, row);
      }
      this.labels.offsets[s + 1] = to;
    }
  }

  /** @throws {RangeError} unless it is one. */
  #class(label: number, row: number): number {
    if (label >= 0 && label < this.#classes) return label;
    throw new RangeError(
      `The label of row ${row} has become ${label}; classes are 0 to ${this.#classes - 1}.`,
    );
  }

  /** @throws {RangeError} unless it is one. */
  #weight(weight: number, row: number): number {
    if (weight >= 0 && weight < Infinity) return weight;
    throw new RangeError(`The weight of row ${row} has become ${weight}; it was 0 or more.`);
  }

  [Symbol.dispose](): void {
    freeActivations(this.#arena, this.input);
    this.#arena.free(this.labels.offsets);
    this.#arena.free(this.labels.ids);
    this.#arena.free(this.targets);
    this.#arena.free(this.weights);
    this.#arena.free(this.#keys);
  }
}
