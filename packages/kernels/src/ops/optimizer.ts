/** Optimizers as the records that kernels read, and updates of rows by whole gradients. */
import type { Arena } from '../memory/arena.ts';
import type { Team } from '../threads/team.ts';
import { checkRows, OwnRecord, type RowsRecord } from './layout.ts';
import { addressOf, type RecordValues, recordWords, writeField } from './record.ts';
import { checkRoom, rowsSpan, whole } from './room.ts';

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
  readonly biasCorrections?: Float32Array | undefined;
  /** Default float32. */
  readonly firstFormat?: 'float32' | 'bfloat16';
  /** Default float32. */
  readonly secondFormat?: keyof typeof MOMENT_FORMATS;
  /** Makes good for skipped steps, which needs `RowsFields.touched`; see `momentumMoves` and `adamMoves`. */
  readonly moves?: Float32Array | undefined;
  /** From 1; `OptimizerRecord.setStep` changes it. Default 1. */
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

/** The record of an optimizer. */
export class OptimizerRecord extends OwnRecord<'Optimizer', OptimizerFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Optimizer');

  /** @param words WORDS words of the arena. Default: new ones. @throws {TypeError} if an array is not in the arena. */
  constructor(arena: Arena, fields: OptimizerFields, words: Int32Array = arena.int32(OptimizerRecord.WORDS)) {
    super(arena, 'Optimizer', optimizerValues, fields, words);
  }

  /** Changes what changes from one step to the next. */
  setStep(step: StepFields): void {
    this.checkOpen();
    writeStep(this.record, step);
  }
}

function optimizerValues(optimizer: OptimizerFields): RecordValues<'Optimizer'> {
  const { kind, rate, beta1, beta2, epsilon, biasCorrections, moves } = optimizer;
  return {
    kind: OPTIMIZER_KINDS[kind],
    rate,
    beta1,
    beta2,
    epsilon,
    biasCorrections,
    correctionCount: biasCorrections ? biasCorrections.length / 2 : 0,
    firstFormat: MOMENT_FORMATS[optimizer.firstFormat ?? 'float32'],
    secondFormat: MOMENT_FORMATS[optimizer.secondFormat ?? 'float32'],
    step: optimizer.step ?? 1,
    moves,
    moveCount: moves?.length ?? 0,
    weightDecay: optimizer.weightDecay ?? 0,
    gradientScale: optimizer.gradientScale ?? 1,
    clipValue: optimizer.clipValue ?? 0,
  };
}

/** Writes what changes from one step to the next into the words of an optimizer's record. */
export function writeStep(words: Int32Array, { step, rate, weightDecay, gradientScale }: StepFields): void {
  writeField('Optimizer', 'step', step, words);
  writeField('Optimizer', 'rate', rate, words);
  writeField('Optimizer', 'weightDecay', weightDecay, words);
  writeField('Optimizer', 'gradientScale', gradientScale, words);
}

/**
 * Updates `count` rows, each by its gradient.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function updateRows(
  team: Team,
  update: {
    readonly rows: RowsRecord;
    readonly optimizer: OptimizerRecord;
    /**
     * Rows are `gradientStride` floats apart, and 0 from the rows' width up to a multiple of 4; clipping changes them. None for
     * rows of no weights.
     */
    readonly gradients?: Float32Array | undefined;
    readonly gradientStride: number;
    /** One a row. None: 0. */
    readonly biasGradients?: Float32Array | undefined;
  },
  count: number,
): void {
  const { arena } = team;
  const { rows, optimizer, gradients, gradientStride, biasGradients } = update;
  checkUpdate('updateRows', rows, optimizer, count);
  checkRoom('updateRows', 'gradients', gradients, rowsSpan(count, gradientStride, whole(rows.fields.width)));
  if (biasGradients) checkRoom('updateRows', 'biasGradients', biasGradients, count);
  const by = [addressOf(arena, gradients), gradientStride, addressOf(arena, biasGradients)] as const;
  // A weight and a bias, with two moments and a gradient each.
  const size = 4 * (rows.fields.width + 1);
  const over = [arena.address(rows.record), arena.address(optimizer.record)] as const;
  team.run('updateRows', [...over, ...by], count, { size });
}

/**
 * The same for the `count` rows that a list names, whose gradients stand one after the other.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function updateChosenRows(
  team: Team,
  update: {
    readonly rows: RowsRecord;
    readonly optimizer: OptimizerRecord;
    /** Numbers of rows, all different; they are not checked. */
    readonly ids: Int32Array;
    /** Laid out as those of updateRows. */
    readonly gradients: Float32Array;
    readonly gradientStride: number;
    readonly biasGradients: Float32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { rows, optimizer, ids, gradients, gradientStride, biasGradients } = update;
  checkRoom('updateChosenRows', 'ids', ids, count);
  checkUpdate('updateChosenRows', rows, optimizer, count);
  const span = rowsSpan(count, gradientStride, whole(rows.fields.width));
  checkRoom('updateChosenRows', 'gradients', gradients, span);
  checkRoom('updateChosenRows', 'biasGradients', biasGradients, count);
  const what = [arena.address(rows.record), arena.address(optimizer.record), arena.address(ids)] as const;
  const by = [arena.address(gradients), gradientStride, arena.address(biasGradients)] as const;
  team.run('updateChosenRows', [...what, ...by], count);
}

/**
 * Whether the optimizer finds all that it keeps of `count` rows.
 * @throws {RangeError} if an array has too few elements. @throws {TypeError} if moments are not of the optimizer's formats.
 */
export function checkUpdate(op: string, rows: RowsRecord, optimizer: OptimizerRecord, count: number): void {
  const { stride, bias, first, biasFirst, second, biasSecond, steps, touched, norms } = rows.fields;
  const {
    kind,
    firstFormat = 'float32',
    secondFormat = 'float32',
    biasCorrections,
    moves,
  } = optimizer.fields;
  checkRows(op, rows, count);
  if (kind === 'measure') return checkRoom(op, 'norms', norms, count);
  if (touched) checkRoom(op, 'touched', touched, count);
  if (kind === 'momentum' || kind === 'adam') {
    checkFormat(op, 'first', first, firstFormat);
    checkRoom(op, 'first', first, count * stride);
    if (bias) checkRoom(op, 'biasFirst', biasFirst, count);
  }
  if (kind === 'adam' || kind === 'adagrad') {
    checkFormat(op, 'second', second, secondFormat);
    checkRoom(op, 'second', second, secondFormat === 'row' ? count : count * stride);
    if (bias) checkRoom(op, 'biasSecond', biasSecond, count);
  }
  if (kind === 'adam') {
    checkRoom(op, 'biasCorrections', biasCorrections, 2);
    if (!moves) checkRoom(op, 'steps', steps, count);
  }
}

function checkFormat(
  op: string,
  name: string,
  moments: Float32Array | Uint16Array | undefined,
  format: keyof typeof MOMENT_FORMATS,
): void {
  if (!moments || moments instanceof Uint16Array === (format === 'bfloat16')) return;
  throw new TypeError(
    `${op}: ${name} has elements of ${moments.BYTES_PER_ELEMENT} bytes, which are not of the format ${format}.`,
  );
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
 * How far momentum still moves a weight of velocity 1 once its gradients are 0, in learning rates: the sum of decay^1,
 * decay^2, ....
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
