import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bzip2, zipOf } from '../helpers/packed.ts';
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

const renamed = (
  rename: (name: string) => string,
  files: Readonly<Record<string, Uint8Array>> = FILES,
): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [rename(name), bytes]));

/** A folder of files, some in folders of their own. */
function nested(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

/** The first pixel of a set of these files. */
const first = async (files: Record<string, Uint8Array>, scale?: number): Promise<number | undefined> =>
  (await loadIdxFolder(temporaryFolder(files), scale === undefined ? {} : { scale })).train.inputs[0];

describe('loadIdxFolder', () => {
  it.each([
    ['usual names', (name: string) => name],
    ['a prefix', (name: string) => `convex_${name}`],
    ['"test" for "t10k"', (name: string) => `emnist-digits-${name.replace('t10k', 'test')}`],
    ['a dot before idx', (name: string) => name.replace('-idx', '.idx')],
    ['a folder each, as Kaggle has them', (name: string) => `${name}/${name}`],
    ['one folder in the folder', (name: string) => `mnist/${name}`],
  ])('finds files with %s', async (_, rename) => {
    const folder = nested(renamed(rename));
    const split = await loadIdxFolder(folder, { name: 'set' });
    checkDataset(split.train);
    checkDataset(split.test);
    expect(split.name).toBe('set');
    expect([split.train.rows, split.test.rows, split.train.classes, split.test.classes]).toEqual([
      3, 2, 5, 5,
    ]);
    expect([...split.test.labels]).toEqual([3, 2]);
    expect(split.train.inputs.every((value) => value === 1)).toBe(true);
  });

  it('reads packed files, and the raw one of two', async () => {
    const packed = Object.fromEntries(
      Object.entries(FILES).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]),
    );
    const folder = temporaryFolder({ ...packed, 't10k-labels-idx1-ubyte': labels(1, 1) });
    const split = await loadIdxFolder(folder);
    expect(split.name).toBe(basename(folder));
    expect([...split.train.labels]).toEqual([0, 4, 1]);
    expect([...split.test.labels]).toEqual([1, 1]);
    // Packed otherwise than its name says.
    const other = temporaryFolder({ ...packed, 'train-labels-idx1-ubyte.gz': bzip2.labels });
    expect([...(await loadIdxFolder(other)).train.labels]).toEqual([0, 4, 1]);
  });

  it("reads Kaggle's archive: the dotted files, folders of the other name, and the zip itself", async () => {
    const kaggle = {
      ...renamed((name) => `${name}/${name}`),
      ...renamed((name) => name.replace('-idx', '.idx')),
    };
    expect([...(await loadIdxFolder(nested(kaggle))).train.labels]).toEqual([0, 4, 1]);
    const zip = join(temporaryFolder({ 'mnist.zip': zipOf(FILES) }), 'mnist.zip');
    expect([...(await loadIdxFolder(zip)).test.labels]).toEqual([3, 2]);
  });

  it('passes over what macOS leaves beside files', async () => {
    const companion = Uint8Array.of(0, 5, 0x16, 7, 0, 2, 0, 0);
    const folder = temporaryFolder({ ...FILES, ...renamed((name) => `._${name}`, FILES) });
    for (const name of Object.keys(FILES)) writeFileSync(join(folder, `._${name}`), companion);
    expect((await loadIdxFolder(folder)).train.rows).toBe(3);
  });

  it('keeps pixels of 0 and 1, and decides that over both sets', async () => {
    const binary = { ...FILES, 'train-images-idx3-ubyte': images(3, 2, 1) };
    expect(await first(binary)).toBe(Math.fround(1 / 255));
    const both = { ...binary, 't10k-images-idx3-ubyte': images(2, 2, 1) };
    expect(await first(both)).toBe(1);
    expect(await first(both, 4)).toBe(0.25);
  });

  it('says which folder or file is missing, in one line', async () => {
    await expect(loadIdxFolder('/no/such/folder')).rejects.toThrow(
      '/no/such/folder: there is no such folder or archive.',
    );
    const { 't10k-labels-idx1-ubyte': _, ...rest } = FILES;
    const folder = temporaryFolder(rest);
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      `${folder}: there are no test labels: expected a file t10k-labels-idx1-ubyte or test-labels-idx1-ubyte, raw or as .gz.`,
    );
  });

  it('does not choose between two sets in one folder, but by their prefix', async () => {
    const letters = renamed((name) => `emnist-letters-${name.replace('t10k', 'test')}`, {
      ...FILES,
      'train-labels-idx1-ubyte': labels(9, 9, 9),
    });
    const folder = temporaryFolder({ ...renamed((name) => `emnist-digits-${name}`), ...letters });
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      'which are the training images? There are emnist-digits-train-images-idx3-ubyte, emnist-letters-train-images-idx3-ubyte: say prefix.',
    );
    const read = async (prefix: string): Promise<number | undefined> =>
      (await loadIdxFolder(folder, { prefix })).train.labels[0];
    expect(await read('emnist-letters-')).toBe(9);
    expect(await read('emnist-digits-')).toBe(0);
    await expect(read('')).rejects.toThrow('there are no training images');
    const plain = temporaryFolder({ ...FILES, ...letters });
    expect((await loadIdxFolder(plain, { prefix: '' })).train.labels[1]).toBe(4);
  });

  it('refuses a test label that is no class of the training set, and images of another size', async () => {
    const wrongLabel = temporaryFolder({ ...FILES, 't10k-labels-idx1-ubyte': labels(3, 5) });
    await expect(loadIdxFolder(wrongLabel)).rejects.toThrow(
      `${wrongLabel}/t10k-labels-idx1-ubyte: byte 9: expected a label from 0 to 4, found 5.`,
    );
    expect((await loadIdxFolder(wrongLabel, { classes: 6 })).test.classes).toBe(6);
    const wrongSize = temporaryFolder({ ...FILES, 't10k-images-idx3-ubyte': images(2, 3) });
    await expect(loadIdxFolder(wrongSize)).rejects.toThrow(
      /byte 8: expected images of 2 x 2 pixels, .* found 3 x 3\.$/,
    );
  });

  it('says so where there are no files, as in a browser', async () => {
    const folder = temporaryFolder(FILES);
    vi.stubGlobal('process', undefined);
    try {
      await expect(loadIdxFolder(folder)).rejects.toThrow('Reading files needs node:fs, which is not there');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.skipIf(!realData)('reads the real MNIST and Fashion-MNIST', async () => {
    for (const name of ['mnist', 'fashion-mnist']) {
      const { train, test } = await loadIdxFolder(realPath(name));
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

  it.skipIf(!realData)('reads the real Convex and Rectangles, their pixels 0 and 1', async () => {
    const convex = await loadIdxFolder(realPath('convex'));
    expect([convex.train.rows, convex.test.rows, convex.train.classes]).toEqual([8_000, 50_000, 2]);
    expect(meanOn(convex.train, 0)).toBeCloseTo(303.8, 1);
    expect(meanOn(convex.train, 1)).toBeCloseTo(299.2, 1);
    const rectangles = await loadIdxFolder(realPath('rectangles'));
    expect([rectangles.train.rows, rectangles.test.rows]).toEqual([1_200, 50_000]);
    expect(rectangles.test.inputs.every((value) => value === 0 || value === 1)).toBe(true);
  });
});
