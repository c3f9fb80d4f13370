/** Reference of exact scans, and of the int8 copies that they may read first. */

/** One query's best, best first. */
export interface BestList {
  readonly ids: Uint32Array;
  readonly scores: Float32Array;
}

/** Vectors to search: row i is `stride` floats from i * stride on and has id ids[i]. */
export interface ScannedVectors {
  readonly rows: Float32Array;
  readonly stride: number;
  readonly ids: Uint32Array;
}

/**
 * The `k` (at most all) vectors with the greatest inner products with the query, of `threshold` or more; among equals those
 * of lower ids. `allowed` has bits for the rows that may be found.
 */
export function scanRows(
  vectors: ScannedVectors,
  query: Float32Array,
  k: number,
  threshold: number = -Infinity,
  allowed?: Uint32Array,
): BestList {
  const { rows, stride, ids } = vectors;
  const best = Array.from(ids, (id, i) => {
    let score = 0;
    for (let j = 0; j < stride; j++) score += rows[i * stride + j] * query[j];
    return { id, score: Math.fround(score), row: i };
  })
    .filter(
      ({ score, row }) => score >= threshold && (!allowed || ((allowed[row >> 5] >> (row & 31)) & 1) === 1),
    )
    .toSorted((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, k);
  return {
    ids: Uint32Array.from(best, ({ id }) => id),
    scores: Float32Array.from(best, ({ score }) => score),
  };
}

/** The same: that the int8 copies are read first is no part of the result. */
export const scanInt8: typeof scanRows = scanRows;

/** Rows rounded to 8 bits. */
export interface Int8Rows {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly errors: Float32Array;
  readonly sums: Int32Array;
}

/**
 * Rounds each of `count` rows of `stride` floats to multiples of its scale, the largest magnitude over 127. Its error is
 * the length of what that leaves out, and a little more: `slack` times the row's length, for the rounding of a score, and
 * 1e-20, for squares that are too small for a float.
 */
export function quantizeRows(rows: Float32Array, count: number, stride: number, slack: number): Int8Rows {
  const codes = new Int8Array(count * stride);
  const [scales, errors] = [new Float32Array(count), new Float32Array(count)];
  const sums = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * stride, (i + 1) * stride);
    const scale = Math.fround(row.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127);
    let [missed, squares] = [0, 0];
    for (let j = 0; j < stride; j++) {
      const code = scale > 1e-37 ? roundToEven(Math.fround(row[j] * Math.fround(1 / scale))) : 0;
      codes[i * stride + j] = code;
      sums[i] += code;
      missed += (row[j] - code * scale) ** 2;
      squares += row[j] ** 2;
    }
    scales[i] = scale;
    errors[i] = Math.sqrt(missed) + slack * Math.sqrt(squares) + 1e-20;
  }
  return { codes, scales, errors, sums };
}

/** The nearest integer, of two the even one. */
export function roundToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Queries in integers of 14 bits, and what those are to be multiplied with; `stride` coordinates each. */
export interface QuantizedQueries {
  readonly integers: Int32Array;
  readonly scales: Float32Array;
}

/** Rounds queries to integers from -8191 to 8191, or fewer where sums of products might leave 32 bits. */
export function quantizeQueries(queries: Float32Array, count: number, stride: number): QuantizedQueries {
  const levels = Math.min(8191, Math.floor(2 ** 31 / (127 * stride)));
  const integers = new Int32Array(count * stride);
  const scales = new Float32Array(count);
  for (let s = 0; s < count; s++) {
    const query = queries.subarray(s * stride, (s + 1) * stride);
    const largest = query.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    scales[s] = largest > 1e-30 ? largest / levels : 0;
    integers.set(scales[s] > 0 ? query.map((x) => Math.round(x / scales[s])) : [], s * stride);
  }
  return { integers, scales };
}
