import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { checkDataset, encodeIdx, loadIdxFolder } from '../../src/index.ts';
import { meanOn } from '../helpers/images.ts';
import { realData, realPath } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const images = (count: number, side = 2, value = 255): Uint8Array =>
  encodeIdx({ shape: [count, side, side], data: new Uint8Array(count * side * side).fill(value) });
const labels = (...values: number[]): Uint8Array =>
  encodeIdx({ shape: [values.length], data: Uint8Array.from(values) });

const FILES = {
  'train-images-idx3-ubyte': images(3),
  'train-labels-idx1-ubyte': labels(0, 4, 1),
  't10k-images-idx3-ubyte': images(2),
  't10k-labels-idx1-ubyte': labels(3, 2),
};

const renamed = (rename: (name: string) => string): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [rename(name), bytes]));

describe('loadIdxFolder', () => {
  it.each([
    ['usual names', (name: string) => name],
    ['a prefix', (name: string) => `convex_${name}`],
    ['"test" for "t10k"', (name: string) => `emnist-digits-${name.replace('t10k', 'test')}`],
    ['a dot before idx', (name: string) => name.replace('-idx', '.idx')],
  ])('finds files with %s', (_, rename) => {
    const folder = temporaryFolder(renamed(rename));
    const split = loadIdxFolder(folder, { name: 'set' });
    checkDataset(split.train);
    checkDataset(split.test);
    expect(split.name).toBe('set');
    expect([split.train.rows, split.test.rows, split.train.classes, split.test.classes]).toEqual([
      3, 2, 5, 5,
    ]);
    expect([...split.test.labels]).toEqual([3, 2]);
    expect(split.train.inputs.every((value) => value === 1)).toBe(true);
  });

  it('reads gzip files, and the raw one of two', () => {
    const packed = Object.fromEntries(
      Object.entries(FILES).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]),
    );
    const folder = temporaryFolder({ ...packed, 't10k-labels-idx1-ubyte': labels(1, 1) });
    const split = loadIdxFolder(folder);
    expect(split.name).toBe(basename(folder));
    expect([...split.train.labels]).toEqual([0, 4, 1]);
    expect([...split.test.labels]).toEqual([1, 1]);
  });

  it('keeps pixels of 0 and 1, and decides that over both sets', () => {
    const binary = { ...FILES, 'train-images-idx3-ubyte': images(3, 2, 1) };
    expect(loadIdxFolder(temporaryFolder(binary)).train.inputs[0]).toBe(Math.fround(1 / 255));
    const both = { ...binary, 't10k-images-idx3-ubyte': images(2, 2, 1) };
    expect(loadIdxFolder(temporaryFolder(both)).train.inputs[0]).toBe(1);
    expect(loadIdxFolder(temporaryFolder(both), { scale: 4 }).train.inputs[0]).toBe(0.25);
  });

  it('says which folder or file is missing, in one line', () => {
    expect(() => loadIdxFolder('/no/such/folder')).toThrow(
      /^There is no folder \/no\/such\/folder: expected one that holds train-images-idx3-ubyte, [^\n]*$/,
    );
    const { 't10k-labels-idx1-ubyte': _, ...rest } = FILES;
    const folder = temporaryFolder(rest);
    expect(() => loadIdxFolder(folder)).toThrow(
      `There are no test labels in ${folder}: expected a file t10k-labels-idx1-ubyte or test-labels-idx1-ubyte, raw or as .gz, with or without a prefix as in convex_test-labels-idx1-ubyte.gz.`,
    );
  });

  it('does not choose between two sets in one folder', () => {
    const folder = temporaryFolder({ ...FILES, ...renamed((name) => `other_${name}`) });
    expect(() => loadIdxFolder(folder)).toThrow(
      `Which are the training images in ${folder}? There are other_train-images-idx3-ubyte, train-images-idx3-ubyte.`,
    );
  });

  it('refuses a test label that is no class of the training set, and images of another size', () => {
    const wrongLabel = temporaryFolder({ ...FILES, 't10k-labels-idx1-ubyte': labels(3, 5) });
    expect(() => loadIdxFolder(wrongLabel)).toThrow(
      `${wrongLabel}/t10k-labels-idx1-ubyte: expected a label from 0 to 4 at byte 9, found 5.`,
    );
    expect(loadIdxFolder(wrongLabel, { classes: 6 }).test.classes).toBe(6);
    const wrongSize = temporaryFolder({ ...FILES, 't10k-images-idx3-ubyte': images(2, 3) });
    expect(() => loadIdxFolder(wrongSize)).toThrow(
      /expected images of 2 x 2 pixels at byte 8, .* found 3 x 3\.$/,
    );
  });

  it('says so where there are no files, as in a browser', () => {
    const folder = temporaryFolder(FILES);
    vi.stubGlobal('process', undefined);
    try {
      expect(() => loadIdxFolder(folder)).toThrow('Reading files needs node:fs, which is not there');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.skipIf(!realData)('reads the real MNIST and Fashion-MNIST', () => {
    for (const name of ['mnist', 'fashion-mnist']) {
      const { train, test } = loadIdxFolder(realPath(name));
      expect([train.name, train.rows, test.rows, train.columns, train.classes]).toEqual([
        name,
        60_000,
        10_000,
        784,
        10,
      ]);
      expect(train.inputs.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it.skipIf(!realData)('reads the real Convex and Rectangles, their pixels 0 and 1', () => {
    const convex = loadIdxFolder(realPath('convex'));
    expect([convex.train.rows, convex.test.rows, convex.train.classes]).toEqual([8_000, 50_000, 2]);
    expect(meanOn(convex.train, 0)).toBeCloseTo(303.8, 1);
    expect(meanOn(convex.train, 1)).toBeCloseTo(299.2, 1);
    const rectangles = loadIdxFolder(realPath('rectangles'));
    expect([rectangles.train.rows, rectangles.test.rows]).toEqual([1_200, 50_000]);
    expect(rectangles.test.inputs.every((value) => value === 0 || value === 1)).toBe(true);
  });
});
