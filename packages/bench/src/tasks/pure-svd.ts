/** PureSVD (Cremonesi et al., RecSys 2010): users and items as the factors of the ratings' singular value decomposition. */
import type { Ratings } from '@hashgrad/datasets';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Factors, row-major: what a user thinks of an item is predicted by the inner product of theirs. */
export interface Factors {
  readonly dimensions: number;
  /** users x dimensions */
  readonly users: Float32Array;
  /** items x dimensions */
  readonly items: Float32Array;
}

/**
 * The best approximation of the ratings, 0 where there is none, by `dimensions` factors: items get the right singular
 * vectors, users their ratings times those (as in Shrivastava and Li, NIPS 2014, section 4). The decomposition is that of
 * the smaller of the two products of the ratings with themselves, by ml-matrix.
 *
 * @throws RangeError if there are more dimensions than users or items.
 */
export function pureSvd(ratings: Ratings, dimensions: number): Factors {
  const { users, items, offsets, ids, values } = ratings;
  const most = Math.min(users, items);
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= most)) {
    throw new RangeError(
      `Factors of ${users} users and ${items} items: from 1 to ${most}; got ${dimensions}.`,
    );
  }
  const byUser = users <= items;
  const rows = byUser ? rowsOf(ratings) : columnsOf(ratings);
  const { vectors, sizes } = leading(gram(rows, byUser ? items : users), dimensions);
  const userFactors = new Float32Array(users * dimensions);
  const itemFactors = new Float32Array(items * dimensions);
  // R = U S V^T: items get V, users R V = U S. Of the two V and U one is found, and the other follows from R.
  for (let u = 0; u < users; u++) {
    for (let r = offsets[u] as number; r < (offsets[u + 1] as number); r++) {
      const item = ids[r] as number;
      const value = values[r] as number;
      for (let f = 0; f < dimensions; f++) {
        if (byUser) itemFactors[item * dimensions + f]! += (value * vectors.get(u, f)) / (sizes[f] as number);
        else userFactors[u * dimensions + f]! += value * vectors.get(item, f);
      }
    }
  }
  for (let i = 0; i < (byUser ? users : items); i++) {
    for (let f = 0; f < dimensions; f++) {
      const size = sizes[f] as number;
      if (byUser) userFactors[i * dimensions + f] = size === Infinity ? 0 : vectors.get(i, f) * size;
      else itemFactors[i * dimensions + f] = vectors.get(i, f);
    }
  }
  return { dimensions, users: userFactors, items: itemFactors };
}

type SparseRow = readonly { readonly column: number; readonly value: number }[];

function rowsOf({ users, offsets, ids, values }: Ratings): SparseRow[] {
  return Array.from({ length: users }, (_, u) =>
    Array.from(ids.subarray(offsets[u], offsets[u + 1]), (column, i) => ({
      column,
      value: values[(offsets[u] as number) + i] as number,
    })),
  );
}

function columnsOf({ users, items, offsets, ids, values }: Ratings): SparseRow[] {
  const columns: { column: number; value: number }[][] = Array.from({ length: items }, () => []);
  for (let u = 0; u < users; u++) {
    for (let r = offsets[u] as number; r < (offsets[u + 1] as number); r++) {
      columns[ids[r] as number]?.push({ column: u, value: values[r] as number });
    }
  }
  return columns;
}

/** The inner products of all rows with each other. */
function gram(rows: readonly SparseRow[], columns: number): Matrix {
  const product = Matrix.zeros(rows.length, rows.length);
  const dense = new Float64Array(columns);
  for (const [i, row] of rows.entries()) {
    for (const { column, value } of row) dense[column] = value;
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (const { column, value } of rows[j] as SparseRow) sum += value * (dense[column] as number);
      product.set(i, j, sum);
      product.set(j, i, sum);
    }
    dense.fill(0);
  }
  return product;
}

/** The eigenvectors of the greatest eigenvalues, as columns, and the roots of these. */
function leading(product: Matrix, count: number): { vectors: Matrix; sizes: Float64Array } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(product, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((value, column) => ({ value, column }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count);
  const least = 1e-12 * (order[0]?.value ?? 0);
  return {
    vectors: eigenvectorMatrix.subMatrixColumn(order.map(({ column }) => column)),
    // Where the ratings have a lower rank, what is left is rounding: infinite sizes make factors of 0 of it.
    sizes: Float64Array.from(order, ({ value }) => (value > least ? Math.sqrt(value) : Infinity)),
  };
}
