import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { File, ready } from 'h5wasm/node';
import { describe, expect, it } from 'vitest';
import { encodeIdx, load } from '../../src/index.ts';
import type { DatasetName, DatasetTypes, LoadOptions } from '../../src/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { zipOf } from '../helpers/zip.ts';

// Each set's files in small, as they are published: that the catalogue finds them and reads them rightly.

/** Loads a set whose files are these; what is said of sizes and checksums is left unsaid. */
async function loadFrom<Name extends DatasetName>(
  name: Name,
  files: Readonly<Record<string, Uint8Array | string>>,
  options: LoadOptions = {},
): Promise<DatasetTypes[Name]> {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return load(name, { folder, download: false, onNotice: () => undefined, ...options });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const gz = (content: Uint8Array): Uint8Array => new Uint8Array(gzipSync(content));
/** Two images of 2 x 3 pixels, the second all 0. */
const IMAGES = encodeIdx({ shape: [2, 2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255, 0, 0, 0, 0, 0, 0) });

/** A file of an entry of EMNIST's archive. */
const emnistFile = (split: string, part: string, kind: string, content: Uint8Array): [string, Uint8Array] => [
  `gzip/emnist-${split}-${part}-${kind}-ubyte.gz`,
  gz(content),
];

/** A record of CIFAR. */
const record = (...labels: number[]): Uint8Array =>
  Uint8Array.from([...labels, ...new Uint8Array(3072).fill(51)]);

/** An array in NORB's format, packed. */
const norbArray = (magic: number, shape: number[], data: Uint8Array): Uint8Array => {
  const sizes = [...shape, ...Array.from({ length: Math.max(0, 3 - shape.length) }, () => 1)];
  const header = Buffer.alloc(8 + 4 * sizes.length);
  header.writeInt32LE(0x1e3d4c00 + magic, 0);
  header.writeInt32LE(shape.length, 4);
  for (const [i, size] of sizes.entries()) header.writeInt32LE(size, 8 + 4 * i);
  return gz(Buffer.concat([header, data]));
};

/** Vectors in the format of TEXMEX. */
const vecs = (
  rows: readonly ArrayLike<number>[],
  type: typeof Float32Array | typeof Int32Array,
): Uint8Array =>
  Buffer.concat(
    rows.flatMap((row) => [
      Buffer.from(Int32Array.of(row.length).buffer),
      Buffer.from(type.from(row).buffer),
    ]),
  );

describe('sets of images', () => {
  it('EMNIST: one split of an archive, rows and columns put right, letters from 0', async () => {
    const entries = ['letters', 'digits'].flatMap((split) =>
      ['train', 'test'].flatMap((part) => [
        emnistFile(split, part, 'images-idx3', IMAGES),
        emnistFile(
          split,
          part,
          'labels-idx1',
          encodeIdx({ shape: [2], data: Uint8Array.of(1, split === 'letters' ? 26 : 9) }),
        ),
      ]),
    );
    const archive = { 'emnist/gzip.zip': zipOf(entries) };
    const letters = await loadFrom('emnist-letters', archive);
    expect([[...letters.train.labels], letters.train.classes, letters.train.shape]).toEqual([
      [0, 25],
      26,
      [3, 2],
    ]);
    // Stored as 2 rows of 3; read as 3 rows of 2.
    const pixels = [...letters.train.inputs.subarray(0, 6)].map((value) => Math.round(255 * value));
    expect(pixels).toEqual([1, 4, 2, 5, 3, 255]);
    expect([...(await loadFrom('emnist-digits', archive)).test.labels]).toEqual([1, 9]);
  });

  it('QMNIST: labels of which the first number is the class', async () => {
    const labels = Buffer.alloc(12 + 2 * 8 * 4);
    labels.set([0, 0, 0x0c, 2, 0, 0, 0, 2, 0, 0, 0, 8]);
    labels.writeInt32BE(7, 12);
    labels.writeInt32BE(3, 12 + 32);
    const { train } = await loadFrom('qmnist', {
      'qmnist/qmnist-train-images-idx3-ubyte.gz': gz(IMAGES),
      'qmnist/qmnist-train-labels-idx2-int.gz': gz(labels),
      'qmnist/qmnist-test-images-idx3-ubyte.gz': gz(IMAGES),
      'qmnist/qmnist-test-labels-idx2-int': labels,
    });
    expect([...train.labels]).toEqual([7, 3]);
  });

  it('Rectangles-images: AMAT in an archive', async () => {
    const line = `${Array.from({ length: 784 }, () => '0.25').join('   ')}   1.0000000e+00\n`;
    const files = ['rectangles_im_train.amat', 'rectangles_im_test.amat'];
    const { train, test } = await loadFrom('rectangles-images', {
      'rectangles-images/rectangles_images.zip': zipOf(
        files.map((file, i) => [file, bytes(line.repeat(i + 1))]),
      ),
    });
    expect([train.rows, test.rows, train.columns, train.classes, train.inputs[5]]).toEqual([
      1, 2, 784, 2, 0.25,
    ]);
  });

  it('optical digits: CSV of values up to 16', async () => {
    const line = `${Array.from({ length: 64 }, (_, i) => i % 17).join(',')},`;
    const { train, test } = await loadFrom('optical-digits', {
      'optdigits.tra': `${line}3\n${line}0\n${line}9\n`,
      'optdigits.tes': `${line}0\n`,
    });
    expect([train.rows, test.rows, train.shape, train.classes]).toEqual([3, 1, [8, 8], 10]);
    expect([train.inputs[8], train.labels[0]]).toEqual([0.5, 3]);
  });

  it('CIFAR: records in files of their own', async () => {
    const names = [
      'data_batch_1',
      'data_batch_2',
      'data_batch_3',
      'data_batch_4',
      'data_batch_5',
      'test_batch',
    ];
    const ten = await loadFrom(
      'cifar-10',
      Object.fromEntries(names.map((name, i) => [`cifar-10/cifar-10-batches-bin/${name}.bin`, record(i)])),
    );
    expect([[...ten.train.labels], [...ten.test.labels], ten.train.shape]).toEqual([
      [0, 1, 2, 3, 4],
      [5],
      [3, 32, 32],
    ]);
    expect(ten.train.inputs[0]).toBeCloseTo(0.2, 6);
    const hundred = {
      'cifar-100/cifar-100-binary/train.bin': record(11, 87),
      'cifar-100/cifar-100-binary/test.bin': record(4, 9),
    };
    expect([...(await loadFrom('cifar-100', hundred)).train.labels]).toEqual([87]);
    expect([...(await loadFrom('cifar-100-coarse', hundred)).train.labels]).toEqual([11]);
  });

  it('small NORB: pairs of pictures, halved', async () => {
    const names = { training: '5x46789x9x18x6x2x96x96-training', testing: '5x01235x9x18x6x2x96x96-testing' };
    const images = norbArray(0x55, [1, 2, 96, 96], new Uint8Array(2 * 96 * 96).fill(102));
    const labels = norbArray(0x54, [1], Uint8Array.of(4, 0, 0, 0));
    const { train, test } = await loadFrom(
      'small-norb',
      Object.fromEntries(
        Object.values(names).flatMap((name) => [
          [`small-norb/smallnorb-${name}-dat.mat.gz`, images],
          [`small-norb/smallnorb-${name}-cat.mat.gz`, labels],
        ]),
      ),
    );
    expect([train.rows, test.rows, train.shape, [...train.labels]]).toEqual([1, 1, [2, 48, 48], [4]]);
    expect(train.inputs[7]).toBeCloseTo(0.4, 6);
  });
});

describe('sets of labels, ratings and lists', () => {
  it('the Extreme Classification Repository: train.txt and test.txt, or files of older archives', async () => {
    const train = '2 3 4\n0,3 0:1 2:0.5\n1 1:2\n';
    const test = '1 3 4\n2 0:1\n';
    for (const files of [
      { 'eurlex-4k/train.txt': train, 'eurlex-4k/test.txt': test },
      { 'EURLex-4K.bow/train.txt': train, 'EURLex-4K.bow/test.txt': test },
      { 'xc/eurlex_train.txt': train, 'xc/eurlex_test.txt': test },
    ]) {
      const set = await loadFrom('eurlex-4k', files);
      expect([set.train.rows, set.test.rows, set.train.columns, set.train.classes]).toEqual([2, 1, 3, 4]);
    }
    // A folder of several sets has files of others, too.
    await expect(
      loadFrom('wiki10-31k', { 'xc/eurlex_train.txt': train, 'xc/train.txt': train }),
    ).rejects.toThrow('wiki10-31k needs train.txt');
  });

  it('MovieLens of every release, in a folder or its archive', async () => {
    const dat = '1::10::5::0\n2::10::3::0\n';
    const one = await loadFrom('movielens-1m', {
      'ml-1m/ratings.dat': dat,
      'ml-1m/movies.dat': '10::Toy Story (1995)::Animation\n',
    });
    expect([one.name, one.users, one.items, one.titles]).toEqual([
      'movielens-1m',
      2,
      1,
      ['Toy Story (1995)'],
    ]);
    const csv: [string, Uint8Array][] = [
      ['ml-25m/ratings.csv', bytes('userId,movieId,rating,timestamp\n1,10,5.0,0\n')],
      ['ml-25m/movies.csv', bytes('movieId,title,genres\n10,"Twelve, Monkeys",Drama\n')],
    ];
    const archived = await loadFrom('movielens-25m', { 'ml-25m.zip': zipOf(csv) });
    expect([archived.users, archived.titles]).toEqual([1, ['Twelve, Monkeys']]);
    const hundred = await loadFrom('movielens-100k', {
      'movielens-100k/ml-100k/u.data': '196\t242\t3\t881250949\n',
      'movielens-100k/ml-100k/u.item': Buffer.from(
        '242|Les Mis\xe9rables (1995)|01-Jan-1995||x|0\n',
        'latin1',
      ),
    });
    expect([hundred.users, hundred.titles]).toEqual([1, ['Les Misérables (1995)']]);
  });

  it('lists of LightGCN', async () => {
    const { train, test } = await loadFrom('gowalla', {
      'gowalla/train.txt': '0 1 2\n1 0\n',
      'gowalla/test.txt': '0 3\n',
    });
    expect([train.users, train.items, [...train.ids], [...test.ids]]).toEqual([2, 4, [1, 2, 0], [3]]);
  });
});

describe('sets of words, texts and vectors', () => {
  it('GloVe: one of the files of an archive, as many words as are asked for', async () => {
    const files = ['50', '100'].map((size): [string, Uint8Array] => [
      `glove.6B.${size}d.txt`,
      bytes(
        `the ${Array.from({ length: Number(size) }, () => '0.5').join(' ')}\n`.repeat(1) +
          `of ${Array.from({ length: Number(size) }, () => '-1').join(' ')}\n`,
      ),
    ]);
    const archive = { 'glove.6B/glove.6B.zip': zipOf(files) };
    const words = await loadFrom('glove-6b-100d', archive);
    expect([words.words, words.dimensions, words.vectors[100]]).toEqual([['the', 'of'], 100, -1]);
    expect((await loadFrom('glove-6b-50d', archive, { limit: 1 })).words).toEqual(['the']);
    const alone = { 'word-vectors/glove.6B.50d.txt': files[0]![1] };
    expect((await loadFrom('glove-6b-50d', alone)).words).toHaveLength(2);
  });

  it('word2vec: its binary format', async () => {
    const binary = Buffer.concat([
      Buffer.from('1 2\nnews '),
      Buffer.from(Float32Array.of(0.5, -2).buffer),
      Buffer.from('\n'),
    ]);
    const words = await loadFrom('word2vec-google-news', {
      'word-vectors/GoogleNews-vectors-negative300.bin.gz': gz(binary),
    });
    expect([words.words, [...words.vectors]]).toEqual([['news'], [0.5, -2]]);
  });

  it('texts: whole, or in parts', async () => {
    const whole = await loadFrom('text8', { 'text8/text8.zip': zipOf([['text8', bytes(' anarchism')]]) });
    expect(new TextDecoder().decode(whole.parts['whole'])).toBe(' anarchism');
    const files = ['train', 'valid', 'test'].map((part): [string, Uint8Array] => [
      `wikitext-2/wiki.${part}.tokens`,
      bytes(part),
    ]);
    const wikitext = { 'wikitext-2-v1.zip': zipOf(files) };
    const { parts } = await loadFrom('wikitext-2', wikitext);
    expect(Object.keys(parts)).toEqual(['train', 'validation', 'test']);
    expect(new TextDecoder().decode(parts['validation'])).toBe('valid');
    expect(Object.keys((await loadFrom('wikitext-2', wikitext, { parts: ['test'] })).parts)).toEqual([
      'test',
    ]);
    await expect(loadFrom('wikitext-2', wikitext, { parts: ['tset'] })).rejects.toThrow(
      'wikitext-2 has no part "tset"; it has train, validation, test.',
    );
  });

  it('SIFT: vectors, queries and neighbours in files of their own', async () => {
    const set = await loadFrom('sift', {
      'sift/sift_base.fvecs': vecs(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        Float32Array,
      ),
      'sift/sift_query.fvecs': vecs([[1, 1]], Float32Array),
      'sift/sift_groundtruth.ivecs': vecs([[0, 1]], Int32Array),
    });
    expect(set).toEqual({
      name: 'sift',
      dimensions: 2,
      vectors: Float32Array.of(1, 2, 3, 4, 5, 6),
      queries: Float32Array.of(1, 1),
      neighbours: { k: 2, ids: Int32Array.of(0, 1) },
      distance: 'euclidean',
    });
  });

  it('ann-benchmarks: HDF5', async () => {
    await ready;
    const path = join(temporaryFolder(), 'x.hdf5');
    const file = new File(path, 'w');
    file.create_dataset({ name: 'train', data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] });
    file.create_dataset({ name: 'test', data: Float32Array.of(1, 1), shape: [1, 2] });
    file.create_dataset({ name: 'neighbors', data: Int32Array.of(1, 0), shape: [1, 2] });
    file.close();
    const { readFileSync } = await import('node:fs');
    const set = await loadFrom('glove-25-angular', {
      'ann-benchmarks/glove-25-angular.hdf5': readFileSync(path),
    });
    expect([set.name, set.dimensions, set.distance, set.neighbours]).toEqual([
      'glove-25-angular',
      2,
      'angular',
      { k: 2, ids: Int32Array.of(1, 0) },
    ]);
  });
});
