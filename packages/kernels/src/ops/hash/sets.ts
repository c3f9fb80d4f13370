/** MinHash of sets and of weights. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { addressOf } from '../record.ts';
import { checkRoom, listsSpan, whole } from '../room.ts';
import { batchAddress, coordinatesOf, type HashBatch, type Words } from './batch.ts';

/** Hash functions that signSets and hashMin take at a time. */
const BLOCK = 32;
/** Hash functions that hashWeighted takes at a time, and numbers that each of them has for a coordinate. */
const [WEIGHTED_BLOCK, NUMBERS] = [8, 4];

/** Codes of `perCode` winners of `bits` bits for each table, the first in the highest bits. An empty set has code 0. */
interface SetCodes {
  readonly batch: HashBatch;
  /** Coordinates that a vector lists at most: those of value 0, and the tail's, included. */
  readonly longest: number;
  readonly bits: number;
  readonly perCode: number;
  readonly tables: number;
}

/**
 * Lowers the signatures of `count` sets to the minima of more elements: signatures[s * blocks * 32 + h] becomes the least of
 * itself and of a[h] * y + b[h] (modulo 2^32) over the elements of set s, of which y is a hash.
 * @throws {RangeError} if an array has too few elements.
 */
export function signSets(
  team: Team,
  sets: {
    readonly signatures: Uint32Array;
    /** The elements of set s are words[offsets[s]] to words[offsets[s + 1] - 1]. Their hashes take their place. */
    readonly words: Uint32Array;
    readonly offsets: Uint32Array;
    /** b[h] of all `blocks` * 32 hash functions, then a[h], which are odd. */
    readonly seeds: Uint32Array;
    readonly salt: number;
    readonly blocks: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { signatures, words, offsets, seeds, salt, blocks } = sets;
  checkRoom('signSets', 'signatures', signatures, count * blocks * BLOCK);
  checkRoom('signSets', 'words', words, listsSpan('signSets', offsets, count));
  checkRoom('signSets', 'seeds', seeds, 2 * blocks * BLOCK);
  const lists = [arena.address(signatures), arena.address(words), arena.address(offsets)] as const;
  team.run('signSets', [...lists, arena.address(seeds), salt, blocks], count);
}

/**
 * The places of `coordinates` coordinates in the random orders of MinHash, so that they need not be computed for every set.
 * @throws {RangeError} if an array has too few elements.
 */
export function fillMinHash(
  team: Team,
  {
    orders,
    seeds,
    blocks,
  }: {
    /** 32 words for each block and coordinate. */
    readonly orders: Words;
    /** b[h] of all `blocks` * 32 hash functions, then a[h]. */
    readonly seeds: Words;
    readonly blocks: number;
  },
  coordinates: number,
): void {
  const { arena } = team;
  checkRoom('fillMinHash', 'orders', orders, blocks * BLOCK * coordinates);
  checkRoom('fillMinHash', 'seeds', seeds, 2 * blocks * BLOCK);
  team.run('fillMinHash', [arena.address(orders), arena.address(seeds), blocks, coordinates], coordinates);
}

/**
 * Codes of `count` vectors as sets of their non-zero coordinates: hash function j * tables + t is the j-th of table t.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashMin(
  team: Team,
  codes: SetCodes & {
    /** As fillMinHash makes them; without them they are computed. */
    readonly orders?: Words | undefined;
    readonly seeds: Words;
    readonly blocks: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, longest, orders, seeds, blocks, bits, perCode, tables } = codes;
  const at = batchAddress('hashMin', team, batch, count, tables);
  if (orders) checkRoom('hashMin', 'orders', orders, blocks * BLOCK * coordinatesOf(batch));
  checkRoom('hashMin', 'seeds', seeds, 2 * blocks * BLOCK);
  const held = [addressOf(arena, orders), arena.address(seeds), blocks] as const;
  team.run('hashMin', [at, longest, ...held, bits, perCode, tables], count, {
    scratch: arena.kernels.minHashScratchBytes(longest, blocks, tables) >>> 0,
  });
}

/**
 * The bins and places of `coordinates` coordinates in the orders of one-permutation hashing.
 * @throws {RangeError} if an array has too few elements.
 */
export function fillDoph(
  team: Team,
  {
    orders,
    seeds,
    perCode,
    tables,
  }: {
    /** Two words for each coordinate and order. */
    readonly orders: Words;
    /** b[j] of the `perCode` orders, then a[j], each padded to a multiple of 4. */
    readonly seeds: Words;
    readonly perCode: number;
    readonly tables: number;
  },
  coordinates: number,
): void {
  const { arena } = team;
  checkRoom('fillDoph', 'orders', orders, 2 * perCode * coordinates);
  checkRoom('fillDoph', 'seeds', seeds, 2 * whole(perCode));
  team.run('fillDoph', [arena.address(orders), arena.address(seeds), perCode, tables], coordinates);
}

/**
 * Codes of `count` vectors as sets of their non-zero coordinates, by one order for each sub-code, cut into a bin for each
 * table; empty bins take what others have.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashDoph(
  team: Team,
  codes: SetCodes & {
    /** As fillDoph makes them; without them they are computed. */
    readonly orders?: Words | undefined;
    readonly seeds: Words;
    /** Two random integers of 64 bits, as 4 words. */
    readonly probes: Words;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, longest, orders, seeds, probes, bits, perCode, tables } = codes;
  const at = batchAddress('hashDoph', team, batch, count, tables);
  if (orders) checkRoom('hashDoph', 'orders', orders, 2 * perCode * coordinatesOf(batch));
  checkRoom('hashDoph', 'seeds', seeds, 2 * whole(perCode));
  checkRoom('hashDoph', 'probes', probes, 4);
  const held = [addressOf(arena, orders), arena.address(seeds), arena.address(probes)] as const;
  team.run('hashDoph', [at, ...held, bits, perCode, tables], count, {
    scratch: arena.kernels.dophScratchBytes(longest, perCode, tables) >>> 0,
  });
}

/** Bytes that each thread needs to draw from vectors that list at most `longest` coordinates. */
export function weightedScratch(arena: Arena, longest: number, blocks: number, tables: number): number {
  // Two words a coordinate, beside what all vectors need.
  return 8 * longest + arena.kernels.weightedScratchBytes(0, blocks, tables);
}

/**
 * Codes of `count` vectors of weights, 0 or more, by consistent weighted sampling (Ioffe, ICDM 2010): function
 * j * tables + t is the j-th of table t.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashWeighted(
  team: Team,
  codes: SetCodes & {
    /**
     * For coordinate k in block b of 8 functions, from (b * coordinates + k) * 32 on: 8 of each of 1 / r, beta, r and
     * ln c - r, as the paper has them.
     */
    readonly draws: Float32Array | Words;
    readonly blocks: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, longest, draws, blocks, bits, perCode, tables } = codes;
  const at = batchAddress('hashWeighted', team, batch, count, tables);
  checkRoom('hashWeighted', 'draws', draws, blocks * WEIGHTED_BLOCK * NUMBERS * coordinatesOf(batch));
  team.run('hashWeighted', [at, longest, arena.address(draws), blocks, bits, perCode, tables], count, {
    scratch: weightedScratch(arena, longest, blocks, tables),
  });
}
