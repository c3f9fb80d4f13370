/**
 * Dense labelled examples.
 *
 * Row i is `inputs[i * columns]` to `inputs[(i + 1) * columns - 1]` (row-major; pixels of images are in [0, 1]), and its class is
 * `labels[i]`, from 0 to `classes - 1`.
 */
export interface DenseDataset {
  readonly name: string;
  readonly rows: number;
  /** Values a row. */
  readonly columns: number;
  readonly classes: number;
  /** rows x columns values. */
  readonly inputs: Float32Array;
  /** One class a row. */
  readonly labels: Int32Array;
  /** What a row is when it is not just a list: [28, 28] (height, width) for MNIST. Its product is `columns`. */
  readonly shape?: readonly number[];
}

/**
 * Sparse examples with any number of labels each, as compressed sparse rows.
 *
 * The non-zeros of row i are (`ids[j]`, `values[j]`) for j from `offsets[i]` to `offsets[i + 1] - 1`, ids ascending, none
 * twice. Its labels are `labels[j]` for j from `labelOffsets[i]` to `labelOffsets[i + 1] - 1`, ascending, none twice.
 */
export interface SparseDataset {
  readonly name: string;
  readonly rows: number;
  /** Features: ids run from 0 to `columns - 1`. */
  readonly columns: number;
  /** Labels run from 0 to `classes - 1`. */
  readonly classes: number;
  /** rows + 1 positions in `ids` and `values`. */
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly values: Float32Array;
  /** rows + 1 positions in `labels`. */
  readonly labelOffsets: Int32Array;
  readonly labels: Int32Array;
}

/** A training set and the test set that belongs to it: same columns, same classes. */
export interface Split<T> {
  readonly name: string;
  readonly train: T;
  readonly test: T;
}

/** Vectors to search, and vectors to search for. */
export interface VectorSet {
  readonly name: string;
  readonly dimensions: number;
  /** Row-major: vector i is the `dimensions` floats from i * dimensions on. */
  readonly vectors: Float32Array;
  readonly queries: Float32Array;
  /** The true results of each query, where they are known. */
  readonly neighbours?: Neighbours;
  /** By which the neighbours are nearest. */
  readonly distance?: 'euclidean' | 'angular' | 'inner product';
}

/** The true results of queries: query q's are `ids[q * k]` to `ids[q * k + k - 1]`, nearest first. */
export interface Neighbours {
  readonly k: number;
  /** Numbers of vectors, from 0. */
  readonly ids: Int32Array;
}
