/** A layer that only predicts: its weights in the arena, and the products with them. */
import {
  activateDense,
  type Arena,
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
import {
  rowsOf,
  strideOf,
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
  readonly #rows: number;
  readonly #width: number;
  readonly #stride: number;
  readonly #weights: Float32Array | Int8Array;
  /** The scales of weights of 8 bits. */
  readonly #scales: Float32Array | undefined;
  readonly #bias: Float32Array;

  /** `last`: whether it stops at the weighted sums. */
  constructor(team: Team, model: FrozenLayerModel, inputs: number, last: boolean) {
    const { arena } = team;
    const { units, activation, rowOf, weights, scales, bias } = model;
    const rows = rowOf === 'unit' ? units : inputs;
    this.#team = team;
    this.#applied = last ? 'linear' : (activation as HiddenActivation);
    this.units = units;
    this.activation = activation;
    this.rowOf = rowOf;
    this.#rows = rows;
    this.#width = weights.length / rows;
    this.#stride = strideOf(this.#width);
    this.#weights = padded(arena, weights, rows, this.#stride);
    this.#scales = scales && copyOf(arena, scales);
    this.#bias = copyOf(arena, bias);
  }

  /** The model again. */
  get model(): FrozenLayerModel {
    const { units, activation, rowOf } = this;
    const width = this.#width;
    const weights =
      this.#weights instanceof Int8Array
        ? new Int8Array(this.#rows * width)
        : new Float32Array(this.#rows * width);
    for (let r = 0; r < this.#rows; r++) {
      weights.set(this.#weights.subarray(r * this.#stride, r * this.#stride + width), r * width);
    }
    return { units, activation, rowOf, weights, scales: this.#scales?.slice(), bias: this.#bias.slice() };
  }

  /** Activations of all units; the last layer stops at its weighted sums. */
  forward(input: Activations, { values, stride }: DenseActivations, batch: number): void {
    const outputs = { values, stride, width: this.units };
    // Where it is not among the sums already.
    let bias: Float32Array | undefined;
    if (this.rowOf === 'input') this.#gather(input as SparseActivations, outputs, batch);
    else if (this.#int8) this.#multiplyInt8(this.#int8, input as DenseActivations, outputs, batch);
    else {
      this.#multiply(input as DenseActivations, outputs, batch);
      bias = this.#bias;
    }
    const activation = this.#applied;
    if (bias || activation !== 'linear') {
      activateDense(this.#team, { ...outputs, bias, activation }, batch);
    }
  }

  /** Weighted sums of the units that `output` lists. */
  forwardListed(input: DenseActivations, output: SparseActivations, batch: number): void {
    const { values: out, offsets, ids } = output;
    const lists = { out, offsets, ids, bias: this.#bias, x: input.values, xStride: input.stride };
    if (this.#int8) dotRowsInt8(this.#team, { ...this.#int8, ...lists }, batch);
    else dotRows(this.#team, { ...this.#float32, ...lists }, batch);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    for (const view of [this.#weights, this.#scales, this.#bias]) if (view) arena.free(view);
  }

  /** The weights, where they are floats, */
  get #float32(): { readonly rows: Float32Array; readonly stride: number; readonly width: number } {
    return { rows: this.#weights as Float32Array, stride: this.#stride, width: this.#width };
  }

  /** and where they are integers. */
  get #int8(): Int8Rows | undefined {
    const scales = this.#scales;
    return scales && { rows: this.#weights as Int8Array, scales, stride: this.#stride, width: this.#width };
  }

  #gather(input: SparseActivations, output: Outputs, batch: number): void {
    const { offsets, ids, values: coefficients } = input;
    const target = { out: output.values, outStride: output.stride, bias: this.#bias };
    const lists = { offsets, ids, coefficients };
    if (this.#int8) gatherRowsInt8(this.#team, { ...target, ...this.#int8, ...lists }, batch);
    else gatherRows(this.#team, { ...target, ...this.#float32, ...lists }, batch);
  }

  #multiplyInt8(rows: Int8Rows, input: DenseActivations, output: Outputs, batch: number): void {
    const target = { out: output.values, outStride: output.stride, bias: this.#bias };
    const samples = { x: input.values, xStride: input.stride, batch };
    multiplyInt8(this.#team, { ...target, ...rows, ...samples }, this.units);
  }

  #multiply(input: DenseActivations, output: Outputs, batch: number): void {
    gemm(this.#team, {
      out: output.values,
      outStride: output.stride,
      a: rowsOf(input),
      b: { values: this.#weights as Float32Array, row: 1, column: this.#stride },
      rows: batch,
      columns: this.units,
      depth: input.width,
    });
  }
}

/** Where the layer's weighted sums go. */
type Outputs = Pick<DenseActivations, 'values' | 'stride'>;

/** A copy in the arena with its rows `stride` numbers apart. */
function padded(
  arena: Arena,
  weights: Float32Array | Int8Array,
  rows: number,
  stride: number,
): Float32Array | Int8Array {
  const made = weights instanceof Int8Array ? arena.int8(rows * stride) : arena.float32(rows * stride);
  const width = weights.length / rows;
  for (let r = 0; r < rows; r++) made.set(weights.subarray(r * width, (r + 1) * width), r * stride);
  return made;
}

function copyOf(arena: Arena, values: Float32Array): Float32Array {
  const made = arena.float32(values.length);
  made.set(values);
  return made;
}
