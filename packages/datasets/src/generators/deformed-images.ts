import { checkNumber, checkSeed, checkWhole, checkOptions } from '../check-options.ts';
import { randomIndex, randomSource } from '../random.ts';
import type { DenseDataset } from '../types.ts';

/** How many images are made, and how far they are deformed. */
export interface DeformedImagesOptions {
  /** Images in all, the originals among them; 135 of each by default, which of MNIST are the 8,100,000 of MNIST8M. */
  readonly rows?: number;
  /** Images of a piece; 1,000 by default. */
  readonly batch?: number;
  /** How far pixels are moved, root mean square, in pixels; 1.4 by default, as Simard et al. have it. */
  readonly displacement?: number;
  /** Pixels over which displacements are alike: the sigma of a Gaussian; 4 by default, as Simard et al. have it. */
  readonly smoothness?: number;
  /** How far the whole image is moved, at most, in pixels along each side; 1 by default. */
  readonly translation?: number;
  /** Decides every bit; from 0 to 2^32 - 1, 1 by default. */
  readonly seed?: number;
}

/** Images that are made piece by piece, anew each time that they are iterated, the same each time. */
export interface ImageStream extends Iterable<DenseDataset> {
  readonly name: string;
  /** Of all pieces. */
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly shape: readonly [height: number, width: number];
}

/** Rows that are made of each original, by default. */
const COPIES = 135;

/**
 * Endless variations of images, in the way of MNIST8M (Loosli, Canu, Bottou 2007): the images themselves, then copy after copy
 * of all of them, each deformed in its own way. It is moved by whole pixels, and each pixel by a smooth random field (Simard,
 * Steinkraus, Platt 2003, section 2), between pixels interpolated; what comes from outside is 0. (MNIST8M itself was made with
 * other random numbers, and fields that are sums of some hundred.)
 *
 * Image i is of original i modulo their number, with its label, and depends on the seed and i alone.
 *
 * @throws RangeError for images without height and width, or an option outside its range.
 */
export function deformedImages(images: DenseDataset, options: DeformedImagesOptions = {}): ImageStream {
  checkOptions('deformedImages', options, {
    rows: true,
    batch: true,
    displacement: true,
    smoothness: true,
    translation: true,
    seed: true,
  });
  const { rows = COPIES * images.rows, batch = 1000, seed = 1 } = options;
  const { displacement = 1.4, smoothness = 4, translation = 1 } = options;
  const { name, columns, classes, shape = [] } = images;
  const [height, width] = shape;
  if (shape.length !== 2 || height === undefined || width === undefined) {
    throw new RangeError(
      `${name} has rows of ${shape.join(' x ') || columns} values: images have height and width.`,
    );
  }
  checkWhole(rows, 'rows', 1, Number.MAX_SAFE_INTEGER);
  checkWhole(batch, 'batch', 1);
  checkNumber(displacement, 'displacement', 0, Math.max(height, width));
  checkNumber(smoothness, 'smoothness', 0.5, Math.max(height, width));
  checkWhole(translation, 'translation', 0, Math.max(height, width));
  checkSeed(seed);
  const field = new SmoothField(height, width, smoothness, displacement);
  return {
    name: `${name}-deformed`,
    rows,
    columns,
    classes,
    shape: [height, width],
    *[Symbol.iterator]() {
      for (let first = 0; first < rows; first += batch) {
        const count = Math.min(batch, rows - first);
        const inputs = new Float32Array(count * columns);
        const labels = new Int32Array(count);
        for (let i = 0; i < count; i++) {
          const original = (first + i) % images.rows;
          const from = images.inputs.subarray(original * columns, (original + 1) * columns);
          const to = inputs.subarray(i * columns, (i + 1) * columns);
          labels[i] = images.labels[original]!;
          if (first + i < images.rows) {
            to.set(from);
            continue;
          }
          const source = randomSource(seed, `deformed/${first + i}`);
          const dx = randomIndex(source, 2 * translation + 1) - translation;
          const dy = randomIndex(source, 2 * translation + 1) - translation;
          const [byX, byY] = [field.draw(source, 0), field.draw(source, 1)];
          for (let y = 0, at = 0; y < height; y++) {
            for (let x = 0; x < width; x++, at++) {
              to[at] = interpolated(from, width, height, x + dx + byX[at]!, y + dy + byY[at]!);
            }
          }
        }
        yield {
          name: `${name}-deformed`,
          rows: count,
          columns,
          classes,
          inputs,
          labels,
          shape: [height, width],
        };
      }
    },
  };
}

/** Random numbers, one a pixel, blurred by a Gaussian. */
class SmoothField {
  readonly #height: number;
  readonly #width: number;
  readonly #kernel: Float64Array;
  readonly #factor: number;
  readonly #noise: Float64Array;
  readonly #blurred: readonly [Float64Array, Float64Array];

  constructor(height: number, width: number, sigma: number, size: number) {
    this.#height = height;
    this.#width = width;
    const reach = Math.ceil(3 * sigma);
    const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
      Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    this.#kernel = weights.map((weight) => weight / sum);
    // Uniform noise on (-1, 1) has the variance 1/3, which blurring in both directions multiplies by the kernel's squares.
    const squares = this.#kernel.reduce((total, weight) => total + weight * weight, 0);
    this.#factor = size / (squares * Math.sqrt(1 / 3));
    this.#noise = new Float64Array(height * width);
    this.#blurred = [new Float64Array(height * width), new Float64Array(height * width)];
  }

  /** Into one of two arrays, whose values are of the size asked for, root mean square. */
  draw(source: () => number, into: 0 | 1): Float64Array {
    const [noise, made] = [this.#noise, this.#blurred[into]];
    const [height, width] = [this.#height, this.#width];
    for (let i = 0; i < noise.length; i++) noise[i] = (2 * source() - 1) * this.#factor;
    this.#blur(noise, made, width, 1, height, width);
    noise.set(made);
    this.#blur(noise, made, height, width, width, 1);
    return made;
  }

  /** Along lines of `length` values that are `step` apart; lines are `apart`. Beyond an end it goes on at the other. */
  #blur(
    from: Float64Array,
    to: Float64Array,
    length: number,
    step: number,
    lines: number,
    apart: number,
  ): void {
    const kernel = this.#kernel;
    const reach = (kernel.length - 1) / 2;
    for (let line = 0; line < lines; line++) {
      const start = line * apart;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        let at = (i - reach) % length;
        if (at < 0) at += length;
        for (let k = 0; k < kernel.length; k++) {
          sum += kernel[k]! * from[start + at * step]!;
          if (++at === length) at = 0;
        }
        to[start + i * step] = sum;
      }
    }
  }
}

/** The image's value between its pixels; 0 outside. */
function interpolated(image: Float32Array, width: number, height: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - x0, y - y0];
  const at = (px: number, py: number): number =>
    px >= 0 && px < width && py >= 0 && py < height ? image[py * width + px]! : 0;
  const above = at(x0, y0) * (1 - right) + at(x0 + 1, y0) * right;
  const under = at(x0, y0 + 1) * (1 - right) + at(x0 + 1, y0 + 1) * right;
  return above * (1 - below) + under * below;
}
