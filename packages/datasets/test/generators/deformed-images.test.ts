import { describe, expect, it } from 'vitest';
import { checkDataset, deformedImages, rectangles, takeRows } from '../../src/index.ts';
import type { DenseDataset } from '../../src/index.ts';
import { row } from '../helpers/images.ts';

const images = rectangles({ train: 20, test: 1 }).train;

/** All pieces as one. */
function joined(pieces: Iterable<DenseDataset>): { inputs: number[]; labels: number[] } {
  const all = [...pieces];
  return {
    inputs: all.flatMap(({ inputs }) => [...inputs]),
    labels: all.flatMap(({ labels }) => [...labels]),
  };
}

describe('deformed images', () => {
  it('begin with the images themselves, and go on with their labels', () => {
    const stream = deformedImages(images, { rows: 50, batch: 16 });
    const pieces = [...stream];
    for (const piece of pieces) checkDataset(piece);
    expect(pieces.map(({ rows }) => rows)).toEqual([16, 16, 16, 2]);
    const { inputs, labels } = joined(pieces);
    expect(inputs.slice(0, 20 * 784)).toEqual([...images.inputs]);
    expect(labels).toEqual(Array.from({ length: 50 }, (_, i) => images.labels[i % 20]!));
    expect(Math.min(...inputs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...inputs)).toBeLessThanOrEqual(1);
    expect([stream.rows, stream.columns, stream.shape]).toEqual([50, 784, [28, 28]]);
    expect(deformedImages(images).rows).toBe(20 * 135);
  });

  it('depend on the seed and their number alone', () => {
    const whole = joined(deformedImages(images, { rows: 60, batch: 60 })).inputs;
    const stream = deformedImages(images, { rows: 45, batch: 7 });
    expect(joined(stream).inputs).toEqual(whole.slice(0, 45 * 784));
    expect(joined(stream)).toEqual(joined(stream));
    const other = joined(deformedImages(images, { rows: 60, batch: 60, seed: 2 })).inputs;
    expect(other.slice(20 * 784)).not.toEqual(whole.slice(20 * 784));
    // Each copy of an image is another.
    expect(whole.slice(20 * 784, 21 * 784)).not.toEqual(whole.slice(40 * 784, 41 * 784));
  });

  it('are moved by whole pixels where nothing else moves them', () => {
    const moved = [...deformedImages(images, { rows: 40, batch: 40, displacement: 0, translation: 2 })][0]!;
    for (let i = 20; i < 40; i++) {
      const [made, original] = [row(moved, i), row(images, i - 20)];
      const shifts = [-2, -1, 0, 1, 2].flatMap((dy) => [-2, -1, 0, 1, 2].map((dx) => [dx, dy] as const));
      const is = ([dx, dy]: readonly [number, number]): boolean =>
        made.every((value, at) => {
          const [x, y] = [(at % 28) + dx, Math.floor(at / 28) + dy];
          return value === (x < 0 || x > 27 || y < 0 || y > 27 ? 0 : original[y * 28 + x]);
        });
      expect(shifts.some(is)).toBe(true);
    }
  });

  it('are moved as far as was asked for', () => {
    // A ramp shows where each of its pixels came from, away from the sides.
    const ramp: DenseDataset = {
      ...takeRows(images, 1),
      inputs: Float32Array.from({ length: 784 }, (_, at) => (at % 28) / 28),
    };
    const made = [...deformedImages(ramp, { rows: 401, batch: 401, displacement: 1.5, translation: 0 })][0]!;
    let [squares, count] = [0, 0];
    for (let i = 1; i < 401; i++) {
      const image = row(made, i);
      for (let y = 8; y < 20; y++) {
        for (let x = 8; x < 20; x++, count++) squares += (28 * (image[y * 28 + x]! - x / 28)) ** 2;
      }
    }
    // Neighbours move alike, so that each image has but a few displacements of its own: some per cent of error.
    expect(Math.sqrt(squares / count)).toBeGreaterThan(1.5 * 0.9);
    expect(Math.sqrt(squares / count)).toBeLessThan(1.5 * 1.1);
  });

  it('refuse what are no images, and numbers outside their range', () => {
    const { shape: _, ...flat } = images;
    expect(() => deformedImages(flat)).toThrow(
      'rectangles has rows of 784 values: images have height and width.',
    );
    expect(() => deformedImages(images, { rows: 0 })).toThrow('rows must be a whole number from 1');
    expect(() => deformedImages(images, { displacement: -1 })).toThrow(
      'displacement must be a number from 0 to 28, but it is -1.',
    );
    expect(() => deformedImages(images, { translation: 0.5 })).toThrow('translation must be a whole number');
  });
});
