/** Searches of vectors in blocks. */
import type { KernelArguments } from '../../generated/kernels.ts';
import type { Team } from '../../threads/team.ts';
import { type Job, runJob, runJobAsync } from '../job.ts';
import { addressOf } from '../record.ts';
import { checkRoom } from '../room.ts';
import { bestBytes } from './best.ts';
import type { BlockVectors } from './blocks.ts';
import { checkQueries, type ScanQueries } from './vectors.ts';

/** A search by signatures. */
export interface BlockSearch extends ScanQueries {
  readonly blocks: BlockVectors;
  /** Query s has its record at s * bestBytes(k). */
  readonly best: Uint8Array;
  /** How many vectors were scored for each query. */
  readonly scored: Int32Array;
  /** The ids of those, where there is one query: room for all vectors. */
  readonly listed?: Uint32Array | undefined;
  /** 64 * words floats a query: its rotation. */
  readonly projections: Float32Array;
  /** Results of a query, at most. */
  readonly k: number;
  /** No more blocks are visited once so many vectors were. */
  readonly most: number;
  /** A vector is left out if its score is too low even for a cosine this many `deviation`s above what its signature tells. */
  readonly slack: number;
  /** A block is left out by the same rule, for what its centre tells. */
  readonly reach: number;
  /** Standard deviation of what a signature tells. */
  readonly deviation: number;
  /** Only scores that reach it count. */
  readonly threshold: number;
  /** A bit for each place that may be found; without it all may. */
  readonly allowed?: Uint32Array | undefined;
}

/**
 * The `k` best found of `count` queries.
 * @throws {RangeError} if an array has too few elements.
 */
export function searchBlocks(team: Team, search: BlockSearch, count: number): void {
  runJob(team, searchJob(team, search, count));
}

/** As searchBlocks, by the other threads while this one is free. */
export function searchBlocksAsync(team: Team, search: BlockSearch, count: number): Promise<void> {
  return runJobAsync(team, searchJob(team, search, count));
}

function searchJob(team: Team, search: BlockSearch, count: number): Job<'searchBlocks'> {
  const { arena } = team;
  const { blocks, best, scored, listed, queries, planes, terms, projections, k } = search;
  const { stride, words } = blocks.fields;
  checkRoom('searchBlocks', 'best', best, count * bestBytes(k));
  checkRoom('searchBlocks', 'scored', scored, count);
  checkRoom('searchBlocks', 'projections', projections, count * words * 64);
  checkQueries('searchBlocks', search, stride, count, true);
  if (listed) checkRoom('searchBlocks', 'listed', listed, vectorsOf(blocks));
  const args: KernelArguments['searchBlocks'] = [
    arena.address(best),
    arena.address(scored),
    addressOf(arena, listed),
    arena.address(blocks.record),
    arena.address(queries),
    arena.address(planes),
    arena.address(terms),
    arena.address(projections),
    k,
    search.most,
    search.slack,
    search.reach,
    search.deviation,
    search.threshold,
    addressOf(arena, search.allowed),
  ];
  // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
  const scratch = arena.kernels.searchBlocksScratchBytes(stride, words, k, blocks.count) >>> 0;
  return { kernel: 'searchBlocks', args, items: count, options: { grain: 1, scratch } };
}

function vectorsOf(blocks: BlockVectors): number {
  const { order, records } = blocks.fields;
  let sum = 0;
  for (let i = 0; i < blocks.count; i++) sum += records.count(order[i] as number);
  return sum;
}

/**
 * The `k` best of the listed places, of scores that reach `threshold`, for `count` queries. Places are not checked.
 * @throws {RangeError} if an array has too few elements.
 */
export function scorePlaces(
  team: Team,
  score: ScanQueries & {
    readonly blocks: BlockVectors;
    /** Query s has its record at s * bestBytes(k). */
    readonly best: Uint8Array;
    readonly k: number;
    readonly places: Int32Array;
    readonly threshold: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { blocks, best, queries, planes, terms, k, places, threshold } = score;
  const { stride } = blocks.fields;
  checkRoom('scorePlaces', 'best', best, count * bestBytes(k));
  checkQueries('scorePlaces', score, stride, count, true);
  const from = [arena.address(best), arena.address(blocks.record), arena.address(queries)] as const;
  const rounded = [arena.address(planes), arena.address(terms), k] as const;
  const list = [arena.address(places), places.length, threshold] as const;
  team.run('scorePlaces', [...from, ...rounded, ...list], count, {
    scratch: arena.kernels.int8ScratchBytes(stride),
    grain: 1,
  });
}
