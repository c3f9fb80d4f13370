/** Winner-take-all hashing: which of a bin's coordinates is the largest. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { checkRoom } from '../room.ts';
import { batchAddress, coordinatesOf, grainOf, type HashBatch, type Words } from './batch.ts';
import { checkStarts } from './signs.ts';

/** Vectors that the kernels for dense ones take side by side. */
const GROUP = 4;

/** Codes of `perCode` sub-codes of `binBits` bits for each table, the first in the highest bits. */
interface Winners {
  readonly batch: HashBatch;
  readonly binBits: number;
  readonly perCode: number;
  readonly tables: number;
  /** How many codes are mixed into; 0 if they are not. */
  readonly buckets: number;
}

/** Bins of 2^binBits coordinates: bin b holds members[b << binBits] and the following. */
interface Binned extends Winners {
  readonly members: Words;
}

/** What densification draws from: two random integers of 64 bits, as 4 words. */
interface Densified {
  readonly probes: Words;
}

/** Bytes that each thread needs to hash dense vectors with densification. */
export function dwtaScratch(arena: Arena, coordinates: number, bins: number): number {
  // Four vectors side by side, beside what their bins need.
  return 16 * coordinates + arena.kernels.dwtaScratchBytes(0, bins);
}

/** Bytes that each thread needs to hash dense vectors without it. */
export function wtaScratch(coordinates: number): number {
  return 16 * coordinates;
}

/**
 * Codes of `count` vectors, dense or sparse; a zero is a value like any other, and the first of equal ones wins.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashWta(team: Team, winners: Binned, count: number): void {
  const { batch, members, binBits, perCode, tables, buckets } = winners;
  const at = batchAddress('hashWta', team, batch, count, tables);
  checkRoom('hashWta', 'members', members, perCode * tables * 2 ** binBits);
  team.run('hashWta', [at, team.arena.address(members), binBits, perCode, tables, buckets], count, {
    scratch: wtaScratch(coordinatesOf(batch)),
    grain: grainOf(team, count, GROUP),
  });
}

/**
 * Codes of `count` vectors, dense or sparse, whose zeros count as absent: bins of zeros only take other bins' sub-codes.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashDwta(team: Team, winners: Binned & Densified, count: number): void {
  const { arena } = team;
  const { batch, members, probes, binBits, perCode, tables, buckets } = winners;
  const at = batchAddress('hashDwta', team, batch, count, tables);
  checkRoom('hashDwta', 'members', members, perCode * tables * 2 ** binBits);
  checkRoom('hashDwta', 'probes', probes, 4);
  const held = [arena.address(members), arena.address(probes)] as const;
  team.run('hashDwta', [at, ...held, binBits, perCode, tables, buckets], count, {
    scratch: dwtaScratch(arena, coordinatesOf(batch), perCode * tables),
    grain: grainOf(team, count, GROUP),
  });
}

/**
 * The same for sparse vectors: coordinate k stands at places entries[starts[k]] to entries[starts[k + 1] - 1] of the bins,
 * place p being position p % 2^binBits of bin p >> binBits.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashDwtaSparse(
  team: Team,
  winners: Winners & Densified & { readonly starts: Words; readonly entries: Words },
  count: number,
): void {
  const { arena } = team;
  const { batch, starts, entries, probes, binBits, perCode, tables, buckets } = winners;
  const at = batchAddress('hashDwtaSparse', team, batch, count, tables);
  checkStarts('hashDwtaSparse', starts, coordinatesOf(batch), 'entries', entries);
  checkRoom('hashDwtaSparse', 'probes', probes, 4);
  const held = [arena.address(starts), arena.address(entries), arena.address(probes)] as const;
  team.run('hashDwtaSparse', [at, ...held, binBits, perCode, tables, buckets], count, {
    scratch: arena.kernels.dwtaSparseScratchBytes(perCode * tables) >>> 0,
  });
}
