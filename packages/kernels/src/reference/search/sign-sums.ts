/** Reference of what signatures tell of a query. All is rounded to 32 bits step by step, as in the kernel: it decides what is scored. */
import { roundToEven } from './scan.ts';

const { abs, fround, sqrt } = Math;

/** Words of 64 bits whose sums fit into 8 bits at once. */
const PART = 2;
/** sqrt(2 / pi): the mean magnitude of a coordinate of a random direction, times the square root of their number. */
const MEAN = fround(0.7978845608);

/** A query's tables, as sums over signatures see them. */
export interface SignSums {
  /** For four coordinates at a time, by their four bits: their sum with the signs that the bits tell, from 0 on, rounded. */
  readonly tables: readonly Uint8Array[];
  /** What the entries sum up to for a cosine of 0, */
  readonly zero: number;
  /** and how much more for a cosine of 1, in the mean. */
  readonly one: number;
  /** What is a deviation above the sum of a signature at random. */
  readonly some: number;
  /** The most that they can sum up to. */
  readonly top: number;
}

/** The tables of a query with so many projections, a multiple of 64. */
export function signSums(projection: Float32Array): SignSums {
  const part = 64 * PART;
  const parts = Array.from({ length: Math.ceil(projection.length / part) }, (_, i) =>
    projection.subarray(i * part, (i + 1) * part),
  );
  const greatest = Math.max(...parts.map(absoluteSum));
  const step = greatest > fround(1e-30) ? fround(127.5 / greatest) : 0;
  const scaled = projection.map((x) => x * step);
  const tables = Array.from({ length: scaled.length / 4 }, (_, m) => {
    const p = scaled.subarray(4 * m, 4 * m + 4);
    const least = p.reduce((sum, x) => fround(sum + abs(x)), 0);
    return Uint8Array.from({ length: 16 }, (_unused, bits) =>
      roundToEven(p.reduce((sum, x, i) => fround(sum + (bits & (1 << i) ? x : -x)), least)),
    );
  });
  const squares = laneSum(scaled.map((x) => x * x));
  const zero = fround(absoluteSum(projection) * step);
  const one = fround(MEAN * fround(sqrt(fround(projection.length * squares))));
  return {
    tables,
    zero,
    one,
    some: fround(zero + fround(one / fround(MEAN * fround(sqrt(projection.length))))),
    top: 255 * parts.length,
  };
}

/** The sum of the entries of a signature; that of each part is 255 at most. */
export function sumOf({ tables }: SignSums, signature: Uint8Array): number {
  let total = 0;
  for (let first = 0; first < tables.length; first += 16 * PART) {
    let part = 0;
    for (let m = first; m < Math.min(tables.length, first + 16 * PART); m++) {
      const at = 4 * m;
      const bits = signature[at] + 2 * signature[at + 1] + 4 * signature[at + 2] + 8 * signature[at + 3];
      part += tables[m][bits];
    }
    total += Math.min(255, part);
  }
  return total;
}

/** Of a multiple of 4 values. */
function absoluteSum(values: Float32Array): number {
  return laneSum(values.map(abs));
}

/** The sum of every fourth value, and the sum of those four, as `sum` of a vector takes them. */
function laneSum(values: Float32Array): number {
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) =>
    values.filter((_, i) => i % 4 === lane).reduce((sum, x) => fround(sum + x), 0),
  );
  return fround(fround(a + c) + fround(b + d));
}
