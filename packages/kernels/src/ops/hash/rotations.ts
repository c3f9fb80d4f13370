/** Hashing by fast rotations: random signs and Walsh-Hadamard transforms. */
import type { Team } from '../../threads/team.ts';
import { checkRoom, rowsSpan } from '../room.ts';
import { batchAddress, grainOf, type HashBatch, type Words } from './batch.ts';

/** Vectors that the kernels take side by side. */
const GROUP = 4;
/** Rounds that all outputs have in common. */
const COMMON_ROUNDS = 2;

/** A rotation of 2^log2 (6 or more) coordinates, to which vectors are padded with zeros. */
interface Rotated {
  readonly batch: HashBatch;
  /** 2^log2 masks for each round, 0 or 0x80000000: `rotationRounds` rounds. */
  readonly signs: Words;
  readonly log2: number;
}

/** Rounds of a rotation of 2^log2 coordinates with so many outputs: the last one is done again, with other signs, where needed. */
export function rotationRounds(log2: number, outputs: number): number {
  return COMMON_ROUNDS + Math.ceil(outputs / 2 ** log2);
}

/** Bytes that each thread needs, at most, to rotate vectors of 2^log2 coordinates with so many outputs. */
export function rotationScratch(log2: number, outputs: number): number {
  // Twice four vectors side by side, and a word for each table and vector.
  return 32 * 2 ** log2 + 16 * outputs;
}

/**
 * Codes of `count` vectors, of `bits` (1 to 32) outputs for each table: bit j, counted from the highest, of table t is
 * whether output j * tables + t is 0 or more.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashHadamard(
  team: Team,
  { batch, signs, log2, bits, tables }: Rotated & { readonly bits: number; readonly tables: number },
  count: number,
): void {
  const at = batchAddress('hashHadamard', team, batch, count, tables);
  checkSigns('hashHadamard', signs, log2, bits * tables);
  team.run('hashHadamard', [at, team.arena.address(signs), log2, bits, tables], count, {
    scratch: team.arena.kernels.hadamardScratchBytes(log2, tables) >>> 0,
    grain: grainOf(team, count, GROUP),
  });
}

/**
 * The first `outputs` outputs of `count` vectors, rows `stride` floats apart.
 * @throws {RangeError} if an array has too few elements.
 */
export function projectHadamard(
  team: Team,
  project: Rotated & {
    readonly outputs: number;
    readonly projections: Float32Array;
    readonly stride: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { batch, signs, log2, outputs, projections, stride } = project;
  const at = batchAddress('projectHadamard', team, batch, count, 0);
  checkSigns('projectHadamard', signs, log2, outputs);
  checkRoom('projectHadamard', 'projections', projections, rowsSpan(count, stride, outputs));
  const to = [arena.address(projections), stride] as const;
  team.run('projectHadamard', [at, arena.address(signs), log2, outputs, ...to], count, {
    scratch: arena.kernels.projectHadamardScratchBytes(log2) >>> 0,
    grain: grainOf(team, count, GROUP),
  });
}

/**
 * Codes of `bits` bits of `count` vectors in cross-polytopes of 2^sizeLog2 coordinates (sizeLog2 <= log2), the first in the
 * highest bits, the last one smaller if need be. Tables take their first polytope from the first outputs, table by table,
 * then their next one.
 * @throws {RangeError} if an array has too few elements.
 */
export function hashPolytopes(
  team: Team,
  polytopes: Rotated & { readonly sizeLog2: number; readonly bits: number; readonly tables: number },
  count: number,
): void {
  const { batch, signs, log2, sizeLog2, bits, tables } = polytopes;
  const at = batchAddress('hashPolytopes', team, batch, count, tables);
  checkSigns('hashPolytopes', signs, log2, tables * polytopeOutputs(bits, sizeLog2));
  team.run('hashPolytopes', [at, team.arena.address(signs), log2, sizeLog2, bits, tables], count, {
    scratch: team.arena.kernels.polytopeScratchBytes(log2, tables) >>> 0,
    grain: grainOf(team, count, GROUP),
  });
}

/** Outputs that a code of `bits` bits takes, in polytopes of 2^sizeLog2 coordinates. */
export function polytopeOutputs(bits: number, sizeLog2: number): number {
  const each = sizeLog2 + 1;
  const left = bits % each;
  return Math.floor(bits / each) * 2 ** sizeLog2 + (left > 0 ? 2 ** (left - 1) : 0);
}

function checkSigns(op: string, signs: Words, log2: number, outputs: number): void {
  checkRoom(op, 'signs', signs, rotationRounds(log2, outputs) * 2 ** log2);
}
