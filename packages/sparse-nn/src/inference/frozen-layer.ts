/** A layer that only predicts: the products with its weights. */
import {
  activateDense,
  dotRows,
  dotRowsInt8,
  gatherRows,
  gatherRowsInt8,
  gemm,
  type Int8Rows,
  multiplyInt8,
  type Team,
} from '@hashgrad/kernels';
import type { HiddenActivation } from '../layers/activation.ts';
import type { FrozenLayerModel } from './frozen-model.ts';
import type { FrozenWeights } from './frozen-weights.ts';
import {
  rowsOf,
  type DenseActivations,
  type Activations,
  type SparseActivations,
} from '../layers/activations.ts';

export class FrozenLayer implements Disposable {
  readonly units: number;
  readonly activation: FrozenLayerModel['activation'];
  readonly rowOf: FrozenLayerModel['rowOf'];
  readonly #team: Team;
  /** What it applies itself. */
  readonly #applied: HiddenActivation;
  readonly #weights: FrozenWeights;

  /** Owns the weights from then on. `last`: whether it stops at the weighted sums. */
  constructor(team: Team, weights: FrozenWeights, last: boolean) {
    const { units, activation, rowOf } = weights.model;
    this.#team = team;
    this.#weights = weights;
    this.#applied = last ? 'linear' : (activation as HiddenActivation);
    this.units = units;
    this.activation = activation;
    this.rowOf = rowOf;
  }

  /** The model again: views of its weights. */
  get model(): FrozenLayerModel {
    return this.#weights.model;
  }

  /** Activations of all units; the last layer stops at its weighted sums. */
  forward(input: Activations, { values, stride }: DenseActivations, batch: number): void {
    const outputs = { values, stride, width: this.units };
    // Where it is not among the sums already.
    let bias: Float32Array | undefined;
    if (this.rowOf === 'input') this.#gather(input as SparseActivations, outputs, batch);
    else if (this.#weights.int8)
      this.#multiplyInt8(this.#weights.int8, input as DenseActivations, outputs, batch);
    else {
      this.#multiply(input as DenseActivations, outputs, batch);
      bias = this.#weights.bias;
    }
    const activation = this.#applied;
    if (bias || activation !== 'linear') {
      activateDense(this.#team, { ...outputs, bias, activation }, batch);
    }
  }

  /** Weighted sums of the units that `output` lists. */
  forwardListed(input: DenseActivations, output: SparseActivations, batch: number): void {
    const { values: out, offsets, ids } = output;
    const lists = { out, offsets, ids, bias: this.#weights.bias, x: input.values, xStride: input.stride };
    if (this.#weights.int8) dotRowsInt8(this.#team, { ...this.#weights.int8, ...lists }, batch);
    else dotRows(this.#team, { ...this.#weights.float32, ...lists }, batch);
  }

  [Symbol.dispose](): void {
    this.#weights[Symbol.dispose]();
  }

  #gather(input: SparseActivations, output: Outputs, batch: number): void {
    const { offsets, ids, values: coefficients } = input;
    const target = { out: output.values, outStride: output.stride, bias: this.#weights.bias };
    const lists = { offsets, ids, coefficients };
    if (this.#weights.int8) gatherRowsInt8(this.#team, { ...target, ...this.#weights.int8, ...lists }, batch);
    else gatherRows(this.#team, { ...target, ...this.#weights.float32, ...lists }, batch);
  }

  #multiplyInt8(rows: Int8Rows, input: DenseActivations, output: Outputs, batch: number): void {
    const target = { out: output.values, outStride: output.stride, bias: this.#weights.bias };
    const samples = { x: input.values, xStride: input.stride, batch };
    multiplyInt8(this.#team, { ...target, ...rows, ...samples }, this.units);
  }

  #multiply(input: DenseActivations, output: Outputs, batch: number): void {
    const { rows, stride } = this.#weights.float32;
    gemm(this.#team, {
      out: output.values,
      outStride: output.stride,
      a: rowsOf(input),
      b: { values: rows, row: 1, column: stride },
      rows: batch,
      columns: this.units,
      depth: input.width,
    });
  }
}

/** Where the layer's weighted sums go. */
type Outputs = Pick<DenseActivations, 'values' | 'stride'>;
