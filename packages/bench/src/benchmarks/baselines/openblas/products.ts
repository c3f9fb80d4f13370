/** Matrix products of OpenBLAS. */
import type { OpenBlas } from './compile.ts';

/** C = A B, of m x depth and depth x n numbers, one of them maybe stored transposed. */
export interface BlasProduct {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  readonly transposed: 'A' | 'B' | 'none';
}

/** Milliseconds of calls on one thread, for some seconds, by the kernels of `core`; see {@link OpenBlas}. */
export function productMilliseconds(
  program: OpenBlas,
  { m, n, depth, transposed }: BlasProduct,
  seconds: number,
  core?: string,
): number[] {
  const printed = program.run(['product', m, n, depth, transposed, seconds], undefined, core);
  return printed.toString().trim().split(' ').map(Number);
}
