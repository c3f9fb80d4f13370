/** The records that kernels read, laid out in the arena: assembly/layout.ts has the same fields in the same order. */
import type { Arena, View } from './arena.ts';

/** Weight vectors with what the optimizer keeps for them; `Moments` is how, see OptimizerFields' formats. */
export interface RowsFields<Moments extends Float32Array | Uint16Array = Float32Array> {
  /** `stride` floats a row; those from `width` on are 0. */
  readonly weights: Float32Array;
  readonly stride: number;
  readonly width: number;
  readonly bias?: Float32Array | undefined;
  /** Laid out like the weights; bfloat16 as Uint16Array. */
  readonly first?: Moments | undefined;
  readonly biasFirst?: Float32Array | undefined;
  /** Laid out like the weights, bfloat16 as Uint16Array; or one a row, see OptimizerFields.secondFormat. */
  readonly second?: Moments | undefined;
  readonly biasSecond?: Float32Array | undefined;
  readonly steps?: Int32Array | undefined;
}

/** (sample, row) pairs sorted by row; see `RowPairs`. */
export interface PairsFields {
  /** Rows that have pairs, ascending. */
  readonly rows: Int32Array;
  /** Where the pairs of each of them start; one more than rows. */
  readonly starts: Int32Array;
  /** one a pair */
  readonly positions: Int32Array;
  readonly samples: Int32Array;
}

/** Sparse vectors in compressed rows, ids ascending in each. */
export interface SparseFields {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
}

export const OPTIMIZER_KINDS = { sgd: 0, momentum: 1, adam: 2 } as const;

/** How Adam's moments are kept: as large as weights, half as large, or (second moments only) one for each row. */
export const MOMENT_FORMATS = { float32: 0, bfloat16: 1, row: 2 } as const;

/** How rows are updated. */
export interface OptimizerFields {
  readonly kind: keyof typeof OPTIMIZER_KINDS;
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Pairs of floats; see `adamCorrections`. */
  readonly corrections?: Float32Array | undefined;
  /** Default float32. */
  readonly firstFormat?: 'float32' | 'bfloat16';
  /** Default float32. */
  readonly secondFormat?: keyof typeof MOMENT_FORMATS;
}

function optional(arena: Arena, view: View | undefined): number {
  return view ? arena.address(view) : 0;
}

/** Writes the record and gives it as an array, whose address kernels take; free it like any other. */
export function layRows(arena: Arena, rows: RowsFields<Float32Array | Uint16Array>): Int32Array {
  const record = arena.int32(10);
  record.set([
    arena.address(rows.weights),
    rows.stride,
    rows.width,
    optional(arena, rows.bias),
    optional(arena, rows.first),
    optional(arena, rows.biasFirst),
    optional(arena, rows.second),
    optional(arena, rows.biasSecond),
    optional(arena, rows.steps),
  ]);
  return record;
}

export function layPairs(arena: Arena, pairs: PairsFields): Int32Array {
  const record = arena.int32(4);
  const { rows, starts, positions, samples } = pairs;
  record.set([rows, starts, positions, samples].map((view) => arena.address(view)));
  return record;
}

export function laySparse(arena: Arena, sparse: SparseFields): Int32Array {
  const record = arena.int32(3);
  record.set([arena.address(sparse.offsets), arena.address(sparse.ids), arena.address(sparse.values)]);
  return record;
}

export function layOptimizer(arena: Arena, optimizer: OptimizerFields): Int32Array {
  const record = arena.int32(9);
  const floats = new Float32Array(record.buffer, record.byteOffset, 9);
  record[0] = OPTIMIZER_KINDS[optimizer.kind];
  floats[1] = optimizer.rate;
  floats[2] = optimizer.beta1;
  floats[3] = optimizer.beta2;
  floats[4] = optimizer.epsilon;
  record[5] = optional(arena, optimizer.corrections);
  record[6] = optimizer.corrections ? optimizer.corrections.length / 2 : 0;
  record[7] = MOMENT_FORMATS[optimizer.firstFormat ?? 'float32'];
  record[8] = MOMENT_FORMATS[optimizer.secondFormat ?? 'float32'];
  return record;
}

/**
 * Adam's bias corrections of a row's first, second, ... update: 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t), up to the
 * update from which on both are 1 in 32-bit floats. The betas are first rounded to the 32-bit floats that the kernels
 * decay by: 1 - 0.999 differs by 1e-5 of itself between the two.
 * @throws {RangeError} if a beta is not from 0 to below 1.
 */
export function adamCorrections(arena: Arena, beta1: number, beta2: number): Float32Array {
  const decay1 = decay(beta1, 'beta1');
  const decay2 = decay(beta2, 'beta2');
  const pairs: number[] = [];
  for (let t = 1; t <= 2 ** 20; t++) {
    const first = Math.fround(1 / (1 - decay1 ** t));
    const second = Math.fround(1 / Math.sqrt(1 - decay2 ** t));
    pairs.push(first, second);
    if (first === 1 && second === 1) break;
  }
  const corrections = arena.float32(pairs.length);
  corrections.set(pairs);
  return corrections;
}

function decay(beta: number, name: string): number {
  const rounded = Math.fround(beta);
  if (!(rounded >= 0 && rounded < 1))
    throw new RangeError(`Adam's ${name} is from 0 to below 1; got ${beta}.`);
  return rounded;
}
