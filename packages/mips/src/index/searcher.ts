/** What the ways of searching have in common: MipsIndex checks everything and keeps ids, searchers keep the vectors. */
import type { Tensor } from '@hashgrad/kernels';
import type { QueryBlock, RowLayout } from './query-block.ts';
import type { SearcherOptions } from './search-options.ts';

/** Vectors as 8-bit integers: coordinate k of vector v is codes[v * dimensions + k] * scales[v]. */
export interface QuantizedVectors {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

/** Vectors of a flat array on their way in. */
export interface Incoming {
  readonly vectors: Float32Array;
  readonly lengths: Float64Array;
  readonly ids: Uint32Array;
  readonly int8?: QuantizedVectors | undefined;
}

/**
 * `add` and `update` happen wholly or not at all: they throw where there is no room, before anything is changed. `remove`
 * needs no memory. The table of ids has room for those that are added.
 */
export interface Searcher extends Disposable {
  /** How its vectors are laid out, and so must queries be. */
  readonly layout: RowLayout;
  readonly bytes: number;
  /** How many parts of the vectors have records of their own, which threads fill at the same time. Default 1. */
  readonly parts?: number;
  readonly mostProbes: number;
  /** Multiply-adds, or what costs as much, that a query takes before anything is scored. */
  readonly multiplyAdds: number;
  /** Adds vectors of a flat array, one or more, under ids that are new. */
  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void;
  /** Replaces the vectors of different ids by those of a flat array. */
  update(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void;
  /** Takes the vectors of different ids out. */
  remove(ids: Uint32Array): void;
  /** Fills the block's records with the `k` best found of its `count` queries; how many vectors were scored. */
  search(block: QueryBlock, count: number, k: number, options: SearcherOptions): Int32Array;
  /** As `search`, by the other threads while this one is free. Where it is missing, `search` is called between events. */
  searchAsync?(block: QueryBlock, count: number, k: number, options: SearcherOptions): Promise<Int32Array>;
  /** The ids that a search of the block's one query scores. */
  candidates(block: QueryBlock, k: number, options: SearcherOptions): Uint32Array;
  /** Fills the block's records with the `k` best among the listed places, of scores that reach a threshold. */
  scan(block: QueryBlock, count: number, k: number, places: Int32Array, threshold?: number): void;
  /** Places are below this. */
  readonly placeBound: number;
  /** Every place that has a vector, in the order in which a file has them. */
  forEach(visit: (place: number) => void): void;
  /** The vector at a place: a view or a copy, which the next change may make another's. */
  vector(place: number): Float32Array;
  /** The id of the vector at a place. */
  id(place: number): number;
  /** The vectors as they are kept, in the order of a file, where that is not in 32-bit floats. */
  quantized?(): QuantizedVectors | undefined;
  /** What answers depend on besides the vectors, for the file: its tensors. */
  state(): Record<string, Tensor>;
  /**
   * Fills a searcher that is empty with the vectors of a file, and what `state` gave: answers are then the same, to the bit.
   * @throws {Error} saying what was expected, if the state is not one of these vectors.
   */
  restore(incoming: Incoming, state: Readonly<Record<string, Tensor>>): void;
}
