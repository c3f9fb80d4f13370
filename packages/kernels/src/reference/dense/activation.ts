/** Reference of a layer's element-wise work. */

/** What activateDense applies, by the number that says so. */
export const ACTIVATIONS: readonly (((values: Float32Array) => void) | undefined)[] = [
  undefined,
  relu,
  sigmoid,
  tanh,
];

/**
 * Adds `bias` (`width` floats) to each of `rows` rows of `y`, `stride` floats apart, and applies an activation: 0 none,
 * 1 ReLU, 2 sigmoid, 3 tanh. In place.
 */
export function activateDense(
  y: Float32Array,
  rows: number,
  stride: number,
  width: number,
  bias: Float32Array | undefined,
  activation: number,
): void {
  for (let s = 0; s < rows; s++) {
    const row = y.subarray(s * stride, s * stride + width);
    if (bias) for (let j = 0; j < width; j++) row[j] += bias[j];
    ACTIVATIONS[activation]?.(row);
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

/** 1 / (1 + e^-x) of each element, in place. */
export function sigmoid(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
}

/** tanh x of each element, in place. */
export function tanh(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i]);
}

/** Multiplies gradients by the sigmoid's derivative y (1 - y); `values` are y / keep. */
export function sigmoidGradient(gradients: Float32Array, values: Float32Array, keep: number): void {
  for (let i = 0; i < gradients.length; i++) {
    const y = values[i] * keep;
    gradients[i] *= y * (1 - y);
  }
}

/** Multiplies gradients by tanh's derivative 1 - y^2; `values` are y / keep. */
export function tanhGradient(gradients: Float32Array, values: Float32Array, keep: number): void {
  for (let i = 0; i < gradients.length; i++) {
    const y = values[i] * keep;
    gradients[i] *= 1 - y * y;
  }
}

/** The finalizer of MurmurHash3 (Appleby), on 32 bits. */
function scrambled(x: number): number {
  let y = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  y = Math.imul(y ^ (y >>> 13), 0xc2b2ae35);
  return (y ^ (y >>> 16)) >>> 0;
}

/**
 * Inverted dropout (Srivastava et al. 2014, section 10), in place: elements whose random word is below `limit` become 0,
 * the others are multiplied by `factor`. The word depends on the seed, the step and the element's place only.
 */
export function dropout(
  values: Float32Array,
  seed: number,
  step: number,
  limit: number,
  factor: number,
): void {
  const key = scrambled(scrambled(step) ^ seed);
  for (let i = 0; i < values.length; i++) {
    const word = scrambled(Math.imul(i, 0x9e3779b1) + key);
    values[i] = word < limit ? 0 : values[i] * Math.fround(factor);
  }
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
