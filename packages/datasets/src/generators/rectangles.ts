import { checkOptions } from '../check-options.ts';
import { IMAGE_SET_OPTIONS, imageSet, SIDE } from './image-set.ts';
import type { ImageSetOptions } from './image-set.ts';
import { randomIndex } from '../random.ts';
import type { RandomSource } from '../random.ts';
import type { DenseDataset, Split } from '../types.ts';

/** A rectangle of `height` x `width` pixels whose top left pixel is (`top`, `left`), from 0. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

const SIDES = sidesWhere((height, width) => height >= 4 && width >= 4 && Math.abs(height - width) >= 3);

/**
 * Rectangles (Larochelle et al. 2007, section 4.2): is the rectangle higher than wide?
 *
 * Images of 28 x 28 pixels, 0 but for the border, one pixel thick, of one rectangle, which is 1. Height and width are
 * uniform over the 506 pairs from 4 to 28 that differ by 3 or more, the place is uniform over those where the rectangle lies
 * inside. Class 1 has more rows than columns. The published set has 1,200 training and 50,000 test images, which are the
 * defaults.
 *
 * @throws RangeError for a number of rows below 1, or a seed that is no 32-bit whole number.
 */
export function rectangles(options: ImageSetOptions = {}): Split<DenseDataset> {
  checkOptions('rectangles', options, IMAGE_SET_OPTIONS);
  const { train = 1_200, test = 50_000, seed = 1 } = options;
  return imageSet('rectangles', { train, test, seed }, (image, source) => {
    const { top, left, height, width } = randomRectangle(source, SIDES);
    const [bottom, right] = [top + height - 1, left + width - 1];
    for (let x = left; x <= right; x++) image[top * SIDE + x] = image[bottom * SIDE + x] = 1;
    for (let y = top; y <= bottom; y++) image[y * SIDE + left] = image[y * SIDE + right] = 1;
    return height > width ? 1 : 0;
  });
}

/** All [height, width] up to the image's side that `fits` accepts. */
export function sidesWhere(
  fits: (height: number, width: number) => boolean,
): readonly (readonly [number, number])[] {
  return Array.from(
    { length: SIDE * SIDE },
    (_, i) => [1 + Math.floor(i / SIDE), 1 + (i % SIDE)] as const,
  ).filter(([height, width]) => fits(height, width));
}

/** A rectangle with uniform sides out of `sides`, uniform over the places where it lies inside the image. */
export function randomRectangle(
  source: RandomSource,
  sides: readonly (readonly [number, number])[],
): Rectangle {
  const [height, width] = sides[randomIndex(source, sides.length)]!;
  const top = randomIndex(source, SIDE - height + 1);
  const left = randomIndex(source, SIDE - width + 1);
  return { top, left, height, width };
}
