import { checkNumber, checkWhole } from '../check-options.ts';
import { complaint } from '../complaint.ts';
import type { DenseDataset } from '../types.ts';
import { idxHeaderBytes, isBytes, type IdxArray, type IdxData } from './idx.ts';

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
  return images.every(({ data }) => firstAbove(data, 1) < 0) ? 1 : 255;
}

/** One more than the largest label. */
export function countClasses(labels: IdxArray): number {
  let most = 0;
  for (const label of classesOf(labels)) if (label > most) most = label;
  return most + 1;
}

/**
 * Images and labels as examples: pixels divided by `scale`, row-major.
 *
 * @throws Error naming the source, and the byte where there is one: when the images or labels have the wrong number of
 *   dimensions, differ in number, are none, are no bytes, when a label is no class below `classes`, or a pixel is above `scale`.
 */
export function idxDataset(name: string, pair: IdxPair, classes: number, scale: number): DenseDataset {
  const { images, labels, imagesSource, labelsSource } = pair;
  checkWhole(classes, 'classes', 1);
  if (images.shape.length < 2) {
    throw complaint(
      imagesSource,
      `byte 3: expected images, that is 2 or more dimensions, found ${images.shape.length}.`,
    );
  }
  if (!isBytes(images))
    throw complaint(imagesSource, 'byte 2: expected pixels of the type 08 (bytes), found another.');
  if (labels.shape.length !== 1 && !isDetailed(labels)) {
    throw complaint(
      labelsSource,
      `byte 3: expected labels, that is 1 dimension, found ${labels.shape.length}.`,
    );
  }
  const [rows = 0, ...shape] = images.shape;
  const numbers = classesOf(labels);
  if (numbers.length !== rows) {
    throw complaint(
      labelsSource,
      `byte 4: expected ${rows} labels, as many as there are images, found ${numbers.length}.`,
    );
  }
  if (images.data.length === 0) {
    throw complaint(imagesSource, `byte 4: expected images, found ${images.shape.join(' x ')}.`);
  }
  const wrongLabel = numbers.findIndex((label) => label < 0 || label >= classes);
  if (wrongLabel >= 0) {
    const bytesEach = labels.data.BYTES_PER_ELEMENT * (labels.shape[1] ?? 1);
    throw complaint(
      labelsSource,
      `byte ${idxHeaderBytes(labels.shape.length) + bytesEach * wrongLabel}: expected a label from 0 to ${classes - 1}, found ${numbers[wrongLabel]}.`,
    );
  }
  const wrongPixel = scale < 255 ? firstAbove(images.data, scale) : -1;
  if (wrongPixel >= 0) {
    throw complaint(
      imagesSource,
      `byte ${idxHeaderBytes(images.shape.length) + wrongPixel}: expected a pixel up to the scale ${scale}, found ${images.data[wrongPixel]}.`,
    );
  }
  return {
    name,
    rows,
    columns: images.data.length / rows,
    classes,
    inputs: scaled(images.data, scale),
    labels: Int32Array.from(numbers),
    shape,
  };
}

/** Whether labels are QMNIST's: eight numbers a row (who wrote the digit, where it is from), of which the first is the class. */
function isDetailed({ shape, data }: IdxArray): boolean {
  return shape.length === 2 && shape[1] === 8 && data instanceof Int32Array;
}

function classesOf(labels: IdxArray): Int32Array {
  const { data } = labels;
  const each = isDetailed(labels) ? 8 : 1;
  const classes = new Int32Array(Math.floor(data.length / each));
  for (let i = 0; i < classes.length; i++) classes[i] = data[each * i]!;
  return classes;
}

/** A plain loop: several times as fast as findIndex over millions of pixels. */
function firstAbove(data: IdxData, most: number): number {
  for (let i = 0; i < data.length; i++) if (data[i]! > most) return i;
  return -1;
}

/** Pixels divided by `scale`. */
export function scaled(pixels: Uint8Array, scale: number): Float32Array {
  const values = Float32Array.from({ length: 256 }, (_, pixel) => pixel / scale);
  const inputs = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) inputs[i] = values[pixels[i]!]!;
  return inputs;
}
