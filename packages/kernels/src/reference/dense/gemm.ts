/** Reference of the dense matrix product. */

/**
 * A matrix inside of an array: element (i, j) is `data[i * rowStride + j * columnStride]`. A transpose is a swap of the
 * strides, and a block of columns or rows a `subarray`.
 */
export interface StridedMatrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A `rows` x `columns` matrix in row-major order, its rows `rowStride` floats apart (default: one after the other). */
export function rowMajor(
  data: Float32Array,
  rows: number,
  columns: number,
  rowStride: number = columns,
): StridedMatrix {
  return { data, rows, columns, rowStride, columnStride: 1 };
}

/** The transpose of `matrix`, over the same data. */
export function transpose(matrix: StridedMatrix): StridedMatrix {
  return {
    data: matrix.data,
    rows: matrix.columns,
    columns: matrix.rows,
    rowStride: matrix.columnStride,
    columnStride: matrix.rowStride,
  };
}

/**
 * C = A B, or C + A B where `accumulate`, with C m x n, A m x k and B k x n. Each element is one sum over k, ascending;
 * here it is summed in 64 bits and rounded once, in the kernel (after Goto and van de Geijn 2008) every addition rounds
 * to 32 bits.
 */
export function gemm(
  c: StridedMatrix,
  a: StridedMatrix,
  b: StridedMatrix,
  accumulate: boolean = false,
): void {
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.columns; j++) {
      const at = i * c.rowStride + j * c.columnStride;
      let total = accumulate ? c.data[at] : 0;
      for (let k = 0; k < a.columns; k++) {
        total += a.data[i * a.rowStride + k * a.columnStride] * b.data[k * b.rowStride + j * b.columnStride];
      }
      c.data[at] = total;
    }
  }
}
