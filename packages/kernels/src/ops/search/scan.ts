/** Exact scans, and scores of listed rows. */
import type { KernelArguments } from '../../generated/kernels.ts';
import type { Team } from '../../threads/team.ts';
import { type Job, runJob, runJobAsync } from '../job.ts';
import { addressOf } from '../record.ts';
import { checkRoom, rowsSpan } from '../room.ts';
import { bestBytes } from './best.ts';
import { checkQueries, type ScanQueries, type ScanVectors } from './vectors.ts';

/** Rows of queries that scanRows reads at once. */
const TILE = 4;

/** What searches of vectors have in common. */
interface Asked extends ScanQueries {
  readonly vectors: ScanVectors;
  /** Results of a query, at most. */
  readonly k: number;
  /** A bit for each row that may be found; without it all may. */
  readonly allowed?: Uint32Array | undefined;
  /** Only scores that reach it count. */
  readonly threshold: number;
}

/** A scan of all vectors, in parts that threads share out. */
export interface Scan extends Asked {
  /** Query s has its record of bestBytes(k) bytes of part p at (p * count + s) * bestBytes(k). */
  readonly best: Uint8Array;
  /** Queries. */
  readonly count: number;
  /** Rows of a part, a multiple of 4. */
  readonly rowsEach: number;
}

/**
 * The `k` best of each query in each of `parts` parts of the vectors, scored in 32-bit floats.
 * @throws {RangeError} if an array has too few elements.
 */
export function scanRows(team: Team, scan: Scan, parts: number): void {
  runJob(team, rowsJob(team, scan, parts));
}

/** As scanRows, by the other threads while this one is free. */
export function scanRowsAsync(team: Team, scan: Scan, parts: number): Promise<void> {
  return runJobAsync(team, rowsJob(team, scan, parts));
}

/**
 * The same results, where int8 copies rule out most vectors.
 * @throws {RangeError} if an array has too few elements.
 */
export function scanInt8(team: Team, scan: Scan, parts: number): void {
  runJob(team, int8Job(team, scan, parts));
}

/** As scanInt8, by the other threads while this one is free. */
export function scanInt8Async(team: Team, scan: Scan, parts: number): Promise<void> {
  return runJobAsync(team, int8Job(team, scan, parts));
}

function rowsJob(team: Team, scan: Scan, parts: number): Job<'scanRows'> {
  const { arena } = team;
  const { vectors, best, queries, count, k, rowsEach } = scan;
  checkScan('scanRows', scan, parts, false);
  checkRoom('scanRows', 'queries', queries, Math.ceil(count / TILE) * TILE * vectors.fields.stride);
  const from = [arena.address(best), arena.address(vectors.record), arena.address(queries)] as const;
  const only = [addressOf(arena, scan.allowed), scan.threshold] as const;
  const scratch = arena.kernels.scanScratchBytes(count);
  const args: KernelArguments['scanRows'] = [...from, count, k, rowsEach, ...only];
  return { kernel: 'scanRows', args, items: parts, options: { grain: 1, scratch } };
}

function int8Job(team: Team, scan: Scan, parts: number): Job<'scanInt8'> {
  const { arena } = team;
  const { vectors, best, queries, planes, terms, count, k, rowsEach } = scan;
  checkScan('scanInt8', scan, parts, true);
  checkRoom('scanInt8', 'codes', vectors.fields.int8?.codes, vectors.fields.count * vectors.fields.stride);
  const from = [arena.address(best), arena.address(vectors.record), arena.address(queries)] as const;
  const rounded = [arena.address(planes), arena.address(terms)] as const;
  const only = [addressOf(arena, scan.allowed), scan.threshold] as const;
  const scratch = arena.kernels.int8ScratchBytes(vectors.fields.stride);
  const args: KernelArguments['scanInt8'] = [...from, ...rounded, count, k, rowsEach, ...only];
  return { kernel: 'scanInt8', args, items: parts, options: { grain: 1, scratch } };
}

function checkScan(op: string, scan: Scan, parts: number, quantized: boolean): void {
  const { vectors, best, count, k, allowed } = scan;
  const { rows, ids, stride, count: held } = vectors.fields;
  checkRoom(op, 'best', best, parts * count * bestBytes(k));
  checkRoom(op, 'rows', rows, held * stride);
  checkRoom(op, 'ids', ids, held);
  checkQueries(op, scan, stride, count, quantized);
  if (allowed) checkRoom(op, 'allowed', allowed, Math.ceil(held / 32));
}

/**
 * Offers to the records of `count` queries the rows of a list for each, of which int8 copies rule out most where there are
 * any: lengths[s] items from s * listStride on, item i being row places[i], or row i without `places`.
 * @throws {RangeError} if an array has too few elements.
 */
export function scoreLists(
  team: Team,
  score: Asked & {
    /** Query s has its record at s * bestBytes(k). */
    readonly best: Uint8Array;
    /** None where all lists are empty. Items and places are not checked. */
    readonly lists?: Int32Array | undefined;
    /** 0 where all queries have the same list. */
    readonly listStride: number;
    readonly lengths: Int32Array;
    readonly places?: Int32Array | undefined;
    /** Whether this is the first of several calls. */
    readonly clear: boolean;
    /** Whether this is the last of several calls: results are then sorted. */
    readonly finish: boolean;
  },
  count: number,
): void {
  const { arena } = team;
  const { vectors, best, queries, planes, terms, k, lists, listStride, lengths, places } = score;
  const { stride, int8 } = vectors.fields;
  checkRoom('scoreLists', 'best', best, count * bestBytes(k));
  checkRoom('scoreLists', 'lengths', lengths, count);
  if (lists) checkRoom('scoreLists', 'lists', lists, rowsSpan(count, listStride, lengths[count - 1] ?? 0));
  checkQueries('scoreLists', score, stride, count, int8 !== undefined);
  const from = [arena.address(best), arena.address(vectors.record), arena.address(queries)] as const;
  const rounded = [arena.address(planes), arena.address(terms), k] as const;
  const items = [addressOf(arena, lists), listStride, arena.address(lengths)] as const;
  const only = [addressOf(arena, places), addressOf(arena, score.allowed), score.threshold] as const;
  const calls = [Number(score.clear), Number(score.finish)] as const;
  team.run('scoreLists', [...from, ...rounded, ...items, ...only, ...calls], count, {
    scratch: arena.kernels.int8ScratchBytes(stride),
    grain: 1,
  });
}
