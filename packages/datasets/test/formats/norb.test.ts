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
