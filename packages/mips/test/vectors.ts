/** Vectors as tests write them. */
import { randomStream } from '@hashgrad/kernels';

/** `count` vectors of standard normals. */
export function normals(count: number, dimensions: number, seed: number): number[][] {
  const random = randomStream(seed, 'test vectors');
  return Array.from({ length: count }, () => Array.from({ length: dimensions }, () => random.normal()));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

export function length(x: ArrayLike<number>): number {
  return Math.sqrt(dot(x, x));
}

export function scaled(x: readonly number[], factor: number): number[] {
  return x.map((value) => value * factor);
}

/** The rows one after the other, as they are added to an index. */
export function flat(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat());
}

/** Vectors of lengths from 0.1 to some 20. */
export function manyLengths(count: number, dimensions: number, seed: number): number[][] {
  return normals(count, dimensions, seed).map((x, i) => scaled(x, (0.1 + (i % 13)) / length(x)));
}

/**
 * 1,000 vectors of many lengths. The best of query s is vector 2 s, which is long and lies 45 degrees away; 2 s + 1 is short
 * and points exactly its way.
 */
export function plantedRows(queries: readonly (readonly number[])[]): number[][] {
  const dimensions = queries[0]?.length ?? 0;
  const rows = normals(1000, dimensions, 2).map((x, i) => scaled(x, (0.1 + (i % 10) / 20) / length(x)));
  for (const [s, query] of queries.entries()) {
    const noise = normals(1, dimensions, 100 + s)[0] as number[];
    const across = noise.map((value, k) => value - (dot(noise, query) / dot(query, query)) * (query[k] ?? 0));
    const best = query.map((value, k) => value / length(query) + (across[k] ?? 0) / length(across));
    rows[2 * s] = scaled(best, 1 / length(best));
    rows[2 * s + 1] = scaled(query, 0.2 / length(query));
  }
  return rows;
}
