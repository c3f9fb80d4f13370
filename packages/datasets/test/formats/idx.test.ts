import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeIdx, gunzip, parseIdx } from '../../src/index.ts';
import type { IdxArray } from '../../src/index.ts';

const anyIdx: fc.Arbitrary<IdxArray> = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((data) => ({ shape, data: Uint8Array.from(data) }));
});

describe('IDX', () => {
  it('reads back what it wrote, raw and as gzip', () => {
    fc.assert(
      fc.property(anyIdx, (array) => {
        const bytes = encodeIdx(array);
        expect(parseIdx(bytes)).toEqual(array);
        expect(parseIdx(new Uint8Array(gzipSync(bytes)))).toEqual(array);
      }),
    );
  });

  it('reads bytes that lie inside a larger buffer', () => {
    const bytes = encodeIdx({ shape: [3], data: Uint8Array.of(7, 8, 9) });
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 5);
    expect([...parseIdx(larger.subarray(5, 5 + bytes.length)).data]).toEqual([7, 8, 9]);
  });

  it('writes the header of MNIST', () => {
    const bytes = encodeIdx({ shape: [2, 28, 28], data: new Uint8Array(2 * 784) });
    expect([...bytes.subarray(0, 16)]).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
  });

  it('refuses a file of any other length, saying both lengths', () => {
    fc.assert(
      fc.property(anyIdx, fc.integer({ min: -20, max: 20 }), (array, extra) => {
        const bytes = encodeIdx(array);
        const header = 4 + 4 * array.shape.length;
        const length = Math.max(header, bytes.length + extra);
        fc.pre(length !== bytes.length);
        const changed = new Uint8Array(length);
        changed.set(bytes.subarray(0, length));
        expect(() => parseIdx(changed, 'a.idx')).toThrow(
          `a.idx: expected ${bytes.length} bytes (${header} of header and ${array.shape.join(' x ')}), found ${length}: `,
        );
      }),
    );
  });

  it.each([
    [[], 'a.idx: expected the 4 bytes of an IDX magic at byte 0, found 0 bytes in all.'],
    [[0, 0, 8], 'a.idx: expected the 4 bytes of an IDX magic at byte 0, found 3 bytes in all.'],
    [
      [0x3c, 0x21, 0x64, 0x6f],
      'a.idx: expected the IDX magic 00 00 08 and a number of dimensions at byte 0, found 3c 21 64 6f.',
    ],
    [
      [0, 0, 13, 1, 0, 0, 0, 0],
      'a.idx: expected the element type 08 (unsigned bytes) at byte 2, found 0d (32-bit floats).',
    ],
    [
      [0, 0, 7, 1, 0, 0, 0, 0],
      'a.idx: expected the element type 08 (unsigned bytes) at byte 2, found 07 (no known type).',
    ],
    [[0, 0, 8, 0], 'a.idx: expected a number of dimensions from 1 up at byte 3, found 0.'],
    [[0, 0, 8, 3, 0, 0, 0, 1], 'a.idx: expected 16 bytes of header for 3 dimensions, found 8 bytes in all.'],
    [
      [0, 0, 8, 1, 0, 0, 0, 3, 1, 2],
      'a.idx: expected 11 bytes (8 of header and 3), found 10: it is cut short.',
    ],
    [
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2],
      'a.idx: expected 9 bytes (8 of header and 1), found 10: from byte 9 on there is something that does not belong.',
    ],
    [
      [0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      'a.idx: expected 18446744065119617000 bytes',
    ],
  ])('refuses %j', (bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes), 'a.idx')).toThrow(message);
  });

  it('refuses gzip data that is cut short or damaged', async () => {
    const packed = new Uint8Array(gzipSync(encodeIdx({ shape: [1000], data: new Uint8Array(1000).fill(3) })));
    const damaged = packed.slice();
    damaged[damaged.length - 6]! ^= 1;
    for (const bytes of [packed.subarray(0, packed.length - 9), damaged]) {
      const message = `a.gz: the compressed data (${bytes.length} bytes) is damaged or cut short: `;
      expect(() => parseIdx(bytes, 'a.gz')).toThrow(message);
      await expect(gunzip(bytes, 'a.gz')).rejects.toThrow(message);
    }
  });

  it('unpacks gzip data the way browsers do', async () => {
    const bytes = encodeIdx({ shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) });
    expect([...(await gunzip(new Uint8Array(gzipSync(bytes))))]).toEqual([...bytes]);
  });

  it.each([
    [[], 0, 'An IDX file has 1 to 255 dimensions, but the shape has 0.'],
    [[2, 3], 5, 'The shape 2 x 3 asks for 6 bytes, but there are 5.'],
    [[-1], 0, 'A size in an IDX file is from 0 to 4294967295, not -1.'],
    [[1.5], 0, 'A size in an IDX file is from 0 to 4294967295, not 1.5.'],
  ])('does not write the shape %j with %i bytes', (shape, length, message) => {
    expect(() => encodeIdx({ shape, data: new Uint8Array(length) })).toThrow(message);
  });
});
