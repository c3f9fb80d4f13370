/** Rows, pairs, sparse batches and optimizers as the records that kernels read. */
import type { Arena } from '../memory/arena.ts';
import { type Laid, layRecord, writeField } from './record.ts';

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
  /** How often each row was updated. */
  readonly steps?: Int32Array | undefined;
  /** The step at which each row was last updated; 0 for never. */
  readonly touched?: Int32Array | undefined;
  /** Where kind 'measure' writes the squared norms of the rows' gradients. */
  readonly norms?: Float32Array | undefined;
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

/** 'measure' updates nothing: it writes the squared norms of gradients. */
export const OPTIMIZER_KINDS = { sgd: 0, momentum: 1, adam: 2, adagrad: 3, measure: 4 } as const;

/** How moments are kept: as large as weights, half as large, or (second moments only) one for each row. */
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
  /** Makes good for skipped steps, which needs `RowsFields.touched`; see `momentumMoves` and `adamMoves`. */
  readonly moves?: Float32Array | undefined;
  /** From 1; `setStep` changes it. Default 1. */
  readonly step?: number;
  /** The share of the weights that each step takes away, which needs `RowsFields.touched`. Default 0. */
  readonly weightDecay?: number;
  /** Multiplies gradients. Default 1. */
  readonly gradientScale?: number;
  /** Then cuts them to -clipValue..clipValue. Default 0: no limit. */
  readonly clipValue?: number;
}

/** What changes from one step to the next. */
export type StepFields = Required<Pick<OptimizerFields, 'step' | 'rate' | 'weightDecay' | 'gradientScale'>>;

/** Writes the record and gives it; free it like any array. */
export function layRows(arena: Arena, rows: RowsFields<Float32Array | Uint16Array>): Laid<'Rows'> {
  const { bias, first, biasFirst, second, biasSecond, steps, touched, norms, ...held } = rows;
  const state = { first, biasFirst, second, biasSecond, steps, touched, norms };
  return layRecord(arena, 'Rows', { ...held, bias, ...state });
}

/** The record in the arena of a batch's (sample, row) pairs, sorted by row. */
export function layPairs(arena: Arena, pairs: PairsFields): Laid<'Pairs'> {
  return layRecord(arena, 'Pairs', pairs);
}

/** The record in the arena of a batch of sparse rows. */
export function laySparse(arena: Arena, sparse: SparseFields): Laid<'Sparse'> {
  return layRecord(arena, 'Sparse', sparse);
}

/** An optimizer's record in the arena; `setStep` sets what changes from step to step. */
export function layOptimizer(arena: Arena, optimizer: OptimizerFields): Laid<'Optimizer'> {
  const { kind, rate, beta1, beta2, epsilon, corrections, moves } = optimizer;
  return layRecord(arena, 'Optimizer', {
    kind: OPTIMIZER_KINDS[kind],
    rate,
    beta1,
    beta2,
    epsilon,
    corrections,
    correctionCount: corrections ? corrections.length / 2 : 0,
    firstFormat: MOMENT_FORMATS[optimizer.firstFormat ?? 'float32'],
    secondFormat: MOMENT_FORMATS[optimizer.secondFormat ?? 'float32'],
    step: optimizer.step ?? 1,
    moves,
    moveCount: moves?.length ?? 0,
    weightDecay: optimizer.weightDecay ?? 0,
    gradientScale: optimizer.gradientScale ?? 1,
    clipValue: optimizer.clipValue ?? 0,
  });
}

/** Writes what changes from one step to the next into the record of an optimizer. */
export function setStep(record: Int32Array, { step, rate, weightDecay, gradientScale }: StepFields): void {
  writeField('Optimizer', 'step', step, record);
  writeField('Optimizer', 'rate', rate, record);
  writeField('Optimizer', 'weightDecay', weightDecay, record);
  writeField('Optimizer', 'gradientScale', gradientScale, record);
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

/**
 * How far momentum would go on moving a weight of velocity 1 by which no gradient comes any more, in rates: the sum of
 * decay^1, decay^2, ....
 * @throws {RangeError} if the decay is not from 0 to below 1.
 */
export function momentumMoves(arena: Arena, decayRate: number): Float32Array {
  const beta = decay(decayRate, 'decay');
  const moves = arena.float32(1);
  moves[0] = beta / (1 - beta);
  return moves;
}

/**
 * The same for Adam, from each step of `corrections` on (see `adamCorrections`): the sum over later steps of corrected
 * first moment by root of corrected second, both 1 at first, where epsilon is too small to matter.
 * @throws {RangeError} unless beta1 is below the root of beta2: else that way has no end.
 */
export function adamMoves(
  arena: Arena,
  beta1: number,
  beta2: number,
  corrections: Float32Array,
): Float32Array {
  const ratio = decay(beta1, 'beta1') / Math.sqrt(decay(beta2, 'beta2'));
  if (!(ratio < 1)) {
    throw new RangeError(
      `Adam makes good for skipped steps if beta1 is below the root of beta2; got ${beta1} and ${beta2}.`,
    );
  }
  const count = corrections.length / 2;
  const moves = arena.float32(count);
  let move = ratio / (1 - ratio);
  for (let t = count - 1; t >= 0; t--) {
    // On entry the way from step t + 1 on. Correction t is that of update t + 1.
    if (t < count - 1) move = ratio * (corrections[2 * t]! / corrections[2 * t + 1]! + move);
    moves[t] = move;
  }
  return moves;
}

function decay(beta: number, name: string): number {
  const rounded = Math.fround(beta);
  if (!(rounded >= 0 && rounded < 1)) throw new RangeError(`${name} is from 0 to below 1; got ${beta}.`);
  return rounded;
}
