/** What flows between layers: a batch of activations and the gradients of the loss by them, dense or sparse. */
import {
  type RowPairs,
  SparseRecord,
  type Arena,
  type Matrix,
  type SampleLayerFields,
} from '@hashgrad/kernels';

/** Floats from one row of a matrix to the next: whole cache lines. */
export function strideOf(width: number): number {
  return Math.ceil(width / 16) * 16;
}

/** Row s is `width` floats from s * stride on. */
export interface DenseActivations {
  readonly kind: 'dense';
  readonly width: number;
  readonly stride: number;
  readonly values: Float32Array;
  readonly gradients: Float32Array;
}

/** Sample s has the units ids[offsets[s]] ... ids[offsets[s + 1] - 1], with values and gradients beside them. */
export interface SparseActivations {
  readonly kind: 'sparse';
  readonly width: number;
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  /** Added to a softmax's logits in training, laid out like the values; selectors of sampled classes set it. */
  corrections?: Float32Array | undefined;
  /** What a hidden layer's outputs are multiplied by, laid out like the values; selectors that train their choice set it. */
  gates?: Float32Array | undefined;
  /** The batch's (sample, unit) pairs by unit, where the layer that computes them sorts them in each pass. */
  pairs?: RowPairs | undefined;
  /** What ops take. */
  readonly record: SparseRecord;
}

/** Which units fired for a batch: for sample s ids[offsets[s]] ... ids[offsets[s + 1] - 1]. A copy. */
export interface ActiveUnits {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
}

/** A batch of activations with their gradients, dense or sparse. */
export type Activations = DenseActivations | SparseActivations;

export function denseActivations(
  arena: Arena,
  batch: number,
  width: number,
  withGradients: boolean,
): DenseActivations {
  const stride = strideOf(width);
  return {
    kind: 'dense',
    width,
    stride,
    values: arena.float32(batch * stride),
    gradients: arena.float32(withGradients ? batch * stride : 0),
  };
}

/** Room for `capacity` active units in all. */
export function sparseActivations(
  arena: Arena,
  batch: number,
  width: number,
  capacity: number,
  withGradients: boolean,
): SparseActivations {
  const offsets = arena.int32(batch + 1);
  const ids = arena.int32(capacity);
  const values = arena.float32(capacity);
  const gradients = arena.float32(withGradients ? capacity : 0);
  return {
    kind: 'sparse',
    width,
    offsets,
    ids,
    values,
    gradients,
    record: new SparseRecord(arena, { offsets, ids, values }),
  };
}

export function freeActivations(arena: Arena, signal: Activations): void {
  arena.free(signal.values);
  arena.free(signal.gradients);
  if (signal.kind === 'sparse') {
    arena.free(signal.offsets);
    arena.free(signal.ids);
    signal.record[Symbol.dispose]();
  }
}

/** Active units in the first `batch` samples. */
export function activeUnits(signal: Activations, batch: number): number {
  return signal.kind === 'dense' ? batch * signal.width : (signal.offsets[batch] ?? 0);
}

/** A dense batch as a factor of a product, samples being its rows. */
export function rowsOf({ values, stride }: Pick<DenseActivations, 'values' | 'stride'>): Matrix {
  return { values, row: stride, column: 1 };
}

/** A layer's input, as training sample by sample takes it. */
export function sampleInput(
  activations: Activations,
  needsInputGradient: boolean,
): SampleLayerFields['input'] {
  const { values, gradients, width } = activations;
  const form =
    activations.kind === 'sparse' ? { sparse: activations.record } : { stride: activations.stride };
  return { ...form, values, width, ...(needsInputGradient && { gradients }) };
}
