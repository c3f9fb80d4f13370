/**
 * Hashing for the Euclidean distance by p-stable distributions (Datar et al., SoCG 2004; E2LSH): a random projection is cut
 * into cells of a width, at a random offset. A code is `hashes` (K) cells.
 */
import { packCells, probeCells, randomStream } from '@hashgrad/kernels';
import {
  checkInteger,
  type FamilySpec,
  type HashFamily,
  type HasherContext,
  MOST_PROBES,
} from '../family.ts';
import { checkNames, described } from '../vectors/check-flat.ts';
import { normalDensity, normalTail } from './normal.ts';
import { type ProjectionCoder, ProjectionHasher } from './projection-hasher.ts';

/** Hashing for Euclidean distance as plain JSON, see `pStable`. */
export interface PStableSpec extends FamilySpec {
  readonly kind: 'pStable';
  /** Cells in a code, K in the papers. */
  readonly hashes: number;
  /** Width of a cell, r in the papers, in the unit of the vectors. */
  readonly width: number;
  /** Cells are numbered modulo this, a power of 2. */
  readonly cells: number;
}

/** Bits of a code that `cells` is by default chosen for: tables of 2^18 buckets. */
const DEFAULT_BITS = 18;

const OPTIONS = ['hashes', 'tables', 'width', 'cells'];

/**
 * E2LSH: `tables` (1 to 4,096) codes of `hashes` cells of `width`, in the vectors' unit. Cells have no end, so they are
 * numbered modulo `cells`, a power of 2 from 2 to 4,096 (default: the most with which a code has 18 bits, 256 at most); a
 * code has at most 24 bits. That is injective for vectors whose projections span fewer cells; others that are a multiple
 * of `cells` apart share a number, which the law counts in. @throws {RangeError} if a parameter is out of range.
 */
export function pStable(parameters: {
  readonly hashes: number;
  readonly tables: number;
  readonly width: number;
  readonly cells?: number;
}): PStableSpec {
  checkNames('pStable', parameters, OPTIONS);
  const { hashes, tables, width } = parameters;
  const bits = Math.min(8, Math.max(1, Math.floor(DEFAULT_BITS / hashes)));
  const { cells = 2 ** bits } = parameters;
  const spec: PStableSpec = { kind: 'pStable', hashes, tables, width, cells };
  check(spec);
  return spec;
}

function check(spec: FamilySpec): void {
  const { hashes, tables, width, cells } = spec as PStableSpec;
  checkInteger('pStable', 'tables', tables, 1, 4096);
  checkInteger('pStable', 'hashes', hashes, 1, 24);
  checkInteger('pStable', 'cells', cells, 2, 4096);
  const bits = Math.log2(cells);
  if (!Number.isInteger(bits)) throw new RangeError(`pStable: cells is a power of 2; got ${cells}.`);
  checkInteger('pStable', `hashes (of ${bits} bits each)`, hashes, 1, Math.floor(24 / bits));
  if (!(typeof width === 'number' && width > 0 && width < Infinity)) {
    throw new RangeError(`pStable: width is above 0 and finite; got ${described(width)}.`);
  }
}

export const pStableFamily: HashFamily = {
  kind: 'pStable',
  similarity: 'euclidean',
  options: OPTIONS,
  check,
  /**
   * p^K for vectors at the distance `similarity` (0 or more: small is similar), where p is the probability that their cells
   * are equal modulo `cells`: the sum over all integers n of P(cells differ by n * cells). Its term n = 0 is F_r, the law
   * of cells that have no end. Exact.
   */
  collisionProbability(spec, similarity) {
    if (!(similarity >= 0)) throw new RangeError(`A distance is 0 or more; got ${similarity}.`);
    const { hashes, width, cells } = spec as PStableSpec;
    return sameCell(similarity / width, cells) ** hashes;
  },
  bind(spec, context) {
    const { seed, team } = context;
    const coder = cellCoder(spec as PStableSpec, team);
    return new ProjectionHasher(coder, context, (offsets) => {
      const random = randomStream(seed, 'pStable offsets');
      for (let i = 0; i < offsets.length; i++) offsets[i] = random.uniform();
    });
  },
};

/** P(cells are equal modulo `cells`) where projections differ by a normal of standard deviation `sigma` cells. */
function sameCell(sigma: number, cells: number): number {
  if (sigma === 0) return 1;
  // So far apart, all residues are alike: what the sum differs by is e^(-2 (pi sigma / cells)^2).
  if (sigma > 4 * cells) return 1 / cells;
  let p = differBy(0, sigma);
  for (let n = cells; n < 10 * sigma + 2; n += cells) p += 2 * differBy(n, sigma);
  return Math.min(1, p);
}

/** P(cells differ by n >= 0): the mean of 1 - |Z - n| where that is above 0, Z being normal of standard deviation sigma. */
function differBy(n: number, sigma: number): number {
  // E max(0, Z - x), whose second difference it is.
  const excess = (x: number): number => sigma * normalDensity(x / sigma) - x * normalTail(x / sigma);
  return Math.max(0, excess(n - 1) - 2 * excess(n) + excess(n + 1));
}

/** Column t * hashes + j of the projections is that of cell j of table t; one cell is 1. */
function cellCoder(
  { hashes, tables, width, cells }: PStableSpec,
  team: HasherContext['team'],
): ProjectionCoder {
  const cellBits = Math.log2(cells);
  const columns = hashes * tables;
  return {
    tables,
    buckets: cells ** hashes,
    // A cell, and its neighbours: of two cells there is but one.
    mostProbes: Math.min((cells > 2 ? 3 : 2) ** hashes, MOST_PROBES),
    columns,
    kind: 'pStable',
    scale: 1 / width,
    stream: 'pStable',
    own: Math.ceil(columns / 4) * 4,
    pack(codes, codeStride, rows, { values: projections, stride }, count, offsets) {
      const from = { projections, stride, offsets, hashes, cellBits, tables };
      packCells(team, { codes, codeStride, rows, ...from }, count);
    },
    probe(codes, codeStride, probes, { values: projections, stride }, count, offsets) {
      const from = { projections, stride, offsets, hashes, cellBits, tables };
      probeCells(team, { codes, codeStride, probes, ...from }, count);
    },
  };
}
