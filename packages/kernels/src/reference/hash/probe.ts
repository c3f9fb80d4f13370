/**
 * Reference of multi-probe hashing (Lv et al., VLDB 2007): here all codes are listed with their scores and sorted. Of equal
 * scores any may come first, so the kernels are compared with this by the scores.
 */
import { polytopesOf } from './polytope.ts';

/** What may stand in a place of a code, and at what score. */
interface Choice {
  readonly value: number;
  readonly score: number;
}

/** A code, and the sum of the scores of what it consists of. */
export interface ScoredCode {
  readonly code: number;
  readonly score: number;
}

/** All codes of one choice for each sub-code (of so many bits, the first in the highest), the best first. */
function listCodes(
  subCodes: readonly { readonly bits: number; readonly choices: readonly Choice[] }[],
): ScoredCode[] {
  let codes: ScoredCode[] = [{ code: 0, score: 0 }];
  for (const { bits, choices } of subCodes) {
    codes = codes.flatMap(({ code, score }) =>
      choices.map((choice) => ({ code: code * 2 ** bits + choice.value, score: score + choice.score })),
    );
  }
  return codes.toSorted((a, b) => a.score - b.score);
}

/** SimHash: all codes of one table, projection j being that of bit j. A bit that is not the vector's costs its square. */
export function probeSigns(projections: ArrayLike<number>): ScoredCode[] {
  const values = Array.from(projections);
  const largest = Math.max(...values.map(Math.abs)) || 1;
  const subCodes = values.toReversed().map((x) => ({
    bits: 1,
    choices: [0, 1].map((value) => ({ value, score: value === Number(x >= 0) ? 0 : (x / largest) ** 2 })),
  }));
  return listCodes(subCodes);
}

/** Cells: all codes of one table of which every cell is the vector's or a neighbour of it (the nearer, of two cells). */
export function probeCells(
  projections: ArrayLike<number>,
  offsets: ArrayLike<number>,
  cellBits: number,
): ScoredCode[] {
  const subCodes = Array.from(projections, (projection, j) => {
    const place = Math.fround(projection + offsets[j]);
    const cell = Math.floor(place);
    const value = (n: number): number => ((n % 2 ** cellBits) + 2 ** cellBits) % 2 ** cellBits;
    const neighbours = [
      { value: value(cell - 1), score: (place - cell) ** 2 },
      { value: value(cell + 1), score: (cell + 1 - place) ** 2 },
    ].toSorted((a, b) => a.score - b.score);
    const choices = [{ value: value(cell), score: 0 }, ...neighbours.slice(0, cellBits > 1 ? 2 : 1)];
    return { bits: cellBits, choices };
  });
  return listCodes(subCodes);
}

/** Cross-polytopes: all codes of one table, whose polytopes have these outputs, one after the other. */
export function probePolytopes(outputs: ArrayLike<number>, sizeLog2: number, bits: number): ScoredCode[] {
  const values = Array.from(outputs);
  let first = 0;
  const polytopes = polytopesOf(sizeLog2, bits).map((size) => values.slice(first, (first += size)));
  const reaches = polytopes.map((each) => Math.max(...each.map(Math.abs)));
  const largest = Math.max(...reaches) || 1;
  const subCodes = polytopes.map((each, c) => ({
    bits: Math.log2(each.length) + 1,
    choices: [...each, ...each.map((y) => -y)].map((y, value) => ({
      value,
      score: ((reaches[c] - y) / largest) ** 2,
    })),
  }));
  return listCodes(subCodes);
}
