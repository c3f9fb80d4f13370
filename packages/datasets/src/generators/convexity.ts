import { SIDE } from './image-set.ts';

/**
 * A set of pixels, one word a row: bit x of word y is pixel (y, x).
 */
export type PixelRows = Int32Array;

const FULL_ROW = 2 ** SIDE - 1;

/** One step along a line, in lowest terms; only those of which two steps fit into the image. */
const STEPS: readonly (readonly [number, number])[] = stepsOfTwo();

/**
 * Whether for every pair of pixels of the set, all pixels whose centres lie on the line between theirs belong to it too.
 *
 * That is Erhan's test of all pairs, done for all lines of one direction at a time: a set fails where a line leaves it and
 * comes back.
 */
export function everyPairConnected(rows: PixelRows): boolean {
  return rows.every(isOneRun) && STEPS.every(([dx, dy]) => neverComesBack(rows, dx, dy));
}

function isOneRun(row: number): boolean {
  // Adding its lowest bit to a single run carries out of it; of any other row something stays.
  return (row & (row + (row & -row))) === 0;
}

function neverComesBack(rows: PixelRows, dx: number, dy: number): boolean {
  // Going up from the last row, beyond[y] has the pixels from which some later pixel of their line belongs to the set.
  for (let first = SIDE - 1; first > SIDE - 1 - dy; first--) {
    let beyond = 0;
    for (let y = first - dy; y >= 0; y -= dy) {
      const next = shift(rows[y + dy]!, dx);
      beyond = shift(beyond, dx);
      if ((rows[y]! & ~next & beyond) !== 0) return false;
      beyond |= next;
    }
  }
  return true;
}

/** Moves pixels `dx` to lower x: pixel x of the result is pixel x + dx of the row. */
function shift(row: number, dx: number): number {
  return dx >= 0 ? row >>> dx : (row << -dx) & FULL_ROW;
}

function stepsOfTwo(): [number, number][] {
  const steps: [number, number][] = [];
  const most = Math.floor((SIDE - 1) / 2);
  for (let dy = 1; dy <= most; dy++) {
    for (let dx = -most; dx <= most; dx++) if (greatestDivisor(Math.abs(dx), dy) === 1) steps.push([dx, dy]);
  }
  return steps;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
