import { describe, expect, it, vi } from 'vitest';
import {
  checkDataset,
  convex,
  datasets,
  fetchDataset,
  generateVectors,
  load,
  mnistSubset,
  plantedLabels,
  verifyDataset,
} from '../../src/index.ts';
import type {
  AnyDataset,
  DatasetName,
  DenseDataset,
  LoadOptions,
  SparseDataset,
  Split,
} from '../../src/index.ts';
import { firstDifference } from '../helpers/images.ts';
import { realData } from '../helpers/real-data.ts';

describe('the catalogue', () => {
  it('says of each set what there is, whose it is and where it comes from', () => {
    const all = datasets();
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, description, licence, citation, files, byHand, size } of all) {
      expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(description).toMatch(/^[^\n]{10,100}[^.]$/);
      expect(licence.length).toBeGreaterThan(2);
      expect(citation.length).toBeGreaterThan(5);
      for (const count of Object.values(size)) expect(Number.isInteger(count) && count > 0).toBe(true);
      for (const file of files) {
        for (const mirror of file.mirrors) expect(new URL(mirror).protocol).toMatch(/^https?:$/);
        const { algorithm, hex } = file.checksum ?? { algorithm: 'md5', hex: '0'.repeat(32) };
        expect(hex).toMatch(new RegExp(`^[0-9a-f]{${{ md5: 32, sha1: 40, sha256: 64 }[algorithm]}}$`));
        // Whoever can download nothing is told what to do.
        expect(file.mirrors.length > 0 || byHand!.endsWith('.')).toBe(true);
      }
    }
  });

  it('names sets like one that there is not', async () => {
    await expect(load('mnst')).rejects.toThrow(
      /^There is no data set "mnst"\. There are mnist, .*datasets\(\) lists all \d+, as hashgrad data list does\.$/,
    );
    await expect(load('')).rejects.toThrow('There is no data set "".');
    await expect(load('constructor')).rejects.toThrow('There is no data set "constructor".');
    await expect(verifyDataset('mnst')).rejects.toThrow('There is no data set');
    await expect(fetchDataset('mnst')).rejects.toThrow('There is no data set');
  });
});

describe('a set that has no files', () => {
  it('is what its generator makes', async () => {
    const options = { train: 5, test: 5, seed: 9 };
    expect(await load('convex-generated', options)).toEqual(convex(options));
    const size = { vectors: 30, queries: 2, dimensions: 5, seed: 3 };
    expect(await load('low-rank-vectors', size)).toEqual(generateVectors('low-rank', size));
    const labels = { train: 20, test: 5, seed: 2 };
    expect(await load('planted-labels', labels)).toEqual(plantedLabels(labels));
    expect(await fetchDataset('convex-generated')).toEqual({ paths: [], downloaded: false });
    expect(await verifyDataset('convex-generated')).toEqual([]);
  });

  it.each(['convex-generated', 'rectangles-generated', 'rectangles-images-generated'] as const)(
    'makes %s of the size asked for',
    async (name) => {
      const split = await load(name, { train: 12, test: 7, seed: 5 });
      checkDataset(split.train);
      expect([split.train.rows, split.test.rows]).toEqual([12, 7]);
    },
  );

  it('gives rows of the MNIST subset by the seed', async () => {
    const whole = await load('mnist-subset');
    const { train } = await mnistSubset();
    expect(firstDifference(whole.train.inputs, train.inputs)).toBeUndefined();
    const part = await load('mnist-subset', { train: 100, seed: 3 });
    expect([part.train.rows, part.test.rows]).toEqual([100, 2_000]);
    expect(part.train.labels).not.toEqual(whole.train.labels.subarray(0, 100));
    await expect(load('mnist-subset', { test: 2_001 })).rejects.toThrow(
      'test rows of mnist-subset must be a whole number from 1 to 2000, but it is 2001.',
    );
  });

  it('takes no folder, and no options of others', async () => {
    await expect(load('mnist-subset', { folder: '/tmp' })).rejects.toThrow(
      'mnist-subset takes no folder: it is not in files.',
    );
    await expect(load('flat-vectors', { train: 3 })).rejects.toThrow(
      'flat-vectors takes no train; it takes vectors, queries, dimensions, seed.',
    );
  });
});

/** What a set of the folder of real data has, as far as the catalogue says it. */
function sizeOf(loaded: AnyDataset): Record<string, number> {
  if ('userNames' in loaded) return { users: loaded.users, items: loaded.items, ratings: loaded.ids.length };
  if ('words' in loaded) return { words: loaded.words.length, dimensions: loaded.dimensions };
  if ('parts' in loaded) return 'whole' in loaded.parts ? { bytes: loaded.parts['whole']!.length } : {};
  if ('train' in loaded && 'labels' in loaded.train) {
    const { train, test } = loaded as Split<DenseDataset | SparseDataset>;
    checkDataset(train);
    checkDataset(test);
    return { train: train.rows, test: test.rows, columns: train.columns, classes: train.classes };
  }
  if (Array.isArray(loaded)) return { pictures: loaded.length, columns: loaded[0].pixels.length };
  throw new Error('an unknown kind of set');
}

const REAL: readonly { readonly name: DatasetName; readonly options?: LoadOptions }[] = [
  { name: 'mnist' },
  { name: 'fashion-mnist' },
  { name: 'convex' },
  { name: 'rectangles' },
  { name: 'optical-digits' },
  { name: 'bibtex' },
  { name: 'delicious' },
  { name: 'movielens-latest-small' },
  { name: 'glove-twitter-25d-top' },
  { name: 'enwiki2018' },
  { name: 'tiny-shakespeare' },
  { name: 'wikitext-2', options: { parts: ['validation', 'test'] } },
  { name: 'natural-gray' },
];

describe.skipIf(realData === undefined)('real data', () => {
  it.each(REAL)(
    'has $name by name, of the published size and with the published bytes',
    async ({ name, options }) => {
      const notices: string[] = [];
      const onNotice = (sentence: string): void => void notices.push(sentence);
      const loaded = await load(name, { download: false, onNotice, ...options });
      const { size, shape } = datasets().find((info) => info.name === name)!;
      expect(sizeOf(loaded)).toEqual(size);
      const images = 'train' in loaded && 'inputs' in loaded.train;
      expect(images ? loaded.train.shape : shape).toEqual(shape);
      expect(notices).toEqual([]);
      const states = await verifyDataset(name);
      // Of WikiText the training part is not there.
      const there = states.filter(({ state }) => state !== 'missing');
      expect(new Set(there.map(({ state }) => state))).toEqual(new Set(['verified']));
    },
  );

  it('makes variations of MNIST without end', async () => {
    const pieces = await load('mnist8m', { download: false, seed: 2 });
    expect([pieces.name, pieces.rows, pieces.shape]).toEqual(['mnist8m', 8_100_000, [28, 28]]);
    const [first] = pieces;
    checkDataset(first!);
    const { train } = await load('mnist', { download: false });
    expect(first!.labels).toEqual(train.labels.subarray(0, 1000));
  });

  it('is read alike from IDX files and from the published archive', async () => {
    vi.stubEnv('HASHGRAD_DATA', realData);
    const { IMAGE_SETS } = await import('../../src/catalogue/sets/images.ts');
    const { loadDefined } = await import('../../src/catalogue/load.ts');
    const { forms = [], ...definition } = IMAGE_SETS.rectangles;
    // The test file is 628 MB of text: of the archive the training part alone is compared.
    const [idx, amat] = forms;
    const part = { ...amat!, parts: { ...amat!.parts, test: amat!.parts['train']! } };
    const options = { download: false, verify: true };
    const fromIdx = await loadDefined('rectangles', { ...definition, forms: [idx!] }, options);
    const fromAmat = await loadDefined('rectangles', { ...definition, size: {}, forms: [part] }, options);
    expect(firstDifference(fromAmat.train.inputs, fromIdx.train.inputs)).toBeUndefined();
    expect(fromAmat.train.labels).toEqual(fromIdx.train.labels);
    vi.unstubAllEnvs();
  });
});
