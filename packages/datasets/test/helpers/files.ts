/** Small files of all formats and packings, and how each is read. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import * as datasets from '../../src/index.ts';
import type { ReadOptions } from '../../src/index.ts';
import { ARRAYS, archive, csr, fortran, text as npyText } from './numpy-files.ts';
import * as packed from './packed.ts';
import { TEXT, zipOf } from './packed.ts';

/** A file, and what reads it. */
export interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly load: (bytes: Uint8Array, options: ReadOptions) => Promise<unknown>;
  /** Whether all bytes are covered by checksums, or are none that matter. */
  readonly checked?: boolean;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A binary file of word vectors. */
const word2vec = Uint8Array.from(
  Buffer.concat([
    bytes('3 2\n'),
    ...['the', 'of', 'and'].flatMap((word, i) => [
      bytes(`${word} `),
      new Uint8Array(Float32Array.of(i, -0.5).buffer),
    ]),
  ]),
);
const fvecs = Uint8Array.from([
  2, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 2, 0, 0, 0, 0, 0, 0, 64, 0, 0, 128, 63,
]);
const norb = Uint8Array.from([
  0x55, 0x4c, 0x3d, 0x1e, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4,
]);
const idx = datasets.encodeIdx({ shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) });
const words = 'the 0.25 -1e-3 4\n. . . 0.5 0.5 0.5\nñ 1 2 3\n';
const xc = '3 6 4\n0,3 1:0.5 4:-2\n 0:1e-3\n2 5:.25\n';
const ratings = 'userId,movieId,rating,timestamp\n7,30,4.0,964982703\n2,10,0.5,1\n7,10,3.5,2\n';
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'x', data: [0.5, 2, 3], type: 'DOUBLE' },
      { name: 'label', data: [3, 0, 1], type: 'INT32' },
    ],
  }),
);
const loadXc = (input: Uint8Array, { maxBytes }: ReadOptions): Promise<unknown> =>
  datasets.loadXc({ train: input, test: bytes(xc) }, maxBytes === undefined ? {} : { maxBytes });
const idxOf = async (input: Uint8Array, options: ReadOptions): Promise<unknown> =>
  datasets.parseIdx(await datasets.readBytes(input, options), options.source);

export const FORMATS: readonly Subject[] = [
  { name: 'idx', bytes: idx, load: idxOf },
  { name: 'amat', bytes: bytes('0 1.0e+00 5e-1 1\n1 0 0.25 0\n'), load: datasets.loadAmat },
  { name: 'xc', bytes: bytes(xc), load: loadXc },
  { name: 'libsvm', bytes: bytes('+1 1:0.5 7:2 # x\n-1 qid:3 2:1\n3,4 1:1\n'), load: datasets.loadLibsvm },
  { name: 'libsvm, one label', bytes: bytes('3 1:0.5 7:2\n1 2:1e-2\n'), load: datasets.loadLibsvm },
  { name: 'csv', bytes: bytes('a,"b",class\n1,2.5,x\n-3,4e2,"y"\n'), load: datasets.loadCsv },
  { name: 'ratings', bytes: bytes(ratings), load: datasets.loadRatings },
  {
    name: 'ratings of texts',
    bytes: bytes('A1::B2::5::1\nA1::C::4::2\n'),
    load: (input, options) => datasets.loadRatings(input, { ...options, ids: 'texts', duplicates: 'last' }),
  },
  { name: 'word vectors', bytes: bytes(words), load: datasets.loadWordVectors },
  { name: 'word vectors with a header', bytes: bytes(`3 3\n${words}`), load: datasets.loadWordVectors },
  { name: 'word2vec', bytes: word2vec, load: datasets.loadWordVectors },
  { name: 'skip-grams', bytes: bytes('to be or not to be '.repeat(9)), load: datasets.loadSkipGrams },
  { name: 'fvecs', bytes: fvecs, load: (input, options) => datasets.loadVecs(input, 'fvecs', options) },
  { name: 'bvecs', bytes: fvecs, load: (input, options) => datasets.loadVecs(input, 'bvecs', options) },
  ...ARRAYS.map(([type, , file]) => ({ name: `npy ${type}`, bytes: file, load: datasets.loadNpy })),
  { name: 'npy, Fortran', bytes: fortran, load: datasets.loadNpy },
  { name: 'npy, texts', bytes: npyText, load: datasets.loadNpy },
  { name: 'npz', bytes: archive, load: datasets.loadNpz },
  { name: 'sparse npz', bytes: csr, load: datasets.loadSparseNpz },
  {
    name: 'norb',
    bytes: norb,
    load: async (input, options) =>
      datasets.parseNorb(await datasets.readBytes(input, options), options.source),
  },
  {
    name: 'cifar',
    bytes: new Uint8Array(2 * 3073).fill(7),
    load: async (input, options) =>
      datasets.parseCifar(await datasets.readBytes(input, options), { source: options.source! }),
  },
  {
    name: 'lists of items',
    bytes: bytes('0 1 5\n3 2\n'),
    load: async (input, options) =>
      datasets.parseItemLists(await datasets.readBytes(input, options), { source: options.source! }),
  },
  {
    name: 'sparse matrix',
    bytes: bytes('2 5\n0:0.5 3:0.25\n1:1\n'),
    load: async (input, options) =>
      datasets.parseSparseMatrix(await datasets.readBytes(input, options), { source: options.source! }),
  },
  { name: 'parquet', bytes: parquet, load: datasets.loadParquet },
];

const readText = async (input: Uint8Array, options: ReadOptions): Promise<string> =>
  new TextDecoder().decode(await datasets.readBytes(input, options));

export const PACKINGS: readonly Subject[] = [
  { name: 'gzip', bytes: new Uint8Array(gzipSync(TEXT)), load: readText, checked: true },
  { name: 'bzip2', bytes: packed.bzip2.text, load: readText, checked: true },
  { name: 'bzip2, two streams', bytes: packed.bzip2.two, load: readText },
  { name: 'xz', bytes: packed.xz, load: readText, checked: true },
  { name: 'zstd', bytes: packed.zstd, load: readText, checked: true },
  {
    name: 'zip',
    bytes: packed.zip,
    load: (input, options) => readText(input, { ...options, entry: 'text' }),
    checked: true,
  },
  { name: 'zip, 64 bits', bytes: packed.zip64, load: readText, checked: true },
  { name: 'zip of bzip2', bytes: packed.zipOfBzip2, load: readText, checked: true },
  {
    name: 'tar',
    bytes: packed.tarGzip,
    load: (input, options) => readText(input, { ...options, entry: 'text' }),
    checked: true,
  },
  {
    name: 'brotli',
    bytes: new Uint8Array(brotliCompressSync(TEXT)),
    load: (input, options) => readText(input, { ...options, source: `${options.source}.br` }),
  },
  {
    name: 'a gzipped archive',
    bytes: new Uint8Array(gzipSync(zipOf({ 'a.txt': ratings }))),
    load: datasets.loadRatings,
    checked: true,
  },
  {
    name: 'ratings in gzip',
    bytes: new Uint8Array(gzipSync(ratings)),
    load: datasets.loadRatings,
    checked: true,
  },
];
