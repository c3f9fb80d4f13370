/** The best of one query, best first; `scores[i]` is the inner product of the query and vector `ids[i]`. */
export interface SearchResult {
  readonly ids: Uint32Array;
  readonly scores: Float32Array;
}
