/** Activations of whole batches, their gradients, and dropout. */
import type { Team } from '../threads/team.ts';
import { addressOf } from './record.ts';
import { checkRoom, rowsSpan } from './room.ts';

/** What a layer applies to its units' weighted sums. */
export type Activation = keyof typeof ACTIVATION_KINDS;

/** The numbers by which kernels know activations. */
export const ACTIVATION_KINDS = { linear: 0, relu: 1, sigmoid: 2, tanh: 3 } as const;

/**
 * Adds the bias (none: 0) to each of `count` rows and applies the activation, in place.
 * @throws {RangeError} if an array has too few elements.
 */
export function activateDense(
  team: Team,
  rows: {
    /** Rows are `stride` floats apart. */
    readonly values: Float32Array;
    readonly stride: number;
    readonly width: number;
    readonly bias?: Float32Array | undefined;
    readonly activation: Activation;
  },
  count: number,
): void {
  const { arena } = team;
  const { values, stride, width, bias, activation } = rows;
  checkRoom('activateDense', 'values', values, rowsSpan(count, stride, width));
  if (bias) checkRoom('activateDense', 'bias', bias, width);
  const kind = ACTIVATION_KINDS[activation];
  const args = [arena.address(values), stride, width, addressOf(arena, bias), kind] as const;
  team.run('activateDense', [...args], count, { size: width });
}

/** What an item is where each is a number, and where it takes as long as some. */
const ONE = { size: 1 };
const EXPONENTIAL = { size: 4 };

/** Numbers that are changed in place. */
interface InPlace {
  readonly values: Float32Array;
}

/** max(0, x) of the first `count` values. @throws {RangeError} if there are fewer. */
export function relu(team: Team, { values }: InPlace, count: number): void {
  checkRoom('relu', 'values', values, count);
  team.run('relu', [team.arena.address(values)], count, ONE);
}

/** 1 / (1 + e^-x) of the first `count` values. @throws {RangeError} if there are fewer. */
export function sigmoid(team: Team, { values }: InPlace, count: number): void {
  checkRoom('sigmoid', 'values', values, count);
  team.run('sigmoid', [team.arena.address(values)], count, EXPONENTIAL);
}

/** tanh of the first `count` values. @throws {RangeError} if there are fewer. */
export function tanh(team: Team, { values }: InPlace, count: number): void {
  checkRoom('tanh', 'values', values, count);
  team.run('tanh', [team.arena.address(values)], count, EXPONENTIAL);
}

/** Gradients with respect to activations, which become those with respect to the weighted sums. */
interface Slopes {
  readonly gradients: Float32Array;
  /** The activations, divided by `keep`. */
  readonly values: Float32Array;
  readonly keep: number;
}

/** Clears the first `count` gradients where the activation is 0. @throws {RangeError} if an array has fewer elements. */
export function reluGradient(team: Team, { gradients, values }: Omit<Slopes, 'keep'>, count: number): void {
  checkRoom('reluGradient', 'gradients', gradients, count);
  checkRoom('reluGradient', 'values', values, count);
  team.run('reluGradient', [team.arena.address(gradients), team.arena.address(values)], count, ONE);
}

/** Multiplies the first `count` gradients by y (1 - y). @throws {RangeError} if an array has fewer elements. */
export function sigmoidGradient(team: Team, { gradients, values, keep }: Slopes, count: number): void {
  checkRoom('sigmoidGradient', 'gradients', gradients, count);
  checkRoom('sigmoidGradient', 'values', values, count);
  const args = [team.arena.address(gradients), team.arena.address(values), keep] as const;
  team.run('sigmoidGradient', [...args], count, ONE);
}

/** Multiplies the first `count` gradients by 1 - y^2. @throws {RangeError} if an array has fewer elements. */
export function tanhGradient(team: Team, { gradients, values, keep }: Slopes, count: number): void {
  checkRoom('tanhGradient', 'gradients', gradients, count);
  checkRoom('tanhGradient', 'values', values, count);
  const args = [team.arena.address(gradients), team.arena.address(values), keep] as const;
  team.run('tanhGradient', [...args], count, ONE);
}

/**
 * Inverted dropout of the first `count` values, in place: each is 0 with the probability 1 - `keep`, else divided by
 * `keep`. Which are dropped depends on the seed, the step and their places only: a second call, on gradients, drops the same.
 * @throws {RangeError} if there are fewer values.
 */
export function dropout(
  team: Team,
  dropped: {
    readonly values: Float32Array;
    /** An integer of 32 bits. */
    readonly seed: number;
    readonly step: number;
    /** Above 0, at most 1. */
    readonly keep: number;
  },
  count: number,
): void {
  const { values, seed, step, keep } = dropped;
  checkRoom('dropout', 'values', values, count);
  const args = [team.arena.address(values), seed, step, dropoutLimit(keep), 1 / keep] as const;
  team.run('dropout', [...args], count, ONE);
}

/** A value is dropped where its random word of 32 bits is below this. */
export function dropoutLimit(keep: number): number {
  return Math.round((1 - keep) * 2 ** 32);
}
