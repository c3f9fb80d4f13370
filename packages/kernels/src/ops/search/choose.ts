/** The best of rows of scores, and of signatures. */
import type { Team } from '../../threads/team.ts';
import { addressOf } from '../record.ts';
import { checkRoom, listsSpan, rowsSpan } from '../room.ts';

/**
 * The columns of the `k` (at most `width`) highest values of each of `count` rows, ascending; among equal values the lower
 * columns.
 * @throws {RangeError} if an array has too few elements.
 */
export function topK(
  team: Team,
  chosen: {
    /** Row s has its columns from s * k on. */
    readonly ids: Int32Array;
    /** Rows are `stride` floats apart. */
    readonly values: Float32Array;
    readonly stride: number;
    readonly width: number;
    readonly k: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, values, stride, width, k } = chosen;
  checkRoom('topK', 'ids', ids, count * k);
  checkRoom('topK', 'values', values, rowsSpan(count, stride, width));
  team.run('topK', [arena.address(ids), arena.address(values), stride, width, k], count, {
    scratch: arena.kernels.topKScratchBytes(width),
  });
}

/**
 * Where the `k` highest values of each of `count` rows are, highest first, among equals the earlier. Row s has the values
 * offsets[s] to offsets[s + 1] - 1, or without `offsets` `width` values from s * stride on.
 * @throws {RangeError} if an array has too few elements.
 */
export function bestOfRows(
  team: Team,
  chosen: {
    /** Row s has its positions from s * k on. */
    readonly positions: Int32Array;
    /** How many each row has: fewer than `k` where the row is shorter. */
    readonly lengths: Int32Array;
    readonly values: Float32Array;
    readonly offsets?: Int32Array | undefined;
    readonly stride: number;
    readonly width: number;
    readonly k: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { positions, lengths, values, offsets, stride, width, k } = chosen;
  checkRoom('bestOfRows', 'positions', positions, count * k);
  checkRoom('bestOfRows', 'lengths', lengths, count);
  const elements = offsets ? listsSpan('bestOfRows', offsets, count) : rowsSpan(count, stride, width);
  checkRoom('bestOfRows', 'values', values, elements);
  const to = [arena.address(positions), arena.address(lengths)] as const;
  const from = [arena.address(values), addressOf(arena, offsets), stride, width] as const;
  team.run('bestOfRows', [...to, ...from, k], count, { scratch: arena.kernels.bestOfRowsScratchBytes(k) });
}

/**
 * The `k` of `units` units with the highest scores for each of `count` queries, ascending: a unit whose signature differs in d
 * bits has the score norms[unit] * cosines[d] + its bias, rounded; among equal scores the lower units are taken.
 * @throws {RangeError} if an array has too few elements.
 */
export function nearestSignatures(
  team: Team,
  nearest: {
    /** Query s has its units from s * k on. */
    readonly ids: Int32Array;
    /** `words` words of 64 bits for each unit, as pairs of 32 bits. */
    readonly signatures: Uint32Array;
    /** The same for each query. */
    readonly queries: Uint32Array;
    readonly norms: Float32Array;
    /** One for each number of bits from 0 to 64 * words. */
    readonly cosines: Float32Array;
    /** Scores are from -1,023 to 1,023, with these or without. */
    readonly biases?: Float32Array | undefined;
    readonly words: number;
    readonly units: number;
    readonly k: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, signatures, queries, norms, cosines, biases, words, units, k } = nearest;
  checkRoom('nearestSignatures', 'ids', ids, count * k);
  checkRoom('nearestSignatures', 'signatures', signatures, units * words * 2);
  checkRoom('nearestSignatures', 'queries', queries, count * words * 2);
  checkRoom('nearestSignatures', 'norms', norms, units);
  checkRoom('nearestSignatures', 'cosines', cosines, 64 * words + 1);
  if (biases) checkRoom('nearestSignatures', 'biases', biases, units);
  const bits = [arena.address(ids), arena.address(signatures), arena.address(queries)] as const;
  const scores = [arena.address(norms), arena.address(cosines), addressOf(arena, biases)] as const;
  team.run('nearestSignatures', [...bits, ...scores, words, units, k], count, {
    scratch: arena.kernels.nearestSignaturesScratchBytes(units),
  });
}
