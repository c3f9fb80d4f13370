import { randomStream } from '@hashgrad/kernels';
import { ExactIndex } from '@hashgrad/mips';
import { Matrix, SVD } from 'ml-matrix';
import { expect, test } from 'vitest';
import { LowRank } from '../../src/measures/low-rank.ts';

const DIMENSIONS = 12;
const random = randomStream(1, 'low rank');

/** Vectors whose coordinates shrink, so that the first directions hold most. */
const vectors = Float32Array.from(
  { length: 300 * DIMENSIONS },
  (_, i) => random.normal() / (1 + (i % DIMENSIONS)),
);
const queries = Array.from({ length: 20 }, () =>
  Float32Array.from({ length: DIMENSIONS }, () => random.normal()),
);
const corpus = { name: 'some', dimensions: DIMENSIONS, vectors, queries: new Float32Array(0) };

test('candidates are those of the truncated singular value decomposition by ml-matrix', () => {
  const rank = 3;
  const rows = Array.from({ length: 300 }, (_, row) =>
    Array.from(vectors.subarray(row * 12, (row + 1) * 12)),
  );
  const { rightSingularVectors } = new SVD(new Matrix(rows), { autoTranspose: true });
  const directions = rightSingularVectors.subMatrix(0, DIMENSIONS - 1, 0, rank - 1);
  const sketch = new Matrix(rows).mmul(directions);
  using low = new LowRank(corpus, rank);
  for (const query of queries) {
    const scores = sketch
      .mmul(directions.transpose().mmul(Matrix.columnVector(Array.from(query))))
      .to1DArray();
    const best = scores.indexOf(Math.max(...scores));
    expect(low.search(query, 1, 1)).toEqual([best]);
  }
});

test('of all dimensions, or of all vectors, it is exact', () => {
  using exact = new ExactIndex({ dimensions: DIMENSIONS });
  exact.add(vectors);
  using whole = new LowRank(corpus, DIMENSIONS);
  using low = new LowRank(corpus, 2);
  for (const query of queries) {
    const wanted = Array.from(exact.search(query, 5).ids);
    expect(whole.search(query, 5, 5)).toEqual(wanted);
    expect(low.search(query, 5, 300)).toEqual(wanted);
  }
});
