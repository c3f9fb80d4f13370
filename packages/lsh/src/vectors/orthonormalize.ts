/** Orthonormal bases, by Gram and Schmidt. */

/**
 * Makes the columns of a rows x columns matrix (rows `stride` floats apart, columns <= rows) orthonormal in place, each a
 * combination of those up to it. Twice is enough (Giraud et al. 2005): what rounding left of the others goes in the second
 * turn. A column that depends on those before it is replaced by the first axis that does not.
 */
export function orthonormalize(
  values: Float32Array | Float64Array,
  stride: number,
  rows: number,
  columns: number,
): void {
  const done: Float64Array[] = [];
  let axis = 0;
  for (let c = 0; c < columns; c++) {
    let column = Float64Array.from({ length: rows }, (_, k) => values[k * stride + c]!);
    const before = Math.sqrt(dot(column, column));
    removeAll(column, done);
    while (!(Math.sqrt(dot(column, column)) > 1e-6 * before)) {
      column = new Float64Array(rows);
      column[axis++] = 1;
      removeAll(column, done);
      if (Math.sqrt(dot(column, column)) > 1e-3) break;
    }
    const norm = Math.sqrt(dot(column, column));
    for (let k = 0; k < rows; k++) {
      column[k]! /= norm;
      values[k * stride + c] = column[k]!;
    }
    done.push(column);
  }
}

function removeAll(column: Float64Array, others: readonly Float64Array[]): void {
  for (let turn = 0; turn < 2; turn++) {
    for (const other of others) {
      const along = dot(column, other);
      for (let k = 0; k < column.length; k++) column[k]! -= along * other[k]!;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
