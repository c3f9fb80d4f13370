import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { checkDataset, loadSmallNorb, parseNorb } from '../../src/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A file by hand: the magic's first byte, sizes, elements as bytes. */
function file(type: number, sizes: readonly number[], elements: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8 + 4 * Math.max(3, sizes.length));
  header.set([type, 0x4c, 0x3d, 0x1e]);
  header.writeInt32LE(sizes.length, 4);
  for (let d = 0; d < Math.max(3, sizes.length); d++) header.writeInt32LE(sizes[d] ?? 1, 8 + 4 * d);
  return Uint8Array.from(Buffer.concat([header, elements]));
}

const ints = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

describe('parseNorb', () => {
  it('reads bytes and integers', () => {
    expect(parseNorb(file(0x55, [2, 2, 1], Uint8Array.of(1, 2, 3, 4)))).toEqual({
      shape: [2, 2, 1],
      data: Uint8Array.of(1, 2, 3, 4),
    });
    expect(parseNorb(file(0x54, [2], ints(4, -1)))).toEqual({ shape: [2], data: Int32Array.of(4, -1) });
  });

  it.each([
    [0x51, Float32Array.of(0.5, -2, 3)],
    [0x53, Float64Array.of(0.1, -2, 1e300)],
    [0x54, Int32Array.of(-1, 2 ** 31 - 1, 0)],
    [0x55, Uint8Array.of(0, 255, 7)],
    [0x56, Int16Array.of(-32_768, 32_767, 1)],
  ])('knows the type %i by the first byte of the magic', (type, data) => {
    expect(parseNorb(file(type, [3], new Uint8Array(data.buffer)))).toEqual({ shape: [3], data });
  });

  it('has as many sizes as dimensions, three at least', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
    for (const shape of [[24], [4, 6], [2, 3, 4], [2, 3, 2, 2], [2, 1, 3, 2, 2]]) {
      expect(parseNorb(file(0x55, shape, bytes))).toEqual({ shape, data: bytes });
    }
    for (const dimensions of [0, 17]) {
      expect(() =>
        parseNorb(
          file(
            0x55,
            Array.from({ length: dimensions }, () => 1),
            bytes,
          ),
          'a.mat',
        ),
      ).toThrow(`a.mat: byte 4: expected a number of dimensions from 1 to 16, found ${dimensions}.`);
    }
    expect(() => parseNorb(file(0x55, [5, 5], bytes), 'a.mat')).toThrow(
      'a.mat: expected 45 bytes (20 of header and 5 x 5), found 44.',
    );
  });

  it('refuses another magic or length, anywhere', () => {
    const bytes = file(0x54, [2], ints(4, 1));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseNorb(bytes.subarray(0, length), 'a.mat')).toThrow(/^a\.mat: /);
    }
    expect(() => parseNorb(file(0x50, [1], ints(1)), 'a.mat')).toThrow(
      'a.mat: byte 0: expected a magic of NORB (55 4c 3d 1e for bytes) and sizes, found 50 4c 3d 1e.',
    );
    expect(() => parseNorb(file(0x54, [0], ints()), 'a.mat')).toThrow(
      'a.mat: byte 8: expected sizes from 1 up, found 0.',
    );
  });
});

describe('loadSmallNorb', () => {
  const pictures = (count: number): Uint8Array =>
    file(
      0x55,
      [count, 2, 4, 4],
      Uint8Array.from({ length: count * 32 }, (_, i) => i % 32),
    );
  const files = {
    'smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat': pictures(2),
    'smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat': file(0x54, [2], ints(4, 0)),
    'smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat.gz': gzipSync(pictures(1)),
    'smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat.gz': gzipSync(file(0x54, [1], ints(1))),
  };

  it('reads pairs of pictures, as they are or smaller', async () => {
    const { train, test } = await loadSmallNorb(temporaryFolder(files), { name: 'norb' });
    checkDataset(train);
    expect([train.shape, train.columns, train.classes, [...train.labels], test.rows]).toEqual([
      [2, 4, 4],
      32,
      5,
      [4, 0],
      1,
    ]);
    expect(train.inputs[31]).toBe(Math.fround(31 / 255));
    const small = await loadSmallNorb(temporaryFolder(files), { shrink: 2 });
    expect([small.test.shape, small.test.columns]).toEqual([[2, 2, 2], 8]);
    // The mean of 0, 1, 4 and 5.
    expect(small.test.inputs[0]).toBeCloseTo(2.5 / 255, 7);
    await expect(loadSmallNorb(temporaryFolder(files), { shrink: 3 })).rejects.toThrow(
      'shrink must divide 4 x 4 pixels, but it is 3.',
    );
  });

  it('shrinks pictures that are no squares, each for itself', async () => {
    // Row, column and picture in the digits of a pixel.
    const pixels = [0, 1].flatMap((picture) =>
      [0, 1].flatMap((row) => [0, 1, 2, 3].map((column) => 100 * picture + 10 * row + column)),
    );
    const { train } = await loadSmallNorb(
      temporaryFolder({
        ...files,
        'smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat': file(
          0x55,
          [1, 2, 2, 4],
          Uint8Array.from(pixels),
        ),
        'smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat': file(0x54, [1], ints(3)),
      }),
      { shrink: 2 },
    );
    expect(train.shape).toEqual([2, 1, 2]);
    const means = [5.5, 7.5, 105.5, 107.5];
    for (const [i, mean] of means.entries()) expect(train.inputs[i]).toBeCloseTo(mean / 255, 6);
    expect(train.inputs).toHaveLength(4);
  });

  it.each([
    [
      'dat',
      file(0x54, [2, 1, 1, 1], ints(1, 2)),
      'byte 4: expected pictures of bytes in 4 dimensions, found 2 x 1 x 1 x 1.',
    ],
    [
      'dat',
      file(0x55, [2, 2, 2], new Uint8Array(8)),
      'byte 4: expected pictures of bytes in 4 dimensions, found 2 x 2 x 2.',
    ],
    [
      'cat',
      file(0x54, [3], ints(1, 2, 3)),
      'byte 8: expected 2 labels, as many as there are images, found 3.',
    ],
    ['cat', file(0x54, [2], ints(0, -1)), 'label 1: expected a class from 0 to 4, found -1.'],
  ])('refuses a file of %s that does not fit', async (kind, bytes, message) => {
    const name = `smallnorb-5x46789x9x18x6x2x96x96-training-${kind}.mat`;
    await expect(loadSmallNorb(temporaryFolder({ ...files, [name]: bytes }))).rejects.toThrow(message);
  });

  it('says what is missing or does not belong together', async () => {
    const folder = temporaryFolder();
    await expect(loadSmallNorb(folder)).rejects.toThrow(
      `${folder}: there is no file smallnorb-...-training-dat.mat, raw or as .gz.`,
    );
    const wrong = {
      ...files,
      'smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat': file(0x54, [2], ints(4, 5)),
    };
    await expect(loadSmallNorb(temporaryFolder(wrong))).rejects.toThrow(
      'label 1: expected a class from 0 to 4, found 5.',
    );
  });
});
