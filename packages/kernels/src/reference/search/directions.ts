/** Reference of directions of vectors in blocks. */
import { type PlainBlocks, vectorAt } from './blocks.ts';

/** The direction of the vector at a place, as its codes have it: of length 1, or 0 for a vector of zeros. */
function directionOf(blocks: PlainBlocks, place: number): Float64Array {
  const { codes, scale, length } = vectorAt(blocks, place);
  return Float64Array.from(codes, (code) => (length > 0 ? (code * scale) / length : 0));
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** The cosines of the directions at places[i] and others[i]. */
export function pairPlaces(
  blocks: PlainBlocks,
  places: ArrayLike<number>,
  others: ArrayLike<number>,
): Float32Array {
  return Float32Array.from(places, (place, i) =>
    product(directionOf(blocks, place), directionOf(blocks, others[i])),
  );
}

/** The inner products of the directions at the places and one more. */
export function projectPlaces(
  blocks: PlainBlocks,
  places: ArrayLike<number>,
  direction: Float32Array,
): Float32Array {
  return Float32Array.from(places, (place) => product(directionOf(blocks, place), direction));
}

/**
 * The sums of directions at `count` places after the other: that of list l at l * stride. Directions with a sign below 0 are
 * subtracted.
 */
export function sumDirections(
  blocks: PlainBlocks,
  places: ArrayLike<number>,
  signs: ArrayLike<number> | undefined,
  count: number,
): Float32Array {
  const { stride } = blocks;
  const totals = new Float64Array((places.length / count) * stride);
  for (let i = 0; i < places.length; i++) {
    const sign = signs && signs[i] < 0 ? -1 : 1;
    const list = Math.floor(i / count);
    for (const [j, x] of directionOf(blocks, places[i]).entries()) totals[list * stride + j] += sign * x;
  }
  return Float32Array.from(totals);
}

/** A group of blocks of alike directions. */
export interface PlainGroup {
  readonly centre: Float32Array;
  /** Their numbers. */
  readonly blocks: readonly number[];
}

/** Groups of a band in which a vector's block is looked for. */
export const NEAREST_GROUPS = 8;

/**
 * The block of band bandOf[i] whose centre is nearest to the direction at places[i], of equal ones the first; -1 where the band has
 * none. Where it has groups, only blocks of the nearest ones are compared.
 */
export function routePlaces(
  blocks: PlainBlocks,
  groups: readonly (readonly PlainGroup[])[],
  places: ArrayLike<number>,
  bandOf: ArrayLike<number>,
): Int32Array {
  return Int32Array.from(places, (place, i) => {
    const direction = directionOf(blocks, place);
    const ofBand = groups[bandOf[i]];
    const near = ofBand
      .map((group) => ({ group, cosine: product(direction, group.centre) }))
      .toSorted((a, b) => b.cosine - a.cosine)
      .slice(0, NEAREST_GROUPS);
    const numbers = ofBand.length > 0 ? near.flatMap(({ group }) => group.blocks) : blocks.bands[bandOf[i]];
    return nearestOf(
      numbers.map((number) => blocks.blocks[number].centre),
      direction,
      numbers,
    );
  });
}

/** Which of some rows has the greatest product with the centre of each block, of equal ones the first. */
export function nearestToCentres(
  { blocks }: PlainBlocks,
  numbers: ArrayLike<number>,
  rows: readonly Float32Array[],
): Int32Array {
  return Int32Array.from(numbers, (number) =>
    nearestOf(
      rows,
      blocks[number].centre,
      Array.from(rows, (_, r) => r),
    ),
  );
}

/** The name of the row with the greatest product with a direction; -1 of none. */
function nearestOf(
  rows: readonly Float32Array[],
  direction: ArrayLike<number>,
  names: readonly number[],
): number {
  let [best, most] = [-1, -Infinity];
  for (const [r, row] of rows.entries()) {
    const cosine = product(direction, row);
    if (cosine > most) [best, most] = [names[r], cosine];
  }
  return best;
}
