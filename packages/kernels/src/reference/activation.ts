/** Reference of a layer's element-wise work. */

/**
 * Adds `bias` (`width` floats) to each of `rows` rows of `y`, `stride` floats apart, and applies ReLU where `withRelu`.
 * In place.
 */
export function activateDense(
  y: Float32Array,
  rows: number,
  stride: number,
  width: number,
  bias: Float32Array | undefined,
  withRelu: boolean,
): void {
  for (let s = 0; s < rows; s++) {
    const row = y.subarray(s * stride, s * stride + width);
    if (bias) for (let j = 0; j < width; j++) row[j] += bias[j];
    if (withRelu) relu(row);
  }
}

/** max(x, 0) of each element, in place. -0 becomes 0. */
export function relu(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(values[i], 0);
}

/** Clears the elements of `gradients` at which ReLU's output in `values` is 0. */
export function reluGradient(gradients: Float32Array, values: Float32Array): void {
  for (let i = 0; i < gradients.length; i++) if (!(values[i] > 0)) gradients[i] = 0;
}

/**
 * The element-wise sum of partial sums, `stride` floats apart in `partials`: `length` elements (default: all of the
 * stride).
 */
export function sumPartials(partials: Float32Array, stride: number, length: number = stride): Float32Array {
  const count = stride > 0 ? partials.length / stride : 0;
  return Float32Array.from({ length }, (_, i) => {
    let total = 0;
    for (let p = 0; p < count; p++) total += partials[p * stride + i];
    return total;
  });
}

/** The sum of each of the `width` columns of `x` over `rows` rows, `stride` floats apart: a dense layer's bias gradient. */
export function columnSums(x: Float32Array, rows: number, stride: number, width: number): Float32Array {
  const sums = new Float32Array(width);
  for (let j = 0; j < width; j++) {
    let total = 0;
    for (let s = 0; s < rows; s++) total += x[s * stride + j];
    sums[j] = total;
  }
  return sums;
}
