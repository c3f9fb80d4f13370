/** Rows, pairs and optimizers for the tests of the walks: made up, copied to an arena, and laid out for the kernels. */
import { adamCorrections, OptimizerRecord, RowsRecord, SparseRecord } from '../src/index.ts';
import type { Arena, OptimizerFields, PairsFields, RowsFields, SparseFields, View } from '../src/index.ts';
import { PairsRecord } from '../src/ops/layout.ts';
import { fromBfloat16, toBfloat16 } from '../src/reference/index.ts';
import type { AnyRows } from '../src/reference/index.ts';
import { floats, matrix, pad4 } from './data.ts';
import type { Random } from './data.ts';

/** Who copies arrays to an arena: with guards around them in memory.ts, without in jobs.ts. */
export interface Placer {
  readonly arena: Arena;
  float32(values: ArrayLike<number>): Float32Array;
  /** A copy of the values, or so many zeros. */
  int32(values: ArrayLike<number> | number): Int32Array;
  uint16(values: ArrayLike<number>): Uint16Array;
  at(view: View): number;
}

/** Rows with everything that an optimizer may keep, from `low` to 1; moments are as if of a positive history. */
export function makeRows(
  random: Random,
  count: number,
  width: number,
  withBias: boolean,
  low: number = -1,
): RowsFields & { readonly steps: Int32Array; readonly touched: Int32Array } {
  const stride = pad4(width) + 4 * random.integer(3);
  const bias = withBias ? floats(random, count, low) : undefined;
  return {
    stride,
    width,
    weights: matrix(random, count, width, stride, low),
    first: matrix(random, count, width, stride, low),
    second: matrix(random, count, width, stride, 0),
    bias,
    biasFirst: bias && floats(random, count, low),
    biasSecond: bias && floats(random, count, 0),
    steps: Int32Array.from({ length: count }, () => random.integer(7)),
    touched: Int32Array.from({ length: count }, () => random.integer(7)),
  };
}

/** The same rows with Adam's moments in the formats of `optimizer`. */
export function formatRows(rows: RowsFields, optimizer: OptimizerFields): AnyRows {
  const { first, second } = rows;
  return {
    ...rows,
    first: first && optimizer.firstFormat === 'bfloat16' ? narrow(first) : first,
    second:
      second && optimizer.secondFormat === 'bfloat16'
        ? narrow(second)
        : second && optimizer.secondFormat === 'row'
          ? second.filter((_, at) => at % rows.stride === 0)
          : second,
  };
}

function isNarrow(moments: AnyRows['first']): moments is Uint16Array {
  return moments instanceof Uint16Array;
}

/** The nearest bfloat16. */
function narrow(array: Float32Array): Uint16Array {
  return Uint16Array.from(array, toBfloat16);
}

/** Moments in 32-bit floats: the array itself if it has them. */
export function widen(array: Float32Array | Uint16Array): Float32Array {
  return isNarrow(array) ? Float32Array.from(array, fromBfloat16) : array;
}

/** A copy on which a reference can work, the numbers of each array first mapped by `map`. */
export function copyRows(rows: AnyRows, map: (array: Float32Array) => Float32Array): AnyRows {
  const copy = (array: Float32Array | undefined): Float32Array | undefined => array && map(array.slice());
  const moments = (array: AnyRows['first']): AnyRows['first'] =>
    isNarrow(array) ? narrow(map(widen(array))) : copy(array);
  return {
    stride: rows.stride,
    width: rows.width,
    weights: map(rows.weights.slice()),
    first: moments(rows.first),
    second: moments(rows.second),
    bias: copy(rows.bias),
    biasFirst: copy(rows.biasFirst),
    biasSecond: copy(rows.biasSecond),
    steps: rows.steps?.slice(),
    touched: rows.touched?.slice(),
    norms: copy(rows.norms),
  };
}

/** The arrays of rows that an update may change, moments in bfloat16 widened. */
export function statesOf(rows: AnyRows): Float32Array[] {
  const { weights, first, second, bias, biasFirst, biasSecond, norms } = rows;
  const arrays = [
    weights,
    first && widen(first),
    second && widen(second),
    bias,
    biasFirst,
    biasSecond,
    norms,
  ];
  return arrays.filter((array) => array !== undefined);
}

/** The same rows in guarded memory, and their record with its address. */
export function placeRows(memory: Placer, rows: AnyRows): { rows: AnyRows; record: RowsRecord; at: number } {
  const place = (array: Float32Array | undefined): Float32Array | undefined => array && memory.float32(array);
  const placeMoments = (array: AnyRows['first']): AnyRows['first'] =>
    isNarrow(array) ? memory.uint16(array) : place(array);
  const placed = {
    ...rows,
    weights: memory.float32(rows.weights),
    first: placeMoments(rows.first),
    second: placeMoments(rows.second),
    bias: place(rows.bias),
    biasFirst: place(rows.biasFirst),
    biasSecond: place(rows.biasSecond),
    steps: rows.steps && memory.int32(rows.steps),
    touched: rows.touched && memory.int32(rows.touched),
    norms: place(rows.norms),
  };
  const record = new RowsRecord(memory.arena, placed, memory.int32(RowsRecord.WORDS));
  return { rows: placed, record, at: memory.at(record.record) };
}

export function placePairs(memory: Placer, pairs: PairsFields): number {
  const placed = {
    rows: memory.int32(pairs.rows),
    starts: memory.int32(pairs.starts),
    positions: memory.int32(pairs.positions),
    samples: memory.int32(pairs.samples),
    tiles: pairs.tiles && memory.int32(pairs.tiles),
  };
  return memory.at(new PairsRecord(memory.arena, placed, memory.int32(PairsRecord.WORDS)).record);
}

/** A sparse batch in guarded memory. */
export function sparseRecord(memory: Placer, sparse: SparseFields): SparseRecord {
  const placed = {
    offsets: memory.int32(sparse.offsets),
    ids: memory.int32(sparse.ids),
    values: memory.float32(sparse.values),
  };
  return new SparseRecord(memory.arena, placed, memory.int32(SparseRecord.WORDS));
}

/** The address of its record. */
export function placeSparse(memory: Placer, sparse: SparseFields): number {
  return memory.at(sparseRecord(memory, sparse).record);
}

/** An optimizer in guarded memory. */
export function optimizerRecord(memory: Placer, optimizer: OptimizerFields): OptimizerRecord {
  const { beta1, beta2 } = optimizer.kind === 'adam' ? optimizer : { beta1: 0, beta2: 0 };
  const corrections = adamCorrections(memory.arena, beta1, beta2);
  const moves = optimizer.moves && memory.float32(optimizer.moves);
  const placed = { ...optimizer, biasCorrections: memory.float32(corrections), moves };
  memory.arena.free(corrections);
  return new OptimizerRecord(memory.arena, placed, memory.int32(OptimizerRecord.WORDS));
}

/** The address of its record. */
export function placeOptimizer(memory: Placer, optimizer: OptimizerFields): number {
  return memory.at(optimizerRecord(memory, optimizer).record);
}

/** One optimizer of each kind. With beta 2 = 0.9 Adam's corrections end soon, so that late updates are covered too. */
export const OPTIMIZERS: readonly OptimizerFields[] = [
  { kind: 'sgd', rate: 0.1, beta1: 0, beta2: 0, epsilon: 0 },
  { kind: 'momentum', rate: 0.05, beta1: 0.9, beta2: 0, epsilon: 0 },
  { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  { kind: 'adam', rate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 1e-4 },
  { kind: 'adagrad', rate: 0.1, beta1: 0, beta2: 0, epsilon: 1e-6 },
];
