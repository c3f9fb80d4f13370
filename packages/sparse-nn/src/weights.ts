/** A layer's weights in the arena, with the optimizer's state beside them. */
import { layRows, type Arena, type RandomStream } from '@hashgrad/kernels';
import { momentsOf, type OptimizerSpec } from './optimizers.ts';
import { strideOf } from './signal.ts';

export interface Weights extends Disposable {
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  /** rows x stride; floats from `width` on are 0. */
  readonly values: Float32Array;
  /** One a row, or none. */
  readonly bias: Float32Array | undefined;
  /** All that there is, the optimizer's state included, by name; see kernels' RowsFields. */
  readonly arrays: Readonly<Record<string, Float32Array | Uint16Array | Int32Array>>;
  /** The record that kernels read. */
  readonly record: Int32Array;
}

/** A layer's weights as they are now: views of the memory that training writes, good until the network is disposed. */
export interface LayerWeights {
  /** What a row of `values` belongs to: a unit of the layer; or, where all units fire on a sparse input, an input. */
  readonly rowOf: 'unit' | 'input';
  readonly rows: number;
  readonly width: number;
  /** Floats from one row to the next, `width` or a few more. */
  readonly stride: number;
  /** rows x stride; the floats of a row from `width` on are 0 and must stay so. */
  readonly values: Float32Array;
  /** One a unit. */
  readonly bias: Float32Array;
}

/** What a user sees of `weights`. */
export function layerWeights(
  rowOf: LayerWeights['rowOf'],
  weights: Weights,
  bias: Float32Array,
): LayerWeights {
  const { rows, width, stride, values } = weights;
  return { rowOf, rows, width, stride, values, bias };
}

/** Allocates `rows` zero vectors of `width` weights, each with a bias if asked. */
export function createWeights(
  arena: Arena,
  rows: number,
  width: number,
  withBias: boolean,
  optimizer: OptimizerSpec,
): Weights {
  const stride = strideOf(width);
  const moments = momentsOf(optimizer);
  const moment = (format: (typeof moments)[number] | undefined): Float32Array | Uint16Array | undefined => {
    if (format === 'bfloat16') return arena.uint16(rows * stride);
    return format && arena.float32(format === 'row' ? rows : rows * stride);
  };
  const vector = (wanted: boolean): Float32Array | undefined => (wanted ? arena.float32(rows) : undefined);
  const values = arena.float32(rows * stride);
  const bias = vector(withBias);
  const state = {
    bias,
    first: moment(moments[0]),
    biasFirst: vector(withBias && moments.length > 0),
    second: moment(moments[1]),
    biasSecond: vector(withBias && moments.length > 1),
    steps: moments.length > 1 ? arena.int32(rows) : undefined,
  };
  const record = layRows(arena, { weights: values, stride, width, ...state });
  return {
    rows,
    width,
    stride,
    values,
    bias,
    arrays: Object.fromEntries(
      Object.entries({ values, ...state }).filter((entry) => entry[1] !== undefined),
    ) as Weights['arrays'],
    record,
    [Symbol.dispose](): void {
      for (const view of [values, record, ...Object.values(state)]) if (view) arena.free(view);
    },
  };
}

/**
 * Normal weights with variance gain / inputs: gain 2 before ReLU (He et al. 2015), 1 elsewhere. Without a stream they stay
 * 0: they will be read from a checkpoint.
 */
export function initialize(
  weights: Weights,
  inputs: number,
  gain: number,
  random: RandomStream | undefined,
): void {
  if (!random) return;
  const deviation = Math.sqrt(gain / inputs);
  const { rows, width, stride, values } = weights;
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < width; k++) values[r * stride + k] = deviation * random.normal();
  }
}
