/** Directions of vectors in blocks: cosines, sums, and the block that a vector is for. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { addressOf, recordWords, Relaid } from '../record.ts';
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

/** Groups of the blocks of large bands, by direction. */
export interface GroupFields {
  /** One more than there are bands: where each band's groups start. A band may have none. */
  readonly bands: Int32Array;
  /** One more than there are groups: where each group's blocks start in `members`. */
  readonly starts: Int32Array;
  /** Numbers of blocks, group by group. */
  readonly members: Int32Array;
  /** `stride` floats for each group: the mean direction of its blocks. */
  readonly centres: Float32Array;
}

/** The record of groups: laid anew, in the same place, as there are more of them. */
export class BlockGroups extends Relaid<'Groups', GroupFields> {
  /** Words that the record takes. */
  static readonly WORDS: number = recordWords('Groups');

  /** @param record WORDS words of the arena, which its owner frees. */
  constructor(arena: Arena, record: Int32Array) {
    super(arena, 'Groups', record, (fields) => fields);
  }
}

/**
 * numbers[i] = the block of band bandOf[i] whose centre is nearest to the direction at places[i], of equal ones the first,
 * for i below `count`; -1 for bands without blocks. In a band with groups only the blocks of the eight nearest are compared.
 * @throws {RangeError} if an array has too few elements.
 */
export function routePlaces(
  team: Team,
  route: Placed & {
    readonly groups: BlockGroups;
    readonly numbers: Int32Array;
    readonly bandOf: Int32Array;
  },
  count: number,
): void {
  const { arena } = team;
  const { blocks, groups, numbers, places, bandOf } = route;
  checkRoom('routePlaces', 'numbers', numbers, count);
  checkRoom('routePlaces', 'places', places, count);
  checkRoom('routePlaces', 'bandOf', bandOf, count);
  checkRoom('routePlaces', 'groups.bands', groups.fields.bands, blocks.fields.bandCount + 1);
  const records = [arena.address(blocks.record), arena.address(groups.record)] as const;
  const lists = [arena.address(places), arena.address(bandOf)] as const;
  team.run('routePlaces', [arena.address(numbers), ...records, ...lists], count, {
    scratch: arena.kernels.routeScratchBytes(blocks.fields.stride),
    grain: Math.max(16, Math.ceil(count / 64)),
  });
}

/**
 * nearest[i] = which of the first `rowCount` rows, of `stride` floats, has the greatest inner product with the centre of block
 * numbers[i], of equal ones the first, for i below `count`. Numbers are not checked.
 * @throws {RangeError} if an array has too few elements.
 */
export function nearestToCentres(
  team: Team,
  {
    blocks,
    numbers,
    rows,
    rowCount,
    nearest,
  }: {
    readonly blocks: BlockVectors;
    readonly numbers: Int32Array;
    readonly rows: Float32Array;
    readonly rowCount: number;
    readonly nearest: Int32Array;
  },
  count: number,
): void {
  const { arena } = team;
  checkRoom('nearestToCentres', 'numbers', numbers, count);
  checkRoom('nearestToCentres', 'nearest', nearest, count);
  checkRoom('nearestToCentres', 'rows', rows, rowCount * blocks.fields.stride);
  const from = [arena.address(blocks.record), arena.address(numbers), arena.address(rows)] as const;
  team.run('nearestToCentres', [arena.address(nearest), ...from, rowCount], count, {
    scratch: NEAREST_BYTES,
    grain: Math.max(16, Math.ceil(count / 64)),
  });
}

/** What nearestToCentres keeps: a row, and its product. */
const NEAREST_BYTES = 8;

function directionScratch({ arena }: Team, blocks: BlockVectors): number {
  return arena.kernels.directionScratchBytes(blocks.fields.stride);
}

/** Chunks for threads; few vectors are not worth waking any. */
function grainFor(count: number): number {
  return Math.max(256, Math.ceil(count / 8));
}
