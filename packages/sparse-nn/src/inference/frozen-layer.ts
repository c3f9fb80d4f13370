/** A layer that only predicts: its weights in the arena, and the products with them. */
import { multiply, type Arena, type Team } from '@hashgrad/kernels';
import { ACTIVATIONS, type HiddenActivation } from '../layers/activation.ts';
import type { FrozenLayerModel } from './frozen-model.ts';
import { strideOf, type DenseSignal, type Signal, type SparseSignal } from '../layers/signal.ts';

export class FrozenLayer implements Disposable {
  readonly units: number;
  readonly activation: FrozenLayerModel['activation'];
  readonly rowOf: FrozenLayerModel['rowOf'];
  readonly #team: Team;
  /** The activation's number in the kernel. */
  readonly #kind: number;
  readonly #rows: number;
  readonly #width: number;
  readonly #stride: number;
  readonly #weights: Float32Array | Int8Array;
  readonly #scales: Float32Array | undefined;
  readonly #bias: Float32Array;

  /** `last`: whether it stops at the weighted sums. */
  constructor(team: Team, model: FrozenLayerModel, inputs: number, last: boolean) {
    const { arena } = team;
    const { units, activation, rowOf, weights, scales, bias } = model;
    const rows = rowOf === 'unit' ? units : inputs;
    this.#team = team;
    this.#kind = last ? 0 : ACTIVATIONS.indexOf(activation as HiddenActivation);
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
  forward(input: Signal, output: DenseSignal, batch: number): void {
    const { arena } = this.#team;
    if (this.rowOf === 'input') this.#gather(input as SparseSignal, output, batch);
    else this.#multiply(input as DenseSignal, output, batch);
    const bias = this.rowOf === 'unit' && !this.#scales ? arena.address(this.#bias) : 0;
    if (bias || this.#kind) {
      const to = arena.address(output.values);
      this.#team.run('activateDense', [to, output.stride, this.units, bias, this.#kind], batch);
    }
  }

  /** Weighted sums of the units that `output` lists. */
  forwardListed(input: DenseSignal, output: SparseSignal, batch: number): void {
    const { arena } = this.#team;
    const [out, offsets, ids] = [output.values, output.offsets, output.ids].map((view) =>
      arena.address(view),
    ) as [number, number, number];
    const [weights, bias, x] = [this.#weights, this.#bias, input.values].map((view) =>
      arena.address(view),
    ) as [number, number, number];
    const shape = [this.#stride, this.#width] as const;
    if (this.#scales) {
      const scales = arena.address(this.#scales);
      const args = [out, offsets, ids, weights, scales, bias, ...shape, x, input.stride] as const;
      this.#team.run('dotRowsInt8', [...args], batch);
    } else {
      const args = [out, offsets, ids, weights, ...shape, bias, x, input.stride] as const;
      this.#team.run('dotRows', [...args], batch);
    }
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    for (const view of [this.#weights, this.#scales, this.#bias]) if (view) arena.free(view);
  }

  #gather(input: SparseSignal, output: DenseSignal, batch: number): void {
    const { arena } = this.#team;
    const [out, bias, weights] = [output.values, this.#bias, this.#weights].map((view) =>
      arena.address(view),
    ) as [number, number, number];
    const [offsets, ids, values] = [input.offsets, input.ids, input.values].map((view) =>
      arena.address(view),
    ) as [number, number, number];
    const shape = [this.#stride, this.units] as const;
    const lists = [offsets, ids, values] as const;
    if (this.#scales) {
      const scales = arena.address(this.#scales);
      const args = [out, output.stride, bias, weights, scales, ...shape, ...lists] as const;
      this.#team.run('gatherRowsInt8', [...args], batch);
    } else {
      this.#team.run('gatherRows', [out, output.stride, bias, weights, ...shape, ...lists], batch);
    }
  }

  #multiply(input: DenseSignal, output: DenseSignal, batch: number): void {
    const { arena } = this.#team;
    const [out, weights, x] = [output.values, this.#weights, input.values].map((view) =>
      arena.address(view),
    ) as [number, number, number];
    if (this.#scales) {
      const rows = [weights, arena.address(this.#scales), arena.address(this.#bias)] as const;
      this.#team.run(
        'multiplyInt8',
        [out, output.stride, ...rows, this.#stride, this.#width, x, input.stride, batch],
        this.units,
        { scratch: arena.kernels.multiplyInt8ScratchBytes(this.#width) },
      );
      return;
    }
    multiply(
      this.#team,
      out,
      output.stride,
      { address: x, row: input.stride, column: 1 },
      { address: weights, row: 1, column: this.#stride },
      { rows: batch, columns: this.units, depth: input.width },
    );
  }
}

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
