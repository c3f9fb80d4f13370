/** Reference of the exact choice that hashing is measured against. */

/**
 * The places of the `k` (at most all) highest of `values`, ascending; among equal values the lower places. As in the
 * total order of IEEE 754, -0 is below 0.
 */
export function topK(values: Float32Array, k: number): Int32Array {
  const places = Array.from(values, (_, place) => place);
  places.sort((a, b) => compare(values[b], values[a]) || a - b);
  return Int32Array.from(places.slice(0, k)).toSorted();
}

function compare(a: number, b: number): number {
  if (a !== b) return a < b ? -1 : 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}
