/** The embedded digits as drawings need them. */
import { mnistSubset } from '../../../packages/datasets/src/index.ts';

/** Some images with their labels; those of row r are pixels 784 r and on. */
export interface Digits {
  readonly rows: number;
  readonly columns: number;
  readonly inputs: Float32Array;
  readonly labels: ArrayLike<number>;
}

/** The images to train on and to test with. */
export async function digits(): Promise<{ readonly train: Digits; readonly test: Digits }> {
  return mnistSubset();
}

/** The pixels of an image. */
export function pixelsOf({ inputs, columns }: Digits, row: number): Float32Array {
  return inputs.subarray(row * columns, (row + 1) * columns);
}

/** The first rows of the test images with these labels, each taken once. */
export function rowsOf({ labels, rows }: Digits, wanted: readonly number[]): number[] {
  const taken = new Set<number>();
  return wanted.map((label) => {
    const row = Array.from({ length: rows }, (_, i) => i).find((i) => labels[i] === label && !taken.has(i));
    if (row === undefined) throw new Error(`There are not so many images of a ${label}.`);
    taken.add(row);
    return row;
  });
}

/** The images less the mean image of `of`: what all digits have in common tells none from another. */
export function centred({ inputs, columns, rows }: Digits, of: Digits): Float32Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < of.rows * columns; i++) mean[i % columns]! += of.inputs[i]! / of.rows;
  return Float32Array.from({ length: rows * columns }, (_, i) => inputs[i]! - mean[i % columns]!);
}
