/** The weights of a layer that only predicts, in the arena. */
import type { Arena, Int8Rows } from '@hashgrad/kernels';
import { sizeOf, type FrozenLayerModel, type FrozenModel } from './frozen-model.ts';
import { strideOf } from '../layers/activations.ts';

export class FrozenWeights implements Disposable {
  /** The model again: views of these weights. */
  readonly model: FrozenLayerModel;
  readonly #arena: Arena;
  readonly #width: number;

  /** A copy of the weights of a model's layer `l`. */
  constructor(arena: Arena, whole: FrozenModel, l: number) {
    const model = whole.layers[l]!;
    const { scales, bias } = model;
    const { rows, width } = sizeOf(whole, l);
    const stride = strideOf(width);
    const narrow = model.weights instanceof Int8Array;
    const weights = narrow ? arena.int8(rows * stride) : arena.float32(rows * stride);
    for (let r = 0; r < rows; r++) {
      const from = r * model.stride;
      weights.set(model.weights.subarray(from, from + width), r * stride);
    }
    this.#arena = arena;
    this.#width = width;
    const beside = { scales: scales && copyOf(arena, scales), bias: copyOf(arena, bias) };
    this.model = { ...model, stride, weights, ...beside };
  }

  get bias(): Float32Array {
    return this.model.bias;
  }

  /** The weights, where they are floats, */
  get float32(): { readonly rows: Float32Array; readonly stride: number; readonly width: number } {
    const { weights, stride } = this.model;
    return { rows: weights as Float32Array, stride, width: this.#width };
  }

  /** and where they are integers. */
  get int8(): Int8Rows | undefined {
    const { weights, scales, stride } = this.model;
    return scales && { rows: weights as Int8Array, scales, stride, width: this.#width };
  }

  [Symbol.dispose](): void {
    const { weights, scales, bias } = this.model;
    for (const view of [weights, scales, bias]) if (view) this.#arena.free(view);
  }
}

function copyOf(arena: Arena, values: Float32Array): Float32Array {
  const made = arena.float32(values.length);
  made.set(values);
  return made;
}
