/** Attention in plain TypeScript, one number after the other, for tests. */
import { randomStream } from '@hashgrad/kernels';

export interface Shape {
  readonly queries: number;
  readonly keys: number;
  readonly dimensions: number;
  readonly valueDimensions: number;
  readonly heads: number;
}

/** Arrays drawn at random, the keys around a mean far from 0. */
export function drawn(
  { queries, keys, dimensions, valueDimensions, heads }: Shape,
  seed: number = 1,
): { queries: Float32Array; keys: Float32Array; values: Float32Array } {
  const random = randomStream(seed, 'attention test');
  const normals = (length: number, mean: number): Float32Array =>
    Float32Array.from({ length }, () => mean + random.normal());
  return {
    queries: normals(queries * heads * dimensions, 0),
    keys: normals(keys * heads * dimensions, 3),
    values: normals(keys * heads * valueDimensions, 1),
  };
}

/** Values that tell which key is which: key j has 1 at coordinate j. */
export function oneHot(keys: number): Float32Array {
  return Float32Array.from({ length: keys * keys }, (_, i) => Number(i % (keys + 1) === 0));
}

/** The product of query i and key j of a head, over the root of the dimensions. */
export function logit(
  { queries, keys }: { readonly queries: Float32Array; readonly keys: Float32Array },
  { dimensions, heads }: Shape,
  [i, j, head]: readonly [number, number, number],
): number {
  let sum = 0;
  for (let k = 0; k < dimensions; k++) {
    sum += queries[(i * heads + head) * dimensions + k]! * keys[(j * heads + head) * dimensions + k]!;
  }
  return sum / Math.sqrt(dimensions);
}

/** Outputs and logarithms of the partition functions, of the keys for which `reads` holds. */
export function plainAttention(
  arrays: ReturnType<typeof drawn>,
  shape: Shape,
  reads: (i: number, j: number, head: number) => boolean,
): { readonly outputs: number[]; readonly logPartitions: number[] } {
  const { queries, keys, valueDimensions, heads } = shape;
  const outputs: number[] = [];
  const logPartitions: number[] = [];
  for (let i = 0; i < queries; i++) {
    for (let head = 0; head < heads; head++) {
      const read = Array.from({ length: keys }, (_, j) => j).filter((j) => reads(i, j, head));
      const weights = read.map((j) => Math.exp(logit(arrays, shape, [i, j, head])));
      const partition = weights.reduce((sum, weight) => sum + weight, 0);
      logPartitions.push(Math.log(partition));
      for (let v = 0; v < valueDimensions; v++) {
        const value = (j: number): number => arrays.values[(j * heads + head) * valueDimensions + v]!;
        outputs.push(read.reduce((sum, j, at) => sum + weights[at]! * value(j), 0) / partition);
      }
    }
  }
  return { outputs, logPartitions };
}
