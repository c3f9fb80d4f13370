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
