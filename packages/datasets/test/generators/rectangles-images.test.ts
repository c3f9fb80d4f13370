import { describe, expect, it } from 'vitest';
import { checkDataset, parseIdx, readBytes, rectanglesImages } from '../../src/index.ts';
import type { GreyImage, IdxArray } from '../../src/index.ts';
import { firstDifference, row } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';

const plain = (value: number, width = 40, height = 30): GreyImage => ({
  width,
  height,
  pixels: new Float32Array(width * height).fill(value),
});

describe('rectanglesImages', () => {
  it('lays a rectangle of one picture on another, its label saying whether it is higher than wide', () => {
    // Of two plain pictures each image has both: the rectangle is the one that fills its bounding box.
    const photographs = [plain(0.25), plain(0.75, 33, 64)];
    const { train } = rectanglesImages({ train: 2_000, test: 1, seed: 2, photographs });
    checkDataset(train);
    const sides = new Set<string>();
    for (let i = 0; i < train.rows; i++) {
      const image = row(train, i);
      const boxes = [0.25, 0.75].map((value) => boxOf(image, value)).filter((box) => box.filled);
      const { height, width } = boxes[0]!;
      expect(train.labels[i]).toBe(Number(height > width));
      // A rectangle from side to side, at a third side, leaves a strip that is a rectangle as well, with the same label.
      if (boxes.length === 2) continue;
      const area = height * width;
      expect(Math.min(height, width)).toBeGreaterThanOrEqual(10);
      expect(Math.abs(height - width)).toBeGreaterThanOrEqual(5);
      expect(area / 784).toBeGreaterThanOrEqual(0.25);
      expect(area / 784).toBeLessThanOrEqual(0.75);
      sides.add(`${height} x ${width}`);
    }
    expect(sides.size).toBeGreaterThan(100);
  });

  it('makes grey images from textures of its own, the classes about equally bright', () => {
    const { train, test } = rectanglesImages({ train: 2_000, test: 500 });
    checkDataset(train);
    checkDataset(test);
    expect(train.inputs.every((value) => value >= 0 && value <= 1)).toBe(true);
    const high = train.labels.reduce((sum, label) => sum + label, 0);
    expect(Math.abs(high - 1_000)).toBeLessThan(4 * Math.sqrt(500));
    const different = new Set(train.inputs.subarray(0, 784));
    expect(different.size).toBeGreaterThan(500);
  });

  it('depends on the seed alone', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => rectanglesImages({ train: 5, test: 5, seed }));
    expect(firstDifference(first!.train.inputs, again!.train.inputs)).toBeUndefined();
    expect(firstDifference(first!.test.inputs, again!.test.inputs)).toBeUndefined();
    expect(firstDifference(first!.train.inputs, other!.train.inputs)).toBeDefined();
  });

  it('takes photographs in bytes, too', () => {
    const bytes = [100, 200].map((value) => ({
      width: 28,
      height: 28,
      pixels: new Uint8Array(784).fill(value),
    }));
    const { train } = rectanglesImages({ train: 10, test: 1, photographs: bytes });
    expect(new Set(train.inputs)).toEqual(new Set([Math.fround(100 / 255), Math.fround(200 / 255)]));
  });

  it.each([
    [[plain(0)], 'Rectangles and ground need 2 photographs or more, but there are 1.'],
    [[plain(0), plain(0, 27, 28)], 'Photograph 1 is 27 x 28 pixels, but patches of 28 x 28 are cut from it.'],
    [[plain(0), plain(1.5)], 'Photograph 1 has 1.5 at pixel 0, but grey is from 0 to 1.'],
    [[plain(NaN)], 'Photograph 0 has NaN at pixel 0, but grey is from 0 to 1.'],
    [[{ ...plain(0), height: 31 }], 'Photograph 0 is 40 x 31, so it needs 1240 pixels, but there are 1200.'],
  ])('refuses wrong photographs, case %#', (photographs, message) => {
    expect(() => rectanglesImages({ train: 1, test: 1, photographs })).toThrow(message);
  });

  it.skipIf(!realData)('takes real photographs', async () => {
    const path = realPath('natural-gray', 'natural-gray-256x256-idx3-ubyte.gz');
    const { shape, data } = parseIdx(await readBytes(path), path) as IdxArray<Uint8Array>;
    expect(shape).toEqual([18, 256, 256]);
    const photographs = Array.from({ length: 18 }, (_, i) => ({
      width: 256,
      height: 256,
      pixels: data.subarray(i * 65_536, (i + 1) * 65_536),
    }));
    const { train } = rectanglesImages({ train: 500, test: 1, photographs });
    checkDataset(train);
    expect(train.inputs.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});

function boxOf(image: Float32Array, value: number): { height: number; width: number; filled: boolean } {
  const at = [...image.keys()].filter((i) => image[i] === value);
  const ys = at.map((i) => Math.floor(i / 28));
  const xs = at.map((i) => i % 28);
  const height = Math.max(...ys) - Math.min(...ys) + 1;
  const width = Math.max(...xs) - Math.min(...xs) + 1;
  return { height, width, filled: at.length === height * width };
}
