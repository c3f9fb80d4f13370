/** Codes of the signs, cells and corners of projections: SimHash, E2LSH and cross-polytopes. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { addressOf } from '../record.ts';
import { checkRoom, rowsSpan, whole } from '../room.ts';
import { batchAddress, coordinatesOf, grainOf, type HashBatch, type Words } from './batch.ts';

/** Where codes of projections go. */
interface PackedCodes {
  /** The code of table t of vector s goes to codes[t * codeStride + s], or to column rows[s] where `rows` is given. */
  readonly codes: Uint32Array;
  readonly codeStride: number;
  readonly rows?: Int32Array | undefined;
  /** Rows of projections are `stride` floats apart, with room for whole vectors of 4. */
  readonly projections: Float32Array;
  readonly stride: number;
  readonly tables: number;
}

function checkPacked(op: string, packed: PackedCodes, columns: number, count: number): void {
  const { codes, codeStride, rows, projections, stride, tables } = packed;
  if (rows) checkRoom(op, 'rows', rows, count);
  checkRoom(op, 'codes', codes, rowsSpan(tables, codeStride, rows ? Math.min(1, count) : count));
  checkRoom(op, 'projections', projections, rowsSpan(count, stride, whole(columns)));
}

/**
 * The code of table t is the signs of its `bits` (1 to 32) projections, t * bits and the following, the first in the lowest
 * bit; for `count` vectors.
 * @throws {RangeError} if an array has too few elements.
 */
export function packSigns(team: Team, signs: PackedCodes & { readonly bits: number }, count: number): void {
  const { arena } = team;
  const { codes, codeStride, rows, projections, stride, bits, tables } = signs;
  checkPacked('packSigns', signs, bits * tables, count);
  const target = [arena.address(codes), codeStride, addressOf(arena, rows)] as const;
  team.run('packSigns', [...target, arena.address(projections), stride, bits, tables], count, {
    scratch: arena.kernels.packSignsScratchBytes(bits, tables),
    size: bits * tables,
  });
}

/**
 * The code of table t is the cells floor(projection + offset) modulo 2^cellBits of its `hashes` projections, the first in the
 * highest bits; for `count` vectors. The cells take the place of the projections.
 * @throws {RangeError} if an array has too few elements.
 */
export function packCells(
  team: Team,
  cells: PackedCodes & {
    /** One for each projection of a vector, with room for whole vectors of 4. */
    readonly offsets: Float32Array;
    readonly hashes: number;
    readonly cellBits: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { codes, codeStride, rows, projections, stride, offsets, hashes, cellBits, tables } = cells;
  checkPacked('packCells', cells, hashes * tables, count);
  checkRoom('packCells', 'offsets', offsets, whole(hashes * tables));
  const target = [arena.address(codes), codeStride, addressOf(arena, rows)] as const;
  const from = [arena.address(projections), stride, arena.address(offsets)] as const;
  team.run('packCells', [...target, ...from, hashes, cellBits, tables], count);
}

/** Vectors that hashTernary takes side by side. */
const TERNARY_GROUP = 16;

/** Hyperplanes with entries 1 and -1: coordinates members[starts[2 h]] to members[starts[2 h + 1] - 1] of h are 1. */
interface Ternary {
  readonly batch: HashBatch;
  /** Those from there to starts[2 h + 2] are -1. One more than twice the hyperplanes. */
  readonly starts: Words;
  readonly members: Words;
}

/** Bytes that each thread needs to hash vectors on ternary hyperplanes, dense or sparse. */
export function ternaryScratch(arena: Arena, coordinates: number, planes: number): number {
  return Math.max(4 * TERNARY_GROUP * coordinates, arena.kernels.ternarySparseScratchBytes(planes));
}

/**
 * Codes of `count` vectors, dense or sparse: bit h % bits of table floor(h / bits) is the side of hyperplane h.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashTernary(
  team: Team,
  { batch, starts, members, bits, tables }: Ternary & { readonly bits: number; readonly tables: number },
  count: number,
): void {
  const { arena } = team;
  const at = batchAddress('hashTernary', team, batch, count, tables);
  checkStarts('hashTernary', starts, 2 * bits * tables, 'members', members);
  team.run('hashTernary', [at, arena.address(starts), arena.address(members), bits, tables], count, {
    scratch: 4 * TERNARY_GROUP * coordinatesOf(batch),
    grain: grainOf(team, count, TERNARY_GROUP),
  });
}

/**
 * The same for sparse vectors: coordinate k is added to the sums entries[starts[k]] to entries[starts[k + 1] - 1], h for the
 * positive sum of hyperplane h; h more than the next multiple of 4 from the number of hyperplanes for its negative one.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashTernarySparse(
  team: Team,
  hash: {
    readonly batch: HashBatch;
    readonly starts: Words;
    readonly entries: Words;
    readonly bits: number;
    readonly tables: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, starts, entries, bits, tables } = hash;
  const at = batchAddress('hashTernarySparse', team, batch, count, tables);
  checkStarts('hashTernarySparse', starts, coordinatesOf(batch), 'entries', entries);
  team.run('hashTernarySparse', [at, arena.address(starts), arena.address(entries), bits, tables], count, {
    scratch: arena.kernels.ternarySparseScratchBytes(bits * tables) >>> 0,
  });
}

/**
 * The projections of `count` vectors, `planes` each, rows `stride` floats apart.
 * @throws {RangeError} if an array has too few elements.
 */
export function projectTernary(
  team: Team,
  project: Ternary & {
    readonly planes: number;
    readonly projections: Float32Array;
    readonly stride: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, starts, members, planes, projections, stride } = project;
  const at = batchAddress('projectTernary', team, batch, count, 0);
  checkStarts('projectTernary', starts, 2 * planes, 'members', members);
  checkRoom('projectTernary', 'projections', projections, rowsSpan(count, stride, planes));
  const lists = [arena.address(starts), arena.address(members)] as const;
  team.run('projectTernary', [at, ...lists, planes, arena.address(projections), stride], count, {
    scratch: arena.kernels.projectTernaryScratchBytes(coordinatesOf(batch)) >>> 0,
    grain: grainOf(team, count, 4),
  });
}

/** Lists in compressed rows: one more start than there are lists, the last at most the length of what they start in. */
export function checkStarts(op: string, starts: Words, lists: number, name: string, of: Words): void {
  checkRoom(op, 'starts', starts, lists + 1);
  checkRoom(op, name, of, starts[lists] as number);
}
