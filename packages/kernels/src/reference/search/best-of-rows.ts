/** Reference of the ranking that predictions are read off. */

/** The places of the `k` highest of `values` (all, if there are fewer), highest first, among equals the earlier. */
export function bestOfRows(values: Float32Array, k: number): Int32Array {
  return Int32Array.from(Array.from(values, (_, place) => place))
    .toSorted((a, b) => values[b] - values[a] || a - b)
    .subarray(0, k);
}
