import { describe, expect, it } from 'vitest';
import { checkDataset, countClasses, idxDataset, resolveScale } from '../../src/index.ts';
import type { IdxArray, IdxPair } from '../../src/index.ts';

const idx = (shape: number[], data: number[]): IdxArray => ({ shape, data: Uint8Array.from(data) });
const pair = (images: IdxArray, labels: IdxArray): IdxPair => ({
  images,
  labels,
  imagesSource: 'images',
  labelsSource: 'labels',
});

const images = idx([2, 1, 3], [0, 51, 255, 1, 2, 3]);

describe('idxDataset', () => {
  it('divides pixels by the scale and keeps the shape of a row', () => {
    const dataset = idxDataset('set', pair(images, idx([2], [1, 0])), 2, 255);
    checkDataset(dataset);
    expect(dataset).toEqual({
      name: 'set',
      rows: 2,
      columns: 3,
      classes: 2,
      inputs: Float32Array.of(0, 0.2, 1, 1 / 255, 2 / 255, 3 / 255),
      labels: Int32Array.of(1, 0),
      shape: [1, 3],
    });
  });

  it.each([
    [images, idx([3], [0, 0, 0]), 'labels: byte 4: expected 2 labels, as many as there are images, found 3.'],
    [images, idx([2], [0, 2]), 'labels: byte 9: expected a label from 0 to 1, found 2.'],
    [images, idx([1, 2], [0, 1]), 'labels: byte 3: expected labels, that is 1 dimension, found 2.'],
    [
      idx([2], [0, 1]),
      idx([2], [0, 1]),
      'images: byte 3: expected images, that is 2 or more dimensions, found 1.',
    ],
    [idx([0, 3], []), idx([0], []), 'images: byte 4: expected images, found 0 x 3.'],
  ])('refuses what does not belong together, case %#', (wrongImages, wrongLabels, message) => {
    expect(() => idxDataset('set', pair(wrongImages, wrongLabels), 2, 255)).toThrow(message);
  });

  it('refuses a pixel above the scale', () => {
    expect(() => idxDataset('set', pair(images, idx([2], [1, 0])), 2, 50)).toThrow(
      'images: byte 17: expected a pixel up to the scale 50, found 51.',
    );
  });
});

describe('resolveScale', () => {
  it("takes 'auto' for 1 where no pixel of any array is above 1, and for 255 elsewhere", () => {
    const binary = idx([2], [0, 1]);
    expect(resolveScale('auto', binary, binary)).toBe(1);
    expect(resolveScale('auto', binary, images)).toBe(255);
    expect(resolveScale(16, images)).toBe(16);
  });

  it.each([0, -1, NaN, Infinity])('refuses %d', (scale) => {
    expect(() => resolveScale(scale)).toThrow(/^scale must be a number from .* but it is/);
  });
});

it("reads QMNIST's labels, of which the first number of eight is the class", () => {
  const labels: IdxArray = {
    shape: [2, 8],
    data: Int32Array.of(7, 4, 2610, 1, 62, 14, 0, 0, 2, 1, 94, 20, 23, 0, 0, 0),
  };
  expect(countClasses(labels)).toBe(8);
  expect([...idxDataset('q', pair(images, labels), 8, 255).labels]).toEqual([7, 2]);
  expect(() => idxDataset('q', pair(images, labels), 7, 255)).toThrow(
    'labels: byte 12: expected a label from 0 to 6, found 7.',
  );
});

it('counts classes by the largest label', () => {
  expect(countClasses(idx([3], [4, 0, 6]))).toBe(7);
});
