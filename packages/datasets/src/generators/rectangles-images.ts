import { checkSeed, checkOptions } from '../check-options.ts';
import { IMAGE_SET_OPTIONS, imageSet, SIDE } from './image-set.ts';
import type { ImageSetOptions } from './image-set.ts';
import { randomIndex } from '../random.ts';
import type { RandomSource } from '../random.ts';
import { randomRectangle, sidesWhere } from './rectangles.ts';
import { textures } from './texture.ts';
import type { GreyImage } from './texture.ts';
import type { DenseDataset, Split } from '../types.ts';

/** How much of the set to make, and the pictures that rectangles are cut from. */
export interface RectanglesImagesOptions extends ImageSetOptions {
  /**
   * Where patches are cut from, each at least 28 x 28 pixels. By default 16 generated textures of 256 x 256 that depend on
   * the seed: the photographs of the published set are not to be had.
   */
  readonly photographs?: readonly GreyImage[];
}

const AREA = SIDE * SIDE;
const SIDES = sidesWhere(
  (height, width) =>
    height >= 10 &&
    width >= 10 &&
    Math.abs(height - width) >= 5 &&
    height * width >= 0.25 * AREA &&
    height * width <= 0.75 * AREA,
);

/**
 * Rectangles-images (Larochelle et al. 2007, section 4.2), which the 2017 paper on sparse networks by hashing calls
 * Rectangles: is the rectangle higher than wide, when it is cut from one picture and laid on another?
 *
 * Images of 28 x 28 grey values in [0, 1]: a patch of one photograph, and in a rectangle, border and inside alike, a patch of
 * another. The rectangle covers 25 to 75 % of the image; its sides are 10 or more and differ by 5 or more, uniform over such
 * pairs; its place is uniform. Class 1 has more rows than columns. The published set has 12,000 training and 50,000 test
 * images, which are the defaults; its images are not these.
 *
 * @throws RangeError for a number of rows below 1, a seed that is no 32-bit whole number, fewer than two photographs, one
 *   smaller than 28 x 28, of another length than width x height, or with a value outside its range.
 */
export function rectanglesImages(options: RectanglesImagesOptions = {}): Split<DenseDataset> {
  checkOptions('rectanglesImages', options, { ...IMAGE_SET_OPTIONS, photographs: true });
  const { train = 12_000, test = 50_000, seed = 1 } = options;
  const photographs = (options.photographs ?? textures(16, 256, checkSeed(seed))).map(checkedPhotograph);
  if (photographs.length < 2) {
    throw new RangeError(
      `Rectangles and ground need 2 photographs or more, but there are ${photographs.length}.`,
    );
  }
  const patch = new Float32Array(AREA);
  return imageSet('rectangles-images', { train, test, seed }, (image, source) => {
    const ground = randomIndex(source, photographs.length);
    // Any of the others.
    const inside = (ground + 1 + randomIndex(source, photographs.length - 1)) % photographs.length;
    cutPatch(photographs[ground]!, image, source);
    cutPatch(photographs[inside]!, patch, source);
    const { top, left, height, width } = randomRectangle(source, SIDES);
    for (let y = top; y < top + height; y++) {
      const from = y * SIDE + left;
      image.set(patch.subarray(from, from + width), from);
    }
    return height > width ? 1 : 0;
  });
}

interface Photograph {
  readonly width: number;
  readonly height: number;
  /** In [0, 1]. */
  readonly pixels: Float32Array;
}

function checkedPhotograph({ width, height, pixels }: GreyImage, index: number): Photograph {
  const name = `Photograph ${index}`;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < SIDE || height < SIDE) {
    throw new RangeError(
      `${name} is ${width} x ${height} pixels, but patches of ${SIDE} x ${SIDE} are cut from it.`,
    );
  }
  if (pixels.length !== width * height) {
    throw new RangeError(
      `${name} is ${width} x ${height}, so it needs ${width * height} pixels, but there are ${pixels.length}.`,
    );
  }
  const values =
    pixels instanceof Float32Array ? pixels : Float32Array.from(pixels, (pixel) => Math.fround(pixel / 255));
  // Negated, so that NaN is found too.
  const wrong = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) {
    throw new RangeError(`${name} has ${values[wrong]} at pixel ${wrong}, but grey is from 0 to 1.`);
  }
  return { width, height, pixels: values };
}

/** Copies SIDE x SIDE pixels from a uniform place into `patch`. */
function cutPatch({ width, height, pixels }: Photograph, patch: Float32Array, source: RandomSource): void {
  const top = randomIndex(source, height - SIDE + 1);
  const left = randomIndex(source, width - SIDE + 1);
  for (let y = 0; y < SIDE; y++) {
    const from = (top + y) * width + left;
    patch.set(pixels.subarray(from, from + SIDE), y * SIDE);
  }
}
