/** Reference of products of chosen rows with a sample each, and of those with weights of 8 bits. */

/** Weights by row: floats, or integers each row of which has a scale. */
export interface PlainRows {
  readonly values: ArrayLike<number>;
  readonly scales?: ArrayLike<number>;
  /** Numbers from one row to the next. */
  readonly stride: number;
  readonly width: number;
  /** One a row, or none. */
  readonly bias?: ArrayLike<number> | undefined;
}

/** Row `row` . the sample that starts at x[first], and the bias. */
function product(rows: PlainRows, row: number, x: Float32Array, first: number): number {
  const { values, scales, stride, width, bias } = rows;
  let total = 0;
  for (let k = 0; k < width; k++) total += values[row * stride + k] * x[first + k];
  return total * (scales ? scales[row] : 1) + (bias ? bias[row] : 0);
}

/** For each sample s (at x[s * xStride]), its products with the rows ids[offsets[s]] ... ids[offsets[s + 1] - 1]. */
export function dotRows(
  rows: PlainRows,
  offsets: ArrayLike<number>,
  ids: ArrayLike<number>,
  x: Float32Array,
  xStride: number,
): Float32Array {
  const out = new Float32Array(ids.length);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let q = offsets[s]; q < offsets[s + 1]; q++) out[q] = product(rows, ids[q], x, s * xStride);
  }
  return out;
}

/** Products of all `count` rows with each of the sparse samples, without biases: samples x count. */
export function multiplySparse(
  rows: Omit<PlainRows, 'bias' | 'scales'>,
  count: number,
  { offsets, ids, values }: Record<'offsets' | 'ids' | 'values', ArrayLike<number>>,
): Float32Array {
  return Float32Array.from({ length: (offsets.length - 1) * count }, (_, i) => {
    const s = Math.floor(i / count);
    let total = 0;
    for (let k = offsets[s]; k < offsets[s + 1]; k++) {
      total += values[k] * rows.values[(i % count) * rows.stride + ids[k]];
    }
    return total;
  });
}

/** The same; `rows` have scales. */
export const dotRowsInt8: typeof dotRows = dotRows;

/** Products of all `count` rows with each of `batch` samples: batch x count. */
export function multiplyInt8(
  rows: PlainRows,
  count: number,
  x: Float32Array,
  xStride: number,
  batch: number,
): Float32Array {
  return Float32Array.from({ length: batch * count }, (_, i) =>
    product(rows, i % count, x, Math.floor(i / count) * xStride),
  );
}

/** For each sample, the units' biases and the sum of coefficient * row over its (id, coefficient) pairs: batch x width. */
export function gatherRowsInt8(
  rows: Omit<PlainRows, 'bias'>,
  bias: ArrayLike<number> | undefined,
  offsets: ArrayLike<number>,
  ids: ArrayLike<number>,
  coefficients: ArrayLike<number>,
): Float32Array {
  const { values, scales, stride, width } = rows;
  const out = new Float32Array((offsets.length - 1) * width);
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let k = 0; k < width; k++) {
      let total = bias ? bias[k] : 0;
      for (let q = offsets[s]; q < offsets[s + 1]; q++) {
        total += coefficients[q] * (scales ? scales[ids[q]] : 1) * values[ids[q] * stride + k];
      }
      out[s * width + k] = total;
    }
  }
  return out;
}
