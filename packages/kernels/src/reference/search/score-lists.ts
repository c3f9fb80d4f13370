/** Reference of scoring what hash tables gave. */
import { type BestList, scanRows, type ScannedVectors } from './scan.ts';

/** The `k` best of the listed items, of which item i is row places[i]; as scanRows of those rows alone. */
export function scoreLists(
  { rows, stride, ids }: ScannedVectors,
  query: Float32Array,
  list: ArrayLike<number>,
  places: ArrayLike<number>,
  k: number,
): BestList {
  const listed = Array.from(list, (item) => places[item]);
  const chosen = Float32Array.from(
    listed.flatMap((row) => [...rows.subarray(row * stride, (row + 1) * stride)]),
  );
  return scanRows({ rows: chosen, stride, ids: Uint32Array.from(listed, (row) => ids[row]) }, query, k);
}
