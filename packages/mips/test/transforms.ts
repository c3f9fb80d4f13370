/** P(x) and Q(q) written out as an index applies them, for tests. */
import type { Transform } from '../src/index.ts';
import { dot, scaled } from './vectors.ts';

/** P of data vectors; `bound` is their greatest squared length or more. */
export function transformData(transform: Transform, rows: readonly number[][], bound: number): number[][] {
  const { tailWidth, scale } = transform;
  const tails = new Float32Array(rows.length * tailWidth);
  const squaredNorms = Float32Array.from(rows, (x) => dot(x, x));
  transform.data(squaredNorms, rows.length, bound, { tails, stride: tailWidth, offset: 0 });
  const factor = scale?.data(bound) ?? 1;
  return rows.map((x, i) => [...scaled(x, factor), ...tails.subarray(i * tailWidth, (i + 1) * tailWidth)]);
}

/** Q of a query. */
export function transformQuery(transform: Transform, query: readonly number[], bound: number): number[] {
  const { tailWidth, scale } = transform;
  const tails = new Float32Array(tailWidth).fill(9);
  const squaredNorm = dot(query, query);
  transform.query(1, { tails, stride: tailWidth, offset: 0 }, Float32Array.of(squaredNorm));
  return [...scaled(query, scale?.query(squaredNorm, bound) ?? 1), ...tails];
}
