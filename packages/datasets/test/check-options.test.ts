import { expect, test } from 'vitest';
import * as datasets from '../src/index.ts';

const { rectangles, plantedLabels } = datasets;
const dense = rectangles({ train: 6, test: 4 });
const sparse = plantedLabels({ train: 6, test: 4, features: 50, labels: 9, nonZeros: 3 });

/** Calls with options alone, by what messages call them. */
const CALLS: Record<string, (options: never) => unknown> = {
  rectangles: (options) => rectangles(options),
  convex: (options) => datasets.convex(options),
  rectanglesImages: (options) => datasets.rectanglesImages(options),
  deformedImages: (options) => datasets.deformedImages(dense.train, options),
  plantedLabels: (options) => plantedLabels(options),
  'A set of vectors': (options) => datasets.generateVectors('flat', options),
  batches: (options) => datasets.batches(dense.train, options),
  split: (options) => datasets.split(dense.train, options),
  subset: (options) => datasets.subset(dense.train, options),
  standardize: (options) => datasets.standardize(dense, options),
  normalize: (options) => datasets.normalize(dense, options),
  NegativeTable: (options) => new datasets.NegativeTable([1, 2], options),
  tfidf: (options) => datasets.tfidf(sparse, options),
  fromRows: (options) => datasets.fromRows([[1, 2]], options),
  nextWords: (options) => datasets.nextWords('a b c d e', options),
  skipGrams: (options) => datasets.skipGrams('a b c d e', options),
  load: (options) => datasets.load('mnist-subset', options),
  fetchDataset: (options) => datasets.fetchDataset('mnist-subset', options),
  datasetFolders: (options) => datasets.datasetFolders('mnist', options),
  verifyDataset: (options) => datasets.verifyDataset('mnist-subset', options),
};

const NOTHING = new Uint8Array(0);

/** Readers, of which none comes to read. */
const READERS = {
  parseAmat: datasets.parseAmat,
  loadAmat: datasets.loadAmat,
  parseCifar: datasets.parseCifar,
  loadCifar: (_: Uint8Array, options: never) => datasets.loadCifar({ train: [], test: [] } as never, options),
  parseCsv: datasets.parseCsv,
  loadCsv: datasets.loadCsv,
  parseLibsvm: datasets.parseLibsvm,
  loadLibsvm: datasets.loadLibsvm,
  parseItemLists: datasets.parseItemLists,
  loadItemLists: datasets.loadItemLists,
  parseRatings: datasets.parseRatings,
  loadRatings: datasets.loadRatings,
  parseVecs: (bytes: Uint8Array, options: never) => datasets.parseVecs(bytes, 'fvecs', options),
  loadVecs: (bytes: Uint8Array, options: never) => datasets.loadVecs(bytes, 'fvecs', options),
  parseWordVectors: datasets.parseWordVectors,
  loadWordVectors: datasets.loadWordVectors,
  parseXc: datasets.parseXc,
  parseSparseMatrix: datasets.parseSparseMatrix,
  loadXc: (bytes: Uint8Array, options: never) => datasets.loadXc({ train: bytes, test: bytes }, options),
  loadNextWords: datasets.loadNextWords,
  loadSkipGrams: datasets.loadSkipGrams,
  loadHdf5: datasets.loadHdf5,
  loadAnnBenchmarks: datasets.loadAnnBenchmarks,
  loadIdxFolder: (_: Uint8Array, options: never) => datasets.loadIdxFolder('nowhere', options),
  loadMovieLens: (_: Uint8Array, options: never) => datasets.loadMovieLens('nowhere', options),
  loadSmallNorb: (_: Uint8Array, options: never) => datasets.loadSmallNorb('nowhere', options),
  loadNpz: datasets.loadNpz,
  loadParquet: datasets.loadParquet,
} as object as Readonly<Record<string, (bytes: Uint8Array, options: never) => unknown>>;
for (const [name, read] of Object.entries(READERS)) CALLS[name] = (options) => read(NOTHING, options);

test.each(Object.entries(CALLS))('%s refuses an option that it does not have, by name', async (who, call) => {
  const wrong = { trian: 10 } as never;
  // Some say so at once, others by their promise.
  await expect((async () => call(wrong))()).rejects.toThrow(
    new RegExp(`^${who} has no option 'trian'; its options are \\w+`),
  );
  await expect((async () => call([] as never))()).rejects.toThrow(`${who} takes an object of options`);
});

test('an option that is undefined is none, and what a set has no use for is not passed on to it', async () => {
  expect(rectangles({ train: 6, test: 4, size: undefined } as object)).toEqual(dense);
  const loaded = await datasets.load('rectangles-generated', { train: 6, test: 4, onNotice: () => {} });
  expect(loaded.train.rows).toBe(6);
});

test('what reads bytes has no options of reading a file', () => {
  const wrong = { entry: 'a.txt' } as never;
  expect(() => datasets.parseCsv(new Uint8Array(0), wrong)).toThrow("parseCsv has no option 'entry'");
  expect(() => datasets.nextWords('a b c', wrong)).toThrow("nextWords has no option 'entry'");
});

test('texts in files are read with options of reading, too', async () => {
  const text = new TextEncoder().encode('one two three four five '.repeat(60));
  const options = { maxBytes: 10_000, heldOut: 0.1, train: 9, test: 3 };
  expect((await datasets.loadNextWords(text, options)).train.rows).toBe(9);
  expect((await datasets.loadSkipGrams(text, options)).train.rows).toBe(9);
});
