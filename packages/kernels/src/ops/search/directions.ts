/** Directions of vectors in blocks: cosines, sums, and the block that a vector is for. */
import type { Team } from '../../threads/team.ts';
import { addressOf } from '../record.ts';
import { checkRoom } from '../room.ts';
import type { BlockVectors } from './blocks.ts';

/** Vectors of blocks, by their places, which are not checked. */
interface Placed {
  readonly blocks: BlockVectors;
  readonly places: Int32Array;
}

/**
 * cosines[i] = that of the directions at places[i] and others[i], for i below `count`.
 * @throws {RangeError} if an array has too few elements.
 */
export function pairPlaces(
  team: Team,
  pairs: Placed & { readonly cosines: Float32Array; readonly others: Int32Array },
  count: number,
): void {
  const { arena } = team;
  const { blocks, cosines, places, others } = pairs;
  checkRoom('pairPlaces', 'cosines', cosines, count);
  checkRoom('pairPlaces', 'places', places, count);
  checkRoom('pairPlaces', 'others', others, count);
  const lists = [arena.address(places), arena.address(others)] as const;
  team.run('pairPlaces', [arena.address(cosines), arena.address(blocks.record), ...lists], count, {
    scratch: directionScratch(team, blocks),
    grain: grainFor(count),
  });
}

/**
 * cosines[i] = the inner product of the direction at places[i] and `direction`, for i below `count`.
 * @throws {RangeError} if an array has too few elements.
 */
export function projectPlaces(
  team: Team,
  project: Placed & { readonly cosines: Float32Array; readonly direction: Float32Array },
  count: number,
): void {
  const { arena } = team;
  const { blocks, cosines, places, direction } = project;
  checkRoom('projectPlaces', 'cosines', cosines, count);
  checkRoom('projectPlaces', 'places', places, count);
  checkRoom('projectPlaces', 'direction', direction, blocks.fields.stride);
  const lists = [arena.address(places), arena.address(direction)] as const;
  team.run('projectPlaces', [arena.address(cosines), arena.address(blocks.record), ...lists], count, {
    scratch: directionScratch(team, blocks),
    grain: grainFor(count),
  });
}

/**
 * Sums of the directions of `lists` lists of `length` places each, which stand one after the other: list l's is row l of
 * `totals`, of `stride` floats. Where `signs` are given, directions with a negative one are subtracted.
 * @throws {RangeError} if an array has too few elements.
 */
export function sumDirections(
  team: Team,
  sums: Placed & {
    readonly totals: Float32Array;
    readonly signs?: Float32Array | undefined;
    readonly length: number;
  },
  lists: number,
): void {
  const { arena } = team;
  const { blocks, totals, places, signs, length } = sums;
  checkRoom('sumDirections', 'totals', totals, lists * blocks.fields.stride);
  checkRoom('sumDirections', 'places', places, lists * length);
  if (signs) checkRoom('sumDirections', 'signs', signs, lists * length);
  const from = [arena.address(blocks.record), arena.address(places), addressOf(arena, signs)] as const;
  team.run('sumDirections', [arena.address(totals), ...from, length], lists, {
    scratch: directionScratch(team, blocks),
  });
}

/**
 * numbers[i] = the block of band bandOf[i] whose centre is nearest to the direction at places[i], of equal ones the first,
 * for i below `count`; -1 for bands without blocks.
 * @throws {RangeError} if an array has too few elements.
 */
export function routePlaces(
  team: Team,
  route: Placed & { readonly numbers: Int32Array; readonly bandOf: Int32Array },
  count: number,
): void {
  const { arena } = team;
  const { blocks, numbers, places, bandOf } = route;
  checkRoom('routePlaces', 'numbers', numbers, count);
  checkRoom('routePlaces', 'places', places, count);
  checkRoom('routePlaces', 'bandOf', bandOf, count);
  const lists = [arena.address(places), arena.address(bandOf)] as const;
  team.run('routePlaces', [arena.address(numbers), arena.address(blocks.record), ...lists], count, {
    scratch: directionScratch(team, blocks),
    grain: Math.max(16, Math.ceil(count / 64)),
  });
}

function directionScratch({ arena }: Team, blocks: BlockVectors): number {
  return arena.kernels.directionScratchBytes(blocks.fields.stride);
}

/** Chunks for threads; few vectors are not worth waking any. */
function grainFor(count: number): number {
  return Math.max(256, Math.ceil(count / 8));
}
