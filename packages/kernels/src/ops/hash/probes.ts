/** Multi-probe hashing (Lv et al., VLDB 2007): the codes that near vectors have most likely, after a vector's own. */
import type { Arena } from '../../memory/arena.ts';
import type { Team } from '../../threads/team.ts';
import { checkRoom, rowsSpan } from '../room.ts';
import { polytopeOutputs } from './rotations.ts';

/** Projections, and where the codes go that are made of them. */
interface Probed {
  /** Code p of table t of vector s goes to codes[(t * probes + p) * codeStride + s]. */
  readonly codes: Uint32Array;
  readonly codeStride: number;
  /** Codes of a table, at most as many as there are different ones. */
  readonly probes: number;
  /** Rows are `stride` floats apart. */
  readonly projections: Float32Array;
  readonly stride: number;
  readonly tables: number;
}

/** Bytes that each thread needs to find so many probes. */
export function probeScratch(arena: Arena, probes: number): number {
  return arena.kernels.probeScratchBytes(probes);
}

/**
 * Probes of SimHash, for `count` vectors. Bit j of table t is the sign of the projection at
 * first + t * tableStep + j * bitStep of a row.
 * @throws {RangeError} if an array has too few elements.
 */
export function probeSigns(
  team: Team,
  probed: Probed & {
    readonly first: number;
    readonly tableStep: number;
    readonly bitStep: number;
    readonly bits: number;
  },
  count: number,
): void {
  const { probes, first, tableStep, bitStep, bits, tables } = probed;
  const from = targets('probeSigns', team, probed, bits * tables, count);
  team.run('probeSigns', [...from, first, tableStep, bitStep, bits, tables], count, {
    scratch: probeScratch(team.arena, probes),
  });
}

/**
 * Probes of cells (see packCells), for `count` vectors: a cell may be replaced by its neighbours.
 * @throws {RangeError} if an array has too few elements.
 */
export function probeCells(
  team: Team,
  probed: Probed & {
    /** One for each projection of a vector. */
    readonly offsets: Float32Array;
    readonly hashes: number;
    readonly cellBits: number;
  },
  count: number,
): void {
  const { probes, offsets, hashes, cellBits, tables } = probed;
  const from = targets('probeCells', team, probed, hashes * tables, count);
  checkRoom('probeCells', 'offsets', offsets, hashes * tables);
  team.run('probeCells', [...from, team.arena.address(offsets), hashes, cellBits, tables], count, {
    scratch: probeScratch(team.arena, probes),
  });
}

/**
 * Probes of cross-polytopes (see hashPolytopes), for `count` vectors: a corner may be replaced by every other.
 * @throws {RangeError} if an array has too few elements.
 */
export function probePolytopes(
  team: Team,
  probed: Probed & { readonly sizeLog2: number; readonly bits: number },
  count: number,
): void {
  const { probes, sizeLog2, bits, tables } = probed;
  const outputs = tables * polytopeOutputs(bits, sizeLog2);
  const from = targets('probePolytopes', team, probed, outputs, count);
  team.run('probePolytopes', [...from, sizeLog2, bits, tables], count, {
    scratch: probeScratch(team.arena, probes),
  });
}

/** The arguments that all have first. */
function targets(
  op: string,
  { arena }: Team,
  { codes, codeStride, probes, projections, stride, tables }: Probed,
  columns: number,
  count: number,
): [codes: number, codeStride: number, probes: number, projections: number, stride: number] {
  checkRoom(op, 'codes', codes, rowsSpan(tables * probes, codeStride, count));
  checkRoom(op, 'projections', projections, rowsSpan(count, stride, columns));
  return [arena.address(codes), codeStride, probes, arena.address(projections), stride];
}
