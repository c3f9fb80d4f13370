/** The nearest items of each query by comparing all: the truth that hashing is measured against. */
import { gemm, type Team } from '@hashgrad/kernels';
import type { DenseVectors } from '../family.ts';
import { checkDense } from '../families/check-vectors.ts';

/** Lists in compressed rows: that of query s is ids[offsets[s]] to ids[offsets[s + 1] - 1]. */
export interface IdLists {
  readonly offsets: ArrayLike<number>;
  readonly ids: ArrayLike<number>;
}

/** Queries whose scores are held at a time. */
const BLOCK = 16;

/**
 * The `k` items of `count` that are nearest to each of the queries: by the cosine, or by the Euclidean distance. Tails
 * count as coordinates.
 * @throws {RangeError} if vectors do not lie in their arrays, or the arena is full.
 */
export function nearestItems(
  team: Team,
  data: DenseVectors,
  count: number,
  queries: DenseVectors,
  queryCount: number,
  k: number,
  similarity: 'cosine' | 'euclidean',
): IdLists {
  const { arena } = team;
  const shape = { dimensions: data.width, tailWidth: data.tailWidth ?? 0 };
  checkDense(data, count, shape);
  checkDense(queries, queryCount, shape);
  const kept = Math.min(k, count);
  const ids = new Int32Array(queryCount * kept);
  const norms = Float64Array.from({ length: count }, (_, i) => squaredNorm(data, i));
  const scores = arena.float32(BLOCK * count);
  try {
    for (let first = 0; first < queryCount; first += BLOCK) {
      const rows = Math.min(BLOCK, queryCount - first);
      const a = { values: queries.values.subarray(first * queries.stride), row: queries.stride, column: 1 };
      const b = { values: data.values, row: 1, column: data.stride };
      gemm(team, { out: scores, outStride: count, a, b, rows, columns: count, depth: data.width });
      for (let s = 0; s < rows; s++) {
        const own = scores.subarray(s * count, (s + 1) * count);
        for (let i = 0; i < count; i++) {
          const dot = (own[i] as number) + tailProduct(queries, first + s, data, i);
          const norm = norms[i] as number;
          own[i] = similarity === 'cosine' ? dot / Math.sqrt(norm || 1) : 2 * dot - norm;
        }
        ids.set(largest(own, kept), (first + s) * kept);
      }
    }
  } finally {
    arena.free(scores);
  }
  return { offsets: Int32Array.from({ length: queryCount + 1 }, (_, s) => s * kept), ids };
}

function squaredNorm(vectors: DenseVectors, row: number): number {
  const { values, stride, width } = vectors;
  let sum = tailProduct(vectors, row, vectors, row);
  for (let j = row * stride; j < row * stride + width; j++) sum += (values[j] as number) ** 2;
  return sum;
}

function tailProduct(a: DenseVectors, row: number, b: DenseVectors, other: number): number {
  const width = a.tail && b.tail ? (a.tailWidth ?? 0) : 0;
  let sum = 0;
  for (let j = 0; j < width; j++) {
    sum += (a.tail?.[row * width + j] as number) * (b.tail?.[other * width + j] as number);
  }
  return sum;
}

/** Where the `k` largest scores are, of equals the first. */
function largest(scores: Float32Array, k: number): Int32Array {
  const bar = scores.toSorted()[scores.length - k] as number;
  const found: number[] = [];
  const equal: number[] = [];
  scores.forEach((score, i) => {
    if (score > bar) found.push(i);
    else if (score === bar) equal.push(i);
  });
  return Int32Array.from([...found, ...equal].slice(0, k));
}
