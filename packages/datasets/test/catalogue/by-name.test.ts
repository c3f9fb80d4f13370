import { describe, expect, it } from 'vitest';
import {
  checkDataset,
  convex,
  datasetByName,
  datasetNames,
  encodeIdx,
  mnistSubset,
} from '../../src/index.ts';
import { firstDifference } from '../helpers/images.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const folderOf = (rows: number): string => {
  const images = encodeIdx({
    shape: [rows, 2, 2],
    data: Uint8Array.from({ length: rows * 4 }, (_, i) => i % 256),
  });
  // Sorted by class, as the published test set of Convex is.
  const labels = encodeIdx({
    shape: [rows],
    data: Uint8Array.from({ length: rows }, (_, i) => Number(i >= rows / 2)),
  });
  return temporaryFolder({
    'train-images-idx3-ubyte': images,
    'train-labels-idx1-ubyte': labels,
    't10k-images-idx3-ubyte': images,
    't10k-labels-idx1-ubyte': labels,
  });
};

describe('datasetByName', () => {
  it('has a line for every name', () => {
    expect(datasetNames.map(({ name }) => name)).toEqual([
      'mnist-subset',
      'mnist',
      'fashion-mnist',
      'convex',
      'rectangles',
      'rectangles-images',
      'idx',
    ]);
    for (const { description } of datasetNames) expect(description).toMatch(/^[^\n]{20,90}$/);
  });

  it.each(['convex', 'rectangles', 'rectangles-images'])('makes %s of the size asked for', async (name) => {
    const split = await datasetByName(name, { train: 12, test: 7, seed: 5 });
    checkDataset(split.train);
    expect([split.name, split.train.rows, split.test.rows]).toEqual([name, 12, 7]);
  });

  it('makes the same as the function of that name', async () => {
    const options = { train: 5, test: 5, seed: 9 };
    expect(await datasetByName('convex', options)).toEqual(convex(options));
  });

  it('takes rows of the MNIST subset by the seed', async () => {
    const whole = await datasetByName('mnist-subset');
    const { train } = await mnistSubset();
    expect(firstDifference(whole.train.inputs, train.inputs)).toBeUndefined();
    const part = await datasetByName('mnist-subset', { train: 100, seed: 3 });
    expect([part.train.rows, part.test.rows]).toEqual([100, 2_000]);
    expect(part.train.labels).not.toEqual(whole.train.labels.subarray(0, 100));
    await expect(datasetByName('mnist-subset', { test: 2_001 })).rejects.toThrow(
      'test rows of mnist-subset must be a whole number from 1 to 2000, but it is 2001.',
    );
  });

  it.each(['mnist', 'fashion-mnist', 'convex', 'idx'])('reads %s from a folder', async (name) => {
    const folder = folderOf(40);
    const split = await datasetByName(name, { folder, test: 20 });
    expect([split.train.rows, split.test.rows]).toEqual([40, 20]);
    expect(split.name).toBe(name === 'idx' ? folder.split('/').at(-1) : name);
    // Both classes come along.
    expect(new Set(split.test.labels).size).toBe(2);
  });

  it('refuses other names, and says what needs or takes no folder', async () => {
    await expect(datasetByName('cifar')).rejects.toThrow(
      'There is no data set "cifar"; there are mnist-subset, mnist, fashion-mnist, convex, rectangles, rectangles-images, idx.',
    );
    for (const name of ['mnist', 'fashion-mnist', 'idx']) {
      await expect(datasetByName(name)).rejects.toThrow(
        `The data set ${name} needs a folder with its four files, such as train-images-idx3-ubyte.gz: it is not in this package.`,
      );
    }
    await expect(datasetByName('mnist-subset', { folder: '/tmp' })).rejects.toThrow(
      'The data set mnist-subset takes no folder; for one there is mnist, or idx.',
    );
    await expect(datasetByName('mnist', { folder: '/no/such' })).rejects.toThrow(
      '/no/such: there is no such folder',
    );
  });
});
