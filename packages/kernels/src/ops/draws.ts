/** Units that are drawn at random into lists of active ones. Any thread can make a sample's draws. */
import type { Arena } from '../memory/arena.ts';
import type { JobOptions, Team } from '../threads/team.ts';
import { addressOf } from './record.ts';
import { checkRoom, rowsSpan, whole } from './room.ts';
import { ALIAS_WORDS } from '../random/alias-table.ts';

/** Lists that are filled up: sample s has `lengths[s]` ids, all different and below `units`, from s * limit on. */
export interface FilledLists {
  readonly ids: Int32Array;
  /** They become `limit`. */
  readonly lengths: Int32Array;
  /** At most `units`. */
  readonly limit: number;
  readonly units: number;
}

/** What makes the draws of a step, integers of 32 bits. */
interface DrawsOfStep {
  readonly seed: number;
  readonly step: number;
}

/**
 * Fills `count` lists with units drawn uniformly, without replacement, from those that they do not have.
 * @throws {RangeError} if an array has too few elements.
 */
export function drawUnits(
  team: Team,
  lists: FilledLists &
    DrawsOfStep & {
      /** Laid out as `ids`: 0 for units that were there, else -log of the probability with which each was drawn. */
      readonly corrections?: Float32Array | undefined;
      /** Samples in a row that have one sequence of draws, 1 or more. */
      readonly shared: number;
    },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, limit, units, seed, step, shared, corrections } = lists;
  checkLists('drawUnits', lists, count);
  if (corrections) checkRoom('drawUnits', 'corrections', corrections, count * limit);
  const filled = [arena.address(ids), arena.address(lengths), addressOf(arena, corrections)] as const;
  const args = [...filled, limit, units, seed, step, shared, count] as const;
  team.run('drawUnits', [...args], Math.ceil(count / shared), jobOf(arena, lists, count));
}

/**
 * Fills `count` lists with units that depend on the sample's codes only: each table gives an equal share, from the sequence of
 * draws that belongs to the code.
 * @throws {RangeError} if an array has too few elements.
 */
export function drawKeyed(
  team: Team,
  lists: FilledLists & {
    readonly seed: number;
    /** Sample s has the code codes[t * codeStride + s] in table t. */
    readonly codes: Uint32Array;
    readonly codeStride: number;
    readonly tables: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, limit, units, seed, codes, codeStride, tables } = lists;
  checkLists('drawKeyed', lists, count);
  checkRoom('drawKeyed', 'codes', codes, rowsSpan(tables, codeStride, count));
  const filled = [arena.address(ids), arena.address(lengths), limit, units, seed] as const;
  const scratch = arena.kernels.drawScratchBytes(units);
  const args = [...filled, arena.address(codes), codeStride, tables] as const;
  team.run('drawKeyed', [...args], count, { scratch, size: limit });
}

/**
 * Fills `count` lists with units drawn without replacement by the probabilities of an alias table; those that are listed are
 * certain.
 * @throws {RangeError} if an array has too few elements.
 */
export function drawWeighted(
  team: Team,
  lists: FilledLists &
    DrawsOfStep & {
      /** Laid out as `ids`: 0 for certain units, else -log of the probability of inclusion. */
      readonly corrections?: Float32Array | undefined;
      /** What `layAliases` gave, for `units` units. */
      readonly aliases: Uint32Array;
      /** Samples in a row that have one sequence of draws, 1 or more. */
      readonly shared: number;
    },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, limit, units, seed, step, shared, corrections, aliases } = lists;
  checkLists('drawWeighted', lists, count);
  if (corrections) checkRoom('drawWeighted', 'corrections', corrections, count * limit);
  checkRoom('drawWeighted', 'aliases', aliases, units * ALIAS_WORDS);
  const filled = [arena.address(ids), arena.address(lengths), addressOf(arena, corrections)] as const;
  const args = [...filled, arena.address(aliases), limit, units, seed, step, shared, count] as const;
  team.run('drawWeighted', [...args], Math.ceil(count / shared), jobOf(arena, lists, count));
}

/**
 * Lists the units of each of `count` samples that fire, ascending: unit u does with the probability
 * sigmoid(alpha * value + beta), independently of the others.
 * @throws {RangeError} if an array has too few elements.
 */
export function fireUnits(
  team: Team,
  fired: DrawsOfStep & {
    /** Sample s has its units from s * limit on; beyond `limit` none fires. */
    readonly ids: Int32Array;
    readonly lengths: Int32Array;
    readonly limit: number;
    /** One a sample: given, or where `share` is above 0, what was found. */
    readonly betas: Float32Array;
    /** Rows are `stride` floats apart, and padded to a multiple of 4. */
    readonly values: Float32Array;
    readonly stride: number;
    readonly width: number;
    readonly alpha: number;
    /** Above 0 and below 1: beta is what makes the mean of a sample's probabilities this. 0: betas are given. */
    readonly share: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, limit, betas, values, stride, width, alpha, share, seed, step } = fired;
  checkRoom('fireUnits', 'ids', ids, count * limit);
  checkRoom('fireUnits', 'lengths', lengths, count);
  checkRoom('fireUnits', 'betas', betas, count);
  checkRoom('fireUnits', 'values', values, rowsSpan(count, stride, whole(width)));
  const lists = [arena.address(ids), arena.address(lengths), arena.address(betas)] as const;
  const rows = [arena.address(values), stride, width, limit] as const;
  const scratch = arena.kernels.fireScratchBytes(width);
  team.run('fireUnits', [...lists, ...rows, alpha, share, seed, step], count, { scratch });
}

/** A job whose items are groups of samples that share their draws. */
function jobOf(
  arena: Arena,
  { limit, units, shared }: FilledLists & { readonly shared: number },
  count: number,
): JobOptions {
  const scratch = arena.kernels.drawSharedScratchBytes(units, limit);
  return { scratch, size: limit * Math.min(shared, count) };
}

function checkLists(op: string, { ids, lengths, limit }: FilledLists, count: number): void {
  checkRoom(op, 'ids', ids, count * limit);
  checkRoom(op, 'lengths', lengths, count);
}
