/** Reference of squared lengths. */

/** |x_i|^2 of each of `rows` rows of `x`: `width` floats, `stride` floats apart. */
export function squaredNorms(x: Float32Array, rows: number, stride: number, width: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, i) => {
    let total = 0;
    for (let j = 0; j < width; j++) total += x[i * stride + j] ** 2;
    return total;
  });
}
