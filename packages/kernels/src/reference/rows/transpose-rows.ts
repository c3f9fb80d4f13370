/** Reference of exchanging rows and columns. */

/** Row c of the result is column c of the `rows` rows of `x` (`stride` floats apart), for `columns` columns. */
export function transposeRows(x: Float32Array, stride: number, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: columns * rows }, (_, i) => {
    const [c, r] = [Math.floor(i / rows), i % rows];
    return x[r * stride + c]!;
  });
}
