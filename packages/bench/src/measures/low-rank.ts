/** Search by a low rank: candidates by inner products in a few dimensions, then the best of them by all. */
import { ExactIndex } from '@hashgrad/mips';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Corpus } from '../tasks/task.ts';

/** Vectors that the subspace is found from, at most. */
const SAMPLE = 20_000;

/**
 * Vectors projected to the `rank` directions that hold most of their squared lengths: the right singular vectors of the matrix of which
 * they are rows, as truncated singular value decomposition has them.
 */
export class LowRank implements Disposable {
  readonly #vectors: Float32Array;
  readonly #dimensions: number;
  /** rank x dimensions */
  readonly #directions: Float32Array;
  readonly #index: ExactIndex;

  /** @throws {RangeError} if `rank` is above the dimensions. */
  constructor({ vectors, dimensions }: Corpus, rank: number) {
    if (rank > dimensions)
      throw new RangeError(`Vectors of ${dimensions} dimensions have no rank of ${rank}.`);
    this.#vectors = vectors;
    this.#dimensions = dimensions;
    this.#directions = leadingDirections(vectors, dimensions, rank);
    this.#index = new ExactIndex({ dimensions: rank });
    this.#index.add(this.#project(vectors));
  }

  /** The `k` best of the `candidates` that are best by the low rank, best first. */
  search(query: Float32Array, k: number, candidates: number): number[] {
    const { ids } = this.#index.search(this.#project(query), candidates);
    const scored = Array.from(ids, (id) => ({ id, score: dot(this.#vectors, id * this.#dimensions, query) }));
    return scored
      .toSorted((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, k)
      .map(({ id }) => id);
  }

  [Symbol.dispose](): void {
    this.#index.close();
  }

  #project(vectors: Float32Array): Float32Array {
    const [d, directions] = [this.#dimensions, this.#directions];
    const rank = directions.length / d;
    return Float32Array.from({ length: (vectors.length / d) * rank }, (_, at) =>
      dot(vectors, Math.floor(at / rank) * d, directions.subarray((at % rank) * d, ((at % rank) + 1) * d)),
    );
  }
}

/** The inner product of `query` and the vector that begins at a place. */
function dot(vectors: Float32Array, from: number, query: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < query.length; d++) sum += vectors[from + d]! * query[d]!;
  return sum;
}

/** By rows, longest share first; from vectors at even distances. */
function leadingDirections(vectors: Float32Array, dimensions: number, rank: number): Float32Array {
  const count = vectors.length / dimensions;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const rows = Array.from({ length: Math.floor(count / step) }, (_, row) =>
    vectors.subarray(row * step * dimensions, (row * step + 1) * dimensions),
  );
  const sample = new Matrix(rows.map((row) => Array.from(row)));
  const { eigenvectorMatrix } = new EigenvalueDecomposition(sample.transpose().mmul(sample), {
    assumeSymmetric: true,
  });
  // Eigenvalues come in rising order.
  return Float32Array.from({ length: rank * dimensions }, (_, at) =>
    eigenvectorMatrix.get(at % dimensions, dimensions - 1 - Math.floor(at / dimensions)),
  );
}
