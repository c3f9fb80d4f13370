import { checkSeed, checkWhole, type Known } from '../check-options.ts';
import { randomSource } from '../random.ts';
import type { RandomSource } from '../random.ts';
import type { DenseDataset, Split } from '../types.ts';

/** Height and width of the generated images, as in MNIST. */
export const SIDE = 28;

/** How much of a generated image set to make. */
export interface ImageSetOptions {
  /** Training rows. */
  readonly train?: number;
  /** Test rows. */
  readonly test?: number;
  /** Decides every bit of the set; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

/** All of them. */
export const IMAGE_SET_OPTIONS: Known<ImageSetOptions> = { train: true, test: true, seed: true };

/** Draws one image into `image` (SIDE x SIDE values, all 0 at first) and returns its class, 0 or 1. */
export type DrawImage = (image: Float32Array, source: RandomSource) => number;

/**
 * A set of two classes, its images drawn one by one. Training and test rows have random streams of their own, so the
 * first rows of either do not depend on how many there are.
 */
export function imageSet(
  name: string,
  options: Required<Pick<ImageSetOptions, 'train' | 'test' | 'seed'>>,
  draw: DrawImage,
): Split<DenseDataset> {
  checkSeed(options.seed);
  const make = (part: 'train' | 'test'): DenseDataset => {
    const rows = checkWhole(options[part], part, 1, Math.floor((2 ** 31 - 1) / SIDE ** 2));
    const source = randomSource(options.seed, `${name}/${part}`);
    const columns = SIDE * SIDE;
    const inputs = new Float32Array(rows * columns);
    const labels = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      labels[i] = draw(inputs.subarray(i * columns, (i + 1) * columns), source);
    }
    return { name, rows, columns, classes: 2, inputs, labels, shape: [SIDE, SIDE] };
  };
  return { name, train: make('train'), test: make('test') };
}
