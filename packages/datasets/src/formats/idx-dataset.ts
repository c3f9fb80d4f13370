import { checkNumber, checkWhole } from '../check-options.ts';
import { idxHeaderBytes } from './idx.ts';
import type { IdxArray } from './idx.ts';
import type { DenseDataset } from '../types.ts';

/** What a pixel is divided by: a number, or 'auto' for 1 where no pixel is above 1 (Convex, Rectangles), else 255. */
export type PixelScale = number | 'auto';

/** Two IDX arrays that belong together. */
export interface IdxPair {
  /** Images: rows first, then what a row is, such as [60000, 28, 28]. */
  readonly images: IdxArray;
  /** Labels: one a row. */
  readonly labels: IdxArray;
  /** What error messages call the images, a path, say. */
  readonly imagesSource: string;
  readonly labelsSource: string;
}

/** The number that 'auto' stands for, over all of these images. */
export function resolveScale(scale: PixelScale, ...images: readonly IdxArray[]): number {
  if (scale !== 'auto') return checkNumber(scale, 'scale', Number.MIN_VALUE, Number.MAX_VALUE);
  return images.every(({ data }) => data.every((pixel) => pixel <= 1)) ? 1 : 255;
}

/** One more than the largest label. */
export function countClasses(labels: IdxArray): number {
  return labels.data.reduce((most, label) => Math.max(most, label), 0) + 1;
}

/**
 * Images and labels as examples: pixels divided by `scale`, row-major.
 *
 * @throws Error naming the source, and the byte where there is one: when the images or labels have the wrong number of
 *   dimensions, differ in number, are none, when a label is not below `classes`, or a pixel is above `scale`.
 */
export function idxDataset(name: string, pair: IdxPair, classes: number, scale: number): DenseDataset {
  const { images, labels, imagesSource, labelsSource } = pair;
  checkWhole(classes, 'classes', 1);
  if (images.shape.length < 2) {
    throw new Error(
      `${imagesSource}: expected images, that is 2 or more dimensions, at byte 3, found ${images.shape.length}.`,
    );
  }
  if (labels.shape.length !== 1) {
    throw new Error(
      `${labelsSource}: expected labels, that is 1 dimension, at byte 3, found ${labels.shape.length}.`,
    );
  }
  const [rows = 0, ...shape] = images.shape;
  if (labels.data.length !== rows) {
    throw new Error(
      `${labelsSource}: expected ${rows} labels at byte 4, as many as ${imagesSource} has images, found ${labels.data.length}.`,
    );
  }
  if (images.data.length === 0) {
    throw new Error(`${imagesSource}: expected images from byte 4 on, found ${images.shape.join(' x ')}.`);
  }
  const wrongLabel = labels.data.findIndex((label) => label >= classes);
  if (wrongLabel >= 0) {
    throw new Error(
      `${labelsSource}: expected a label from 0 to ${classes - 1} at byte ${idxHeaderBytes(1) + wrongLabel}, found ${labels.data[wrongLabel]}.`,
    );
  }
  const wrongPixel = scale < 255 ? images.data.findIndex((pixel) => pixel > scale) : -1;
  if (wrongPixel >= 0) {
    throw new Error(
      `${imagesSource}: expected a pixel up to the scale ${scale} at byte ${idxHeaderBytes(images.shape.length) + wrongPixel}, found ${images.data[wrongPixel]}.`,
    );
  }
  return {
    name,
    rows,
    columns: images.data.length / rows,
    classes,
    inputs: scaled(images.data, scale),
    labels: Int32Array.from(labels.data),
    shape,
  };
}

function scaled(pixels: Uint8Array, scale: number): Float32Array {
  const values = Float32Array.from({ length: 256 }, (_, pixel) => pixel / scale);
  const inputs = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) inputs[i] = values[pixels[i]!]!;
  return inputs;
}
