/** A layer's weights in the arena, with the optimizer's state beside them. */
import { type Arena, drawNormals, type RandomStream, RowsRecord, type Team } from '@hashgrad/kernels';
import { rowState } from '../optimizers/bound-optimizer.ts';
import type { OptimizerSpec } from '../optimizers/optimizers.ts';
import { strideOf } from './activations.ts';
import type { Piecewise } from './piecewise.ts';

/** Weights that are drawn without a break: some milliseconds. */
const PIECE = 2 ** 18;

/** A layer's weights in the arena: a row for each unit, or for each input. */
export interface Weights extends Disposable {
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  /** rows x stride; floats from `width` on are 0. */
  readonly values: Float32Array;
  /** One a row, or none. */
  readonly bias: Float32Array | undefined;
  /** All that training changes, the optimizer's state included, by name; see kernels' RowsFields. */
  readonly arrays: Readonly<Record<string, Float32Array | Uint16Array | Int32Array>>;
  /** The squared norms of the rows' gradients, if the optimizer clips by the norm of all. */
  readonly norms: Float32Array | undefined;
  /** What ops take. */
  readonly record: RowsRecord;
  /** The optimizer forgets what it kept of the rows: to it they are as if they were made at step `step`. */
  forget(step: number): void;
  /** Moves the step at which the optimizer last had each row, by so many. */
  shift(steps: number): void;
  /**
   * Weight i becomes weight from[i], with what the optimizer keeps of it; where that is -1, a new one of 0. Only where rows follow each
   * other without a gap.
   */
  rearrange(from: Int32Array): void;
  /** Where only some weights are connections: which ones. `offsets` are by unit, `ids` are inputs. */
  readonly connections?: { readonly offsets: Int32Array; readonly ids: Int32Array };
}

/**
 * A layer's weights as they are now: views of the memory that training writes, good until the network is disposed. With sparse
 * connections `values` is a copy, 0 where there is none.
 */
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
  const { first, second, initial, ...kept } = rowState(optimizer);
  const moments = (format: typeof first): Float32Array | Uint16Array | undefined => {
    if (format === 'bfloat16') return arena.uint16(rows * stride);
    return format && arena.float32(format === 'row' ? rows : rows * stride);
  };
  const vector = (needsInputGradient: boolean): Float32Array | undefined =>
    needsInputGradient ? arena.float32(rows) : undefined;
  const values = arena.float32(rows * stride);
  const bias = vector(withBias);
  const state = {
    bias,
    first: moments(first),
    biasFirst: vector(withBias && first !== undefined),
    second: moments(second),
    biasSecond: vector(withBias && second !== undefined),
    steps: kept.steps ? arena.int32(rows) : undefined,
    touched: kept.touched ? arena.int32(rows) : undefined,
    norms: vector(kept.norms),
  };
  const startSums = (): void => {
    state.second?.fill(state.second instanceof Uint16Array ? upperHalf(initial) : initial);
    state.biasSecond?.fill(initial);
  };
  // Arrays are 0, and the system commits none of their pages before they are written.
  if (initial !== 0) startSums();
  const forget = (step: number): void => {
    for (const moment of [state.first, state.biasFirst, state.steps]) moment?.fill(0);
    startSums();
    state.touched?.fill(step);
  };
  /** What each weight has for itself, with what a new one has. */
  const own = [
    [values, 0],
    [first === 'row' ? undefined : state.first, 0],
    [
      second === 'row' ? undefined : state.second,
      state.second instanceof Uint16Array ? upperHalf(initial) : initial,
    ],
  ] as const;
  const record = new RowsRecord(arena, { weights: values, stride, width, ...state });
  return {
    rows,
    width,
    stride,
    values,
    bias,
    norms: state.norms,
    arrays: Object.fromEntries(
      Object.entries({ values, ...state, norms: undefined }).filter((entry) => entry[1] !== undefined),
    ) as Weights['arrays'],
    record,
    forget,
    shift(steps: number): void {
      const { touched } = state;
      if (touched) for (let r = 0; r < rows; r++) touched[r]! += steps;
    },
    rearrange(from: Int32Array): void {
      for (const [array, fresh] of own) {
        if (!array) continue;
        const before = array.slice(0, from.length);
        for (let i = 0; i < from.length; i++) array[i] = from[i]! < 0 ? fresh : before[from[i]!]!;
      }
    },
    [Symbol.dispose](): void {
      for (const view of [values, ...Object.values(state)]) if (view) arena.free(view);
      record[Symbol.dispose]();
    },
  };
}

/** A 32-bit float as a bfloat16, which is its upper half. */
function upperHalf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 16;
}

/** The squared norm of the gradient with respect to all rows, as it was measured; the sum is in their order. */
export function squaredNorm({ norms }: Weights): number {
  return norms ? norms.reduce((total, square) => total + square, 0) : 0;
}

/** Normal weights with variance gain / inputs: gain 2 before ReLU (He et al. 2015), 1 elsewhere. */
export function* initialize(
  team: Team,
  { rows, width, stride, values: out }: Weights,
  inputs: number,
  gain: number,
  stream: RandomStream,
): Piecewise<void> {
  const deviation = Math.sqrt(gain / inputs);
  const drawn = { out, stride, width, deviation, stream };
  for (let first = 0; first < rows * width; first += PIECE) {
    drawNormals(team, { ...drawn, first }, Math.min(PIECE, rows * width - first));
    yield;
  }
}
