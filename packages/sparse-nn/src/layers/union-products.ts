/**
 * The update mode 'union': all samples of a batch have the same units, those that were chosen for at least one of them. Their
 * rows of weights are gathered, products are dense, and the update is scattered.
 */
import {
  activateDense,
  columnSums,
  copyRows,
  gemm,
  type OptimizerRecord,
  type RowPairs,
  type Team,
  updateChosenRows,
} from '@hashgrad/kernels';
import type { HiddenActivation } from './activation.ts';
import { rowsOf, type DenseActivations, type SparseActivations } from './activations.ts';
import type { Weights } from './weights.ts';

export class UnionProducts implements Disposable {
  readonly #team: Team;
  readonly #weights: Weights;
  /** Ids of the batch's units. */
  #rows: Int32Array;
  /** Their weights, rows as far apart as those of all; after these have been used, their gradients. */
  readonly #gathered: Float32Array;
  readonly #biases: Float32Array;
  readonly #biasGradients: Float32Array;

  /** `most`: units that a batch has together, at most. */
  constructor(team: Team, weights: Weights, most: number) {
    const { arena } = team;
    this.#team = team;
    this.#weights = weights;
    this.#rows = new Int32Array(0);
    this.#gathered = arena.float32(most * weights.stride);
    this.#biases = arena.float32(most);
    this.#biasGradients = arena.float32(most);
  }

  /** Gives each sample all the units of `pairs`, instead of those that were chosen for it. */
  share(pairs: RowPairs, { offsets, ids }: SparseActivations, batch: number): void {
    const { rows } = pairs;
    this.#rows = rows;
    for (let s = 0; s < batch; s++) {
      ids.set(rows, s * rows.length);
      offsets[s + 1] = (s + 1) * rows.length;
    }
  }

  /** The activations of all samples' units, which are a matrix. */
  forward(x: DenseActivations, output: SparseActivations, activation: HiddenActivation, batch: number): void {
    const team = this.#team;
    const { values: from, bias, stride, width } = this.#weights;
    const list = this.#rows;
    const units = list.length;
    const gathered = this.#gathered;
    const biases = this.#biases;
    copyRows(team, { out: gathered, outStride: stride, from, stride, width, list }, units);
    copyRows(team, { out: biases, outStride: 1, from: bias!, stride: 1, width: 1, list }, units);
    gemm(team, {
      out: output.values,
      outStride: units,
      a: rowsOf(x),
      b: { values: gathered, row: 1, column: stride },
      rows: batch,
      columns: units,
      depth: width,
    });
    const outputs = { values: output.values, stride: units, width: units };
    activateDense(team, { ...outputs, bias: biases, activation }, batch);
  }

  /** From the gradients with respect to the units' weighted sums to those with respect to the input. */
  inputGradients(x: DenseActivations, output: SparseActivations, batch: number): void {
    const { stride, width } = this.#weights;
    const units = this.#rows.length;
    if (units === 0) {
      x.gradients.fill(0, 0, batch * x.stride);
      return;
    }
    // (batch x units) (units x inputs)
    gemm(this.#team, {
      out: x.gradients,
      outStride: x.stride,
      a: { values: output.gradients, row: units, column: 1 },
      b: { values: this.#gathered, row: stride, column: 1 },
      rows: batch,
      columns: width,
      depth: units,
    });
  }

  /** And to those with respect to the weights, which take the place of the gathered weights. */
  weightGradients(x: DenseActivations, output: SparseActivations, batch: number): void {
    const team = this.#team;
    const { stride, width } = this.#weights;
    const units = this.#rows.length;
    const { gradients } = output;
    // (units x batch) (batch x inputs)
    gemm(team, {
      out: this.#gathered,
      outStride: stride,
      a: { values: gradients, row: 1, column: units },
      b: rowsOf(x),
      rows: units,
      columns: width,
      depth: batch,
    });
    columnSums(team, { sums: this.#biasGradients, x: gradients, stride: units, rows: batch }, units);
  }

  /** Updates the units' rows. */
  update(optimizer: OptimizerRecord): void {
    const { record: rows, stride: gradientStride } = this.#weights;
    const by = { gradients: this.#gathered, gradientStride, biasGradients: this.#biasGradients };
    updateChosenRows(this.#team, { rows, optimizer, ids: this.#rows, ...by }, this.#rows.length);
  }

  [Symbol.dispose](): void {
    for (const view of [this.#gathered, this.#biases, this.#biasGradients]) this.#team.arena.free(view);
  }
}
