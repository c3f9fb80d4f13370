/** Which family and how many tables an index has if its user names none: what `suggestParameters` finds cheapest. */
import type { Team } from '@hashgrad/kernels';
import { crossPolytope } from '../families/cross-polytope.ts';
import { pStable } from '../families/p-stable.ts';
import { checkInteger, type FamilySpec } from '../family.ts';
import {
  checkBackground,
  ScratchTeam,
  type Sizing,
  sizingsOn,
  type SizingOptions,
} from '../tuning/sizing.ts';
import { checkDimensions, described } from '../vectors/check-flat.ts';
import { type Metric, rulesOf } from './metric.ts';

/** What the vectors are like, and what must be found of them. */
export interface SuggestOptions {
  /** Coordinates of a vector. */
  readonly dimensions: number;
  readonly metric: Metric;
  /** Vectors that the index will hold; it holds others, too. Default 10,000. */
  readonly expected?: number | undefined;
  /**
   * What must be found: vectors of this cosine (default 0.7); of this distance (no default: it has your vectors' unit); or
   * of this inner product, as a share of the query's length times that of the longest vector (default 0.5).
   */
  readonly near?: number | undefined;
  /** The share of these that must be found, above 0 and below 1. Default 0.9. */
  readonly recall?: number | undefined;
  /**
   * How similar queries are to vectors that are not wanted, in the unit of `near`; several, if one number does not say it.
   * Some of it is further than `near`. Default 0; for distances 2.5 `near`.
   */
  readonly background?: number | readonly number[] | undefined;
}

/** Tables, at most: each takes some 10 bytes a vector. */
const MOST_TABLES = 100;
/** Widths of cells that are tried, as multiples of `near`. */
const WIDTHS = [1, 2, 4];
const DEFAULTS = { cosine: 0.7, innerProduct: 0.5 };

/**
 * The family for an index and what its law says of it: the share of near vectors that are found, and how many are scored.
 * @param team whose memory families are tried in; default: a memory of their own.
 * @throws {RangeError} if an option is out of range, no family reaches the recall with 100 tables, or there is no memory.
 */
export function suggestFamily(options: SuggestOptions, team?: Team): Sizing {
  const { dimensions, metric, expected = 10_000, recall = 0.9 } = options;
  checkDimensions(dimensions);
  const { similarity } = rulesOf(metric);
  checkInteger('LshIndex', 'expected', expected, 1, 2 ** 29);
  if (!(typeof recall === 'number' && recall > 0 && recall < 1)) {
    throw new RangeError(`recall is above 0 and below 1; got ${described(recall)}.`);
  }
  const near = nearOf(options);
  const distances = similarity === 'euclidean';
  const background = backgroundOf(options) ?? [distances ? 2.5 * near : 0];
  checkBackground('LshIndex', background, { name: 'near', value: near }, distances);
  // No more buckets than vectors: more would be memory for empty ones.
  const bits = Math.min(20, Math.max(4, Math.floor(Math.log2(expected))));
  const wanted = { items: expected, similarity: near, recall, background };
  const shared = { dimensions, ...wanted, hashes: upTo(bits), mostTables: MOST_TABLES };
  const tried: Pick<SizingOptions, 'family' | 'hashing'>[] = distances
    ? WIDTHS.map((width) => ({ family: (hashes, tables) => cells(hashes, tables, bits, width * near) }))
    : [
        {
          family: (hashes, tables) => polytopes(hashes, tables, dimensions),
          hashing: (hashes, tables) => rotationCost(hashes, tables, dimensions),
        },
      ];
  using scratch = team ? undefined : new ScratchTeam();
  const memory = team ?? (scratch as ScratchTeam).team;
  // Cells of some widths do not reach the recall.
  const found = tried.flatMap((each) => sizingsOn(memory, { ...shared, ...each }).slice(0, 1));
  const [best] = found.toSorted((a, b) => a.nanoseconds - b.nanoseconds);
  if (best) return best;
  throw new RangeError(
    `LshIndex: no family finds vectors at near ${near} with probability ${recall} in ${MOST_TABLES} tables or fewer.`,
  );
}

function backgroundOf({ background }: SuggestOptions): readonly number[] | undefined {
  if (background === undefined) return undefined;
  if (typeof background === 'number') return [background];
  if (Array.isArray(background) && [...background].every((each) => typeof each === 'number'))
    return background;
  throw new TypeError(`background is a number or an array of numbers; got ${described(background)}.`);
}

function nearOf({ metric, near }: SuggestOptions): number {
  if (metric === 'euclidean') {
    if (near === undefined) {
      throw new RangeError(
        "metric 'euclidean' needs `near`, a distance at which vectors must still be found, because cells are cut in " +
          'your unit; or a family, such as pStable({ hashes: 6, tables: 30, width: 2 }).',
      );
    }
    if (!(typeof near === 'number' && near > 0 && near < Infinity)) {
      throw new RangeError(`near is a distance above 0; got ${described(near)}.`);
    }
    return near;
  }
  const given = near ?? DEFAULTS[metric];
  if (!(typeof given === 'number' && given > 0 && given < 1)) {
    throw new RangeError(
      `near is ${metric === 'cosine' ? 'a cosine' : 'a share of the greatest product'} above 0 and below 1; got ${described(near)}.`,
    );
  }
  return given;
}

/** Polytopes of 64 corners' coordinates, or as many as there are dimensions: larger ones are of no use. */
function polytopes(bits: number, tables: number, dimensions: number): FamilySpec {
  return crossPolytope({ bits, tables, size: 2 ** Math.min(6, Math.floor(Math.log2(dimensions))) });
}

/** Cells of this width, as many as codes of so many bits have. */
function cells(hashes: number, tables: number, bits: number, width: number): FamilySpec {
  return pStable({ hashes, tables, width, cells: 2 ** Math.min(8, Math.floor(bits / hashes)) });
}

/** Operations of the Hadamard rotations that `crossPolytope` takes: see the README's table of costs. */
function rotationCost(bits: number, tables: number, dimensions: number): number {
  const log2 = Math.max(6, Math.ceil(Math.log2(dimensions)));
  const outputs = (tables * 64 * bits) / 7;
  return (2 + outputs / 2 ** log2) * 2 ** log2 * log2 + outputs;
}

function upTo(bits: number): number[] {
  return Array.from({ length: bits }, (_, i) => i + 1);
}
