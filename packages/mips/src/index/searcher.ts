/** What the ways of searching have in common: MipsIndex checks everything and keeps ids, searchers keep the vectors. */
import type { QueryBlock } from './query-block.ts';
import type { SearchOptions } from './search-options.ts';

export interface Searcher extends Disposable {
  readonly bytes: number;
  readonly mostProbes: number;
  /** Multiply-adds, or what costs as much, that a query takes before anything is scored. */
  readonly multiplyAdds: number;
  /** Adds vectors of a flat array under ids that are new. */
  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void;
  /** Replaces the vector of an id by vector `index` of a flat array. */
  update(vectors: Float32Array, index: number, length: number, id: number): void;
  remove(id: number): void;
  /** Fills the block's records with the `k` best found of its `count` queries; how many vectors were scored. */
  search(block: QueryBlock, count: number, k: number, options: SearchOptions): Int32Array;
  /** The ids that a search of the block's one query scores. */
  candidates(block: QueryBlock, k: number, options: SearchOptions): Uint32Array;
  /** Every place that has a vector, in the order in which a file has them. */
  forEach(visit: (place: number) => void): void;
}
